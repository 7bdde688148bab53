"""Mail: what arrives in full, and what every kind of refusal of a mail server means."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platforms.channels import ChannelsPlatform
from bot.platforms.contract import Rejected, Trouble, TryLater
from tests.platforms.channels.line import PNG, SECRET, TEXT, XLSX, running, say, self_signed, state
from tests.platforms.channels.mail import HANG, HANG_UP, Mail, MailPeer, mail_peer

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def address(peer: MailPeer, to: str = "duty@example.org", **more: str) -> str:
    query = "&".join(f"{key}={value}" for key, value in {"from": "bot@example.org", "to": to, **more}.items())
    return f"mailto://bot:{SECRET}@127.0.0.1:{peer.port}?{query}"


def words(mail: Mail) -> str:
    return "\n".join(mail.message.get_body().get_content().strip().splitlines())


@pytest.fixture
async def peer() -> AsyncIterator[MailPeer]:
    async with mail_peer() as peer:
        yield peer


@pytest.fixture
async def platform(peer: MailPeer) -> AsyncIterator[ChannelsPlatform]:
    async with running({"duty": address(peer)}) as platform:
        yield platform


async def test_a_mail_arrives_in_full(platform: ChannelsPlatform, peer: MailPeer) -> None:
    assert await platform.send(say()) == "duty-7"
    mail = await peer.next()
    assert mail.message["subject"] == "3号楼今日体温汇总"
    assert mail.message.get_content_type() == "text/plain"
    assert words(mail) == TEXT
    assert (mail.sender, mail.recipients) == ("bot@example.org", ["duty@example.org"])
    assert mail.login == ("bot", SECRET)
    assert state(platform).trouble is None


async def test_a_long_first_line_makes_a_short_subject(platform: ChannelsPlatform, peer: MailPeer) -> None:
    await platform.send(say("今" * 200))
    mail = await peer.next()
    assert mail.message["subject"] == "今" * 60
    assert words(mail) == "今" * 200


@pytest.mark.parametrize(("file", "media_type"), [(XLSX, XLSX_TYPE), (PNG, "image/png")])
async def test_a_file_is_attached(platform: ChannelsPlatform, peer: MailPeer, file: object, media_type: str) -> None:
    await platform.send(say(file=file))
    mail = await peer.next()
    (attachment,) = mail.message.iter_attachments()
    assert attachment.get_content_type() == media_type
    assert attachment.get_filename() == file.name
    assert attachment.get_content() == file.content
    assert words(mail) == TEXT


async def test_a_file_without_words_is_called_by_its_name(platform: ChannelsPlatform, peer: MailPeer) -> None:
    await platform.send(say("", file=XLSX))
    mail = await peer.next()
    assert mail.message["subject"] == XLSX.name
    (attachment,) = mail.message.iter_attachments()
    assert attachment.get_content() == XLSX.content


async def test_a_long_text_goes_in_several_mails(platform: ChannelsPlatform, peer: MailPeer) -> None:
    lines = [f"第{number}户 {'甲' * 90}" for number in range(500)]
    await platform.send(say("\n".join(lines)))
    first, second = await peer.next(), await peer.next()
    assert [*words(first).splitlines(), *words(second).splitlines()] == lines
    assert first.message["subject"] == second.message["subject"]
    assert peer.mails.empty()


@pytest.mark.parametrize(
    ("step", "code", "trouble"),
    [
        ("AUTH", 535, Trouble.REFUSED),
        ("RCPT", 550, Trouble.FAILING),
        ("MAIL", 553, Trouble.FAILING),
        ("DATA", 554, Trouble.FAILING),
        (".", 552, Trouble.FAILING),
        ("connect", 554, Trouble.FAILING),
    ],
)
async def test_a_refusal_is_for_good(
    platform: ChannelsPlatform, peer: MailPeer, step: str, code: int, trouble: Trouble
) -> None:
    peer.refuse(step, *[code] * 2)
    with pytest.raises(Rejected, match=str(code)):
        await platform.send(say())
    assert (state(platform).trouble, state(platform).detail) == (trouble, f"SMTP {code}")
    assert not platform.online()
    assert peer.mails.empty()


@pytest.mark.parametrize(
    ("step", "code"), [("AUTH", 454), ("RCPT", 451), ("MAIL", 452), ("DATA", 451), (".", 451), ("connect", 421)]
)
async def test_not_now_is_tried_again(platform: ChannelsPlatform, peer: MailPeer, step: str, code: int) -> None:
    peer.refuse(step, code)
    with pytest.raises(TryLater, match=str(code)) as caught:
        await platform.send(say())
    assert caught.value.after > 0
    assert not caught.value.maybe_sent
    assert state(platform).trouble is Trouble.FAILING
    assert platform.online()
    await platform.send(say())
    assert (await peer.next()).message["subject"] == "3号楼今日体温汇总"
    assert state(platform).trouble is None


async def test_the_line_breaks_before_the_mail(platform: ChannelsPlatform, peer: MailPeer) -> None:
    peer.refuse("MAIL", HANG_UP)
    with pytest.raises(TryLater) as caught:
        await platform.send(say())
    assert not caught.value.maybe_sent
    await platform.send(say())
    await peer.next()


async def test_the_line_breaks_when_all_is_said(platform: ChannelsPlatform, peer: MailPeer) -> None:
    peer.refuse(".", HANG_UP)
    with pytest.raises(TryLater) as caught:
        await platform.send(say())
    assert caught.value.maybe_sent
    assert state(platform).trouble is Trouble.CLOSED


async def test_the_server_falls_silent(peer: MailPeer) -> None:
    async with running({"duty": address(peer, cto="0.1")}) as platform:
        peer.refuse(".", HANG)
        with pytest.raises(TryLater) as caught:
            await platform.send(say())
        assert caught.value.maybe_sent
        assert state(platform).trouble is Trouble.SILENT
        peer.refuse("MAIL", HANG)
        with pytest.raises(TryLater) as caught:
            await platform.send(say())
        assert not caught.value.maybe_sent


async def test_who_has_the_mail_does_not_get_it_again(peer: MailPeer) -> None:
    async with running({"duty": address(peer, "a@example.org,b@example.org")}) as platform:
        peer.refuse("b@example.org", 451)
        with pytest.raises(TryLater):
            await platform.send(say())
        await platform.send(say())
        assert [(await peer.next()).recipients for _ in range(2)] == [["a@example.org"], ["b@example.org"]]
        assert peer.mails.empty()


async def test_who_may_still_get_the_mail_decides(peer: MailPeer) -> None:
    async with running({"duty": address(peer, "a@example.org,b@example.org")}) as platform:
        peer.refuse("a@example.org", 451)
        peer.refuse("b@example.org", 550, 550)
        with pytest.raises(TryLater, match="451"):
            await platform.send(say())
        with pytest.raises(Rejected, match="550"):
            await platform.send(say())
        assert (await peer.next()).recipients == ["a@example.org"]
        assert peer.mails.empty()


async def test_one_of_two_is_unknown(peer: MailPeer) -> None:
    async with running({"duty": address(peer, "a@example.org", cc="b@example.org")}) as platform:
        peer.refuse("b@example.org", 550)
        with pytest.raises(Rejected, match="550"):
            await platform.send(say())
        assert (await peer.next()).recipients == ["a@example.org"]
        assert state(platform).detail == "SMTP 550"


@pytest.mark.parametrize("mode", ["ssl", "starttls"])
async def test_a_strange_certificate_gets_no_mail(tmp_path: Path, mode: str) -> None:
    # A server without STARTTLS is refused as well: the mail would travel in the open.
    async with mail_peer(self_signed(tmp_path) if mode == "ssl" else None) as peer:
        url = address(peer, mode=mode).replace("mailto:", "mailtos:")
        async with running({"duty": url}) as platform:
            with pytest.raises(TryLater if mode == "ssl" else Rejected):
                await platform.send(say())
            assert state(platform).trouble is (Trouble.UNTRUSTED if mode == "ssl" else Trouble.FAILING)
            assert peer.mails.empty()


async def test_nobody_listens_then_somebody_does(peer: MailPeer) -> None:
    await peer.close()
    async with running({"duty": address(peer)}) as platform:
        with pytest.raises(TryLater) as caught:
            await platform.send(say())
        assert not caught.value.maybe_sent
        assert state(platform).trouble is Trouble.UNREACHABLE
        await peer.open()
        await platform.send(say())
        await peer.next()
        assert state(platform).trouble is None


async def test_mails_at_once_are_bounded(peer: MailPeer) -> None:
    async with running({"duty": address(peer)}, at_once=2) as platform:
        peer.refuse("MAIL", HANG, HANG)
        sends = [asyncio.create_task(platform.send(say(id=id))) for id in range(5)]
        async with asyncio.timeout(5):
            while peer.greetings < 2:
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)  # nothing is waited for: a third connection would have come by now
        assert peer.greetings == 2
        for send in sends:
            send.cancel()
        await asyncio.wait(sends, timeout=1)
        assert all(send.cancelled() for send in sends)
