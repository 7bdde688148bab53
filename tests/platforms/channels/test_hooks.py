"""Plain web hooks (json, form, xml): what arrives, and what every answer or silence of a hook means."""

import asyncio
import base64
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.messages import OutboundFile
from bot.platforms.channels import ChannelsPlatform
from bot.platforms.contract import Rejected, Trouble, TryLater
from tests.platforms.channels.hooks import HANG, HANG_UP, HookPeer, Request, hook_peer
from tests.platforms.channels.line import PNG, SECRET, TEXT, XLSX, becomes, running, say, self_signed, state
from tests.platforms.host import WAIT

KINDS = ("json", "form", "xml")


@pytest.fixture
async def peer() -> AsyncIterator[HookPeer]:
    async with hook_peer() as peer:
        yield peer


@pytest.fixture(params=KINDS)
async def platform(request: pytest.FixtureRequest, peer: HookPeer) -> AsyncIterator[ChannelsPlatform]:
    async with running({"duty": f"{request.param}://{peer.place}/hooks/{SECRET}"}) as platform:
        yield platform


def words(request: Request) -> tuple[str, str]:
    """Title and text, whatever they are written in."""
    kind = request.headers["content-type"].partition(";")[0]
    if kind == "application/json":
        return request.json["title"], request.json["message"]
    if kind == "application/xml":
        found = {
            element.tag.rpartition("}")[2]: element.text for element in ElementTree.fromstring(request.body).iter()
        }
        return found["Subject"], found["Message"]
    return request.form["title"], request.form["message"]


async def test_a_message_arrives(platform: ChannelsPlatform, peer: HookPeer) -> None:
    assert await platform.send(say()) == "duty-7"
    request = await peer.next()
    assert (request.method, request.path) == ("POST", f"/hooks/{SECRET}")
    assert words(request) == ("3号楼今日体温汇总", TEXT)
    assert state(platform).trouble is None


@pytest.mark.parametrize("file", [XLSX, PNG], ids=["xlsx", "png"])
async def test_a_file_goes_along(
    peer: HookPeer, file: OutboundFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    urls = {kind: f"{kind}://{peer.place}/" for kind in KINDS}
    async with running(urls) as platform:
        await platform.send(say(channel="json", file=file))
        (attachment,) = (await peer.next()).json["attachments"]
        assert (attachment["filename"], base64.b64decode(attachment["base64"])) == (file.name, file.content)

        await platform.send(say(channel="xml", file=file))
        (found,) = ElementTree.fromstring((await peer.next()).body).iter("Attachment")
        assert (found.get("filename"), base64.b64decode(found.text or "")) == (file.name, file.content)

        await platform.send(say(channel="form", file=file))
        fields = (await peer.next()).multipart
        (upload,) = [field for field in fields if field.get_filename()]
        assert upload.get_payload(decode=True) == file.content
    assert not list(tmp_path.iterdir())  # what went by way of a file is gone


async def test_a_file_on_its_way_is_nobody_elses(
    peer: HookPeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    async with running({"duty": f"form://{peer.place}/?rto=0.2"}) as platform:
        peer.plan(HANG)
        with pytest.raises(TryLater):
            await _watching(platform, peer, tmp_path)
        assert not list(tmp_path.iterdir())


async def _watching(platform: ChannelsPlatform, peer: HookPeer, folder: Path) -> None:
    send = asyncio.create_task(platform.send(say(file=XLSX)))
    await peer.next()
    (copy,) = folder.iterdir()
    assert copy.stat().st_mode & 0o777 == 0o600
    await send


async def test_a_service_that_takes_no_files_gets_the_words(peer: HookPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    from apprise.plugins.custom_json import NotifyJSON

    monkeypatch.setattr(NotifyJSON, "attachment_support", False)
    async with running({"duty": f"json://{peer.place}/"}) as platform:
        await platform.send(say(file=XLSX))
        assert (await peer.next()).json["message"] == TEXT
        await platform.send(say("", id=8, file=XLSX))
        assert (await peer.next()).json["message"] == XLSX.name


async def test_a_long_text_goes_in_parts_and_no_part_twice(peer: HookPeer) -> None:
    lines = [f"第{number}户 {'甲' * 90}" for number in range(900)]
    async with running({"duty": f"json://{peer.place}/"}) as platform:
        peer.plan(200)
        peer.plan(503)
        with pytest.raises(TryLater):
            await platform.send(say("\n".join(lines)))
        await platform.send(say("\n".join(lines)))
        bodies = [(await peer.next()).json["message"] for _ in range(peer.came)]
        assert len(bodies) == 4
        assert bodies[1] == bodies[2]  # it was refused, and is the only one that goes again
        assert "\n".join([bodies[0], *bodies[2:]]).splitlines() == lines


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (401, Trouble.REFUSED),
        (403, Trouble.REFUSED),
        (404, Trouble.FAILING),
        (400, Trouble.FAILING),
        (413, Trouble.FAILING),
    ],
)
async def test_a_refusal_is_for_good(platform: ChannelsPlatform, peer: HookPeer, status: int, trouble: Trouble) -> None:
    peer.plan(status)
    with pytest.raises(Rejected, match=str(status)):
        await platform.send(say())
    assert (state(platform).trouble, state(platform).detail) == (trouble, f"HTTP {status}")
    assert not platform.online()
    await platform.send(say())  # danger is tried all the same, and finds the channel well again
    assert state(platform).trouble is None
    assert platform.online()


async def test_a_refused_channel_is_tried_again_after_a_while(peer: HookPeer) -> None:
    async with running({"duty": f"json://{peer.place}/"}, refused_pause=0.0) as platform:
        peer.plan(403)
        with pytest.raises(Rejected):
            await platform.send(say())
        assert state(platform).trouble is Trouble.REFUSED
        assert platform.online()


@pytest.mark.parametrize(("status", "maybe_sent"), [(500, False), (502, True), (503, False), (504, True), (408, False)])
async def test_not_now_is_tried_again(
    platform: ChannelsPlatform, peer: HookPeer, status: int, maybe_sent: bool
) -> None:
    peer.plan(status)
    with pytest.raises(TryLater, match=str(status)) as caught:
        await platform.send(say())
    assert caught.value.maybe_sent is maybe_sent
    assert not caught.value.whole_account
    assert (state(platform).trouble, state(platform).detail) == (Trouble.FAILING, f"HTTP {status}")
    assert platform.online()


async def test_pauses_grow_while_it_fails(peer: HookPeer) -> None:
    async with running({"duty": f"json://{peer.place}/"}, first_pause=2.0, longest_pause=10.0) as platform:
        pauses = []
        for _ in range(5):
            peer.plan(500)
            with pytest.raises(TryLater) as caught:
                await platform.send(say())
            pauses.append(caught.value.after)
        assert pauses == [2.0, 4.0, 8.0, 10.0, 10.0]


async def test_too_fast_slows_the_channel_down(platform: ChannelsPlatform, peer: HookPeer) -> None:
    peer.plan(429, Retry_After="17")
    with pytest.raises(TryLater) as caught:
        await platform.send(say())
    assert (caught.value.after, caught.value.whole_account) == (17.0, True)
    assert state(platform).trouble is None

    peer.plan(429, Retry_After=format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True))
    with pytest.raises(TryLater) as caught:
        await platform.send(say())
    assert 80 < caught.value.after < 91

    peer.plan(429)
    with pytest.raises(TryLater) as caught:
        await platform.send(say())
    assert caught.value.after == 60.0


async def test_retry_after_of_an_overload_is_kept(platform: ChannelsPlatform, peer: HookPeer) -> None:
    peer.plan(503, Retry_After="11")
    with pytest.raises(TryLater) as caught:
        await platform.send(say())
    assert (caught.value.after, caught.value.whole_account) == (11.0, False)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_hook_that_does_not_answer(peer: HookPeer, kind: str) -> None:
    async with running({"duty": f"{kind}://{peer.place}/?rto=0.1"}) as platform:
        peer.plan(HANG)
        with pytest.raises(TryLater) as caught:
            await platform.send(say())
        assert caught.value.maybe_sent
        assert state(platform).trouble is Trouble.SILENT


async def test_patience_comes_from_the_settings(peer: HookPeer) -> None:
    async with running({"duty": f"json://{peer.place}/"}, answer_timeout=0.1) as platform:
        peer.plan(HANG)
        with pytest.raises(TryLater):
            await platform.send(say())
        assert state(platform).detail == "ReadTimeout"


async def test_the_line_breaks_in_the_middle(platform: ChannelsPlatform, peer: HookPeer) -> None:
    peer.plan(HANG_UP)
    with pytest.raises(TryLater) as caught:
        await platform.send(say())
    assert caught.value.maybe_sent


async def test_an_answer_that_comes_late_counts(peer: HookPeer) -> None:
    """The program stops waiting, the message goes on; the next try does not send it once more."""
    async with running({"duty": f"json://{peer.place}/?rto=3"}, send_timeout=0.05) as platform:
        taken = peer.hold()
        with pytest.raises(TryLater) as caught:
            await platform.send(say())
        assert caught.value.maybe_sent
        assert state(platform).trouble is Trouble.SILENT
        with pytest.raises(TryLater):
            await platform.send(say())
        taken.set()
        await asyncio.wait(platform._sendings[7].tasks.values(), timeout=WAIT)
        assert await platform.send(say()) == "duty-7"
        assert peer.came == 1
        assert state(platform).trouble is None


async def test_a_redirect_is_no_delivery(platform: ChannelsPlatform, peer: HookPeer) -> None:
    """`requests` would follow it with a GET: the message would be lost, and count as sent."""
    peer.plan(302, Location=f"http://{peer.place}/elsewhere")
    with pytest.raises(Rejected, match="302"):
        await platform.send(say())
    assert peer.came == 1


async def test_nobody_listens_then_somebody_does(peer: HookPeer) -> None:
    await peer.close()
    async with running({"duty": f"json://{peer.place}/"}) as platform:
        assert state(platform).trouble is Trouble.UNREACHABLE
        with pytest.raises(TryLater) as caught:
            await platform.send(say())
        assert not caught.value.maybe_sent
        assert platform.online()
        await peer.open()
        await becomes(platform, None)  # by itself, without a message
        await platform.send(say())
        assert (await peer.next()).json["message"] == TEXT


async def test_what_a_message_finds_gone_is_looked_for(peer: HookPeer) -> None:
    async with running({"duty": f"json://{peer.place}/"}) as platform:
        await peer.close()
        with pytest.raises(TryLater):
            await platform.send(say())
        assert state(platform).trouble is Trouble.UNREACHABLE
        await peer.open()
        await becomes(platform, None)  # though the next look was minutes away


async def test_somebody_who_goes_away_is_noticed(peer: HookPeer) -> None:
    async with running({"duty": f"json://{peer.place}/"}, look_every=0.02) as platform:
        assert state(platform).trouble is None
        await peer.close()
        await becomes(platform, Trouble.UNREACHABLE)
        await peer.open()


async def test_a_strange_certificate_gets_nothing(tmp_path: Path) -> None:
    async with hook_peer(self_signed(tmp_path)) as peer, running({"duty": f"jsons://{peer.place}/"}) as platform:
        with pytest.raises(TryLater) as caught:
            await platform.send(say())
        assert not caught.value.maybe_sent
        assert state(platform).trouble is Trouble.UNTRUSTED
        assert peer.came == 0


async def test_no_tls_where_it_is_expected(peer: HookPeer) -> None:
    async with running({"duty": f"jsons://{peer.place}/"}) as platform:
        with pytest.raises(TryLater) as caught:
            await platform.send(say())
        assert not caught.value.maybe_sent
        assert state(platform).trouble is Trouble.FAILING
