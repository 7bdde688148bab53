"""The platform as a whole: states, several channels, bad addresses, probing, stopping, and what may not be told."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.messages import Chat, ChatKind, Outbound
from bot.platforms.channels import ChannelsPlatform, ChannelsSettings
from bot.platforms.channels.probe import probe
from bot.platforms.contract import CannotTell, Platform, Rejected, Trouble, TryLater
from tests.platforms.channels.hooks import HANG, HookPeer, hook_peer
from tests.platforms.channels.line import PNG, SECRET, TEXT, XLSX, becomes, dump, running, say, state
from tests.platforms.channels.mail import mail_peer
from tests.platforms.host import WAIT, FakeHost

NOW = datetime(2020, 2, 5, tzinfo=UTC)
UNUSABLE = [
    f"{SECRET}",
    f"nonsense://{SECRET}@host",
    f"https://example.org/{SECRET}",
    "mailto://",
    f"mailto://bot:{SECRET}@127.0.0.1?to=nobody",
    "wecombot://",
    f"json://{SECRET}:99999999/",
]


@pytest.fixture
async def peer() -> AsyncIterator[HookPeer]:
    async with hook_peer() as peer:
        yield peer


async def closed_port() -> int:
    async with hook_peer() as gone:
        return gone.port


async def test_it_is_a_platform(peer: HookPeer) -> None:
    async with running({"duty": f"json://{peer.place}/"}) as running_one:
        platform: Platform = running_one
        assert platform.name == "channels"
        assert platform.account_of(say()) == "duty"
        assert platform.account_of(say(channel="other")) == ""
        with pytest.raises(CannotTell):
            await platform.find(say(), NOW)


async def test_each_channel_gets_only_what_is_for_it(peer: HookPeer) -> None:
    async with running({"a": f"json://{peer.place}/a", "b": f"json://{peer.place}/b"}) as platform:
        assert [state.account for state in platform.states()] == ["a", "b"]
        await platform.send(say(channel="b"))
        assert (await peer.next()).path == "/b"
        assert peer.came == 1


async def test_a_dead_channel_holds_up_no_other(peer: HookPeer) -> None:
    dead = f"json://127.0.0.1:{await closed_port()}/"
    async with running(
        {"dead": dead, "slow": f"json://{peer.place}/slow", "duty": f"json://{peer.place}/"}
    ) as platform:
        assert state(platform, "dead").trouble is Trouble.UNREACHABLE
        peer.plan(HANG)
        slow = [asyncio.create_task(platform.send(say(channel="slow", id=1)))]
        assert (await peer.next()).path == "/slow"
        with pytest.raises(TryLater):
            await platform.send(say(channel="dead", id=2))
        assert await platform.send(say(id=3)) == "duty-3"
        assert state(platform).trouble is None
        assert state(platform, "dead").trouble is Trouble.UNREACHABLE
        assert platform.online()
        assert not slow[0].done()
        slow[0].cancel()
        await asyncio.wait(slow, timeout=WAIT)


async def test_unknown_channels_and_empty_messages_are_refused(peer: HookPeer) -> None:
    async with running({"duty": f"json://{peer.place}/"}) as platform:
        with pytest.raises(Rejected):
            await platform.send(say(channel="other"))
        with pytest.raises(Rejected):
            await platform.send(say("  \n"))
        assert peer.came == 0
        assert state(platform).trouble is None


@pytest.mark.parametrize("url", UNUSABLE)
async def test_an_unusable_address_is_found_at_the_start(peer: HookPeer, url: str) -> None:
    async with running({"bad": url, "duty": f"json://{peer.place}/"}) as platform:
        bad = state(platform, "bad")
        assert bad.trouble is not None
        assert SECRET not in bad.detail
        with pytest.raises((Rejected, TryLater)):
            await platform.send(say(channel="bad"))
        assert await platform.send(say()) == "duty-7"
        assert platform.online()


async def test_with_unusable_addresses_alone_nothing_has_a_chance() -> None:
    async with running({"bad": "nonsense", "worse": "wecombot://"}, refused_pause=0.0) as platform:
        assert {state.trouble for state in platform.states()} == {Trouble.FAILING}
        assert all(state.detail for state in platform.states())
        assert not platform.online()


async def test_before_the_start_it_is_starting_and_can_send_already(peer: HookPeer) -> None:
    platform = ChannelsPlatform(ChannelsSettings({"duty": f"json://{peer.place}/"}))
    assert [state.trouble for state in platform.states()] == [Trouble.STARTING]
    assert await platform.send(say()) == "duty-7"
    assert [state.trouble for state in platform.states()] == [None]


async def test_the_time_of_a_state_is_when_it_began(peer: HookPeer) -> None:
    async with running({"duty": f"json://{peer.place}/"}) as platform:
        before = state(platform)
        await platform.send(say())
        assert state(platform) == before
        for _ in range(2):
            peer.plan(500)
            with pytest.raises(TryLater):
                await platform.send(say())
            began = state(platform).since
        assert began > before.since
        peer.plan(503)
        with pytest.raises(TryLater):
            await platform.send(say())
        assert state(platform).since > began  # it fails in another way


async def test_a_look_does_not_hide_what_a_message_found(peer: HookPeer) -> None:
    async with running({"duty": f"json://{peer.place}/"}, look_every=0.01, first_pause=0.01) as platform:
        peer.plan(403)
        with pytest.raises(Rejected):
            await platform.send(say())
        await asyncio.sleep(0.1)  # nothing is waited for: several looks would have come by now
        assert state(platform).trouble is Trouble.REFUSED


async def test_a_look_that_ends_late_tells_nothing(peer: HookPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    looking, end = asyncio.Event(), asyncio.Event()

    async def slow_look(host: tuple[str, int], seconds: float) -> None:
        looking.set()
        await end.wait()

    async with running({"duty": f"json://{peer.place}/"}, look_every=0.01) as platform:
        monkeypatch.setattr("bot.platforms.channels.platform.look", slow_look)
        async with asyncio.timeout(WAIT):
            await looking.wait()
        peer.plan(403)
        with pytest.raises(Rejected):
            await platform.send(say())
        end.set()
        await asyncio.sleep(0.05)  # nothing is waited for: the look would have changed the state by now
        assert state(platform).trouble is Trouble.REFUSED


async def test_many_at_once_all_arrive(peer: HookPeer) -> None:
    async with running({"duty": f"json://{peer.place}/"}) as platform:
        ids = await asyncio.gather(*(platform.send(say(f"第{id}条", id=id)) for id in range(40)))
        assert ids == [f"duty-{id}" for id in range(40)]
        texts = {(await peer.next()).json["message"] for _ in range(40)}
        assert texts == {f"第{id}条" for id in range(40)}
        assert peer.came == 40
        assert not platform._sendings


@pytest.mark.parametrize("path", ["json://{}/", "http://{}/robot/send?access_token=x"])
async def test_stopping_waits_for_no_answer(peer: HookPeer, path: str) -> None:
    platform = ChannelsPlatform(ChannelsSettings({"duty": path.format(peer.place)}))
    run = asyncio.create_task(platform.run(FakeHost()))
    await becomes(platform, None)
    peer.plan(HANG)
    send = asyncio.create_task(platform.send(say()))
    await peer.next()
    loop = asyncio.get_running_loop()
    began = loop.time()
    send.cancel()
    run.cancel()
    await asyncio.wait({send, run}, timeout=WAIT)
    assert send.cancelled()
    assert run.cancelled()
    assert loop.time() - began < 0.5


async def test_the_process_ends_while_a_service_hangs(peer: HookPeer) -> None:
    """A worker of the usual thread pool would keep it until the time-out."""
    script = (
        "import asyncio, sys\n"
        "from bot.messages import Chat, ChatKind, Outbound\n"
        "from bot.platforms.channels import ChannelsPlatform, ChannelsSettings\n"
        "async def main():\n"
        "    platform = ChannelsPlatform(ChannelsSettings({'duty': sys.argv[1]}, answer_timeout=60))\n"
        "    sending = asyncio.create_task(platform.send(Outbound(1, Chat('channels', ChatKind.GROUP, 'duty'), 'x')))\n"
        "    await asyncio.to_thread(sys.stdin.readline)\n"
        "asyncio.run(main())\n"
    )
    peer.plan(HANG)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, f"json://{peer.place}/", stdin=subprocess.PIPE
    )
    assert process.stdin
    async with asyncio.timeout(20):
        await peer.requests.get()
    process.stdin.write(b"\n")
    async with asyncio.timeout(10):
        assert await process.wait() == 0


async def test_nothing_secret_is_logged(peer: HookPeer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(1)
    for name in ("apprise", "httpx", "httpcore.http11", "urllib3.connectionpool"):
        caplog.set_level(1, logger=name)
    async with mail_peer() as mail:
        urls = {
            "hook": f"json://user:{SECRET}@{peer.place}/{SECRET}",
            "form": f"form://{peer.place}/{SECRET}",
            "robot": f"http://{peer.place}/cgi-bin/webhook/send?key={SECRET}",
            "mail": f"mailto://bot:{SECRET}@127.0.0.1:{mail.port}?from=bot@example.org&to=zhangwei@example.org",
            "bad": f"nonsense://{SECRET}",
            "lacking": f"mailto://bot:{SECRET}@127.0.0.1?to=nobody",
        }
        async with running(urls) as platform:
            for answer in (200, 500, 404):
                for number, channel in enumerate(("hook", "form", "robot")):
                    peer.plan(answer, {"errcode": 0, "errmsg": SECRET})
                    task = platform.send(say(channel=channel, id=number, file=XLSX if channel == "form" else None))
                    await asyncio.gather(task, return_exceptions=True)
            await platform.send(say(channel="mail", file=PNG))
            mail.refuse("RCPT", 550)
            with pytest.raises(Rejected):
                await platform.send(say(channel="mail"))
            assert SECRET not in repr(platform._settings)
            assert SECRET not in str(platform.states())
    told = dump(caplog)
    assert "channel changed" in told
    for secret in (SECRET, *TEXT.splitlines(), "zhangwei", XLSX.name, PNG.name):
        assert secret not in told


async def test_apprise_stays_silent_whatever_is_configured(peer: HookPeer, capfd: pytest.CaptureFixture[str]) -> None:
    async with running({"duty": f"json://{peer.place}/{SECRET}"}) as platform:
        handler = logging.StreamHandler(sys.stderr)
        logger = logging.getLogger("apprise")
        logger.addHandler(handler)
        try:
            peer.plan(404)
            with pytest.raises(Rejected):
                await platform.send(say())
        finally:
            logger.removeHandler(handler)
    assert capfd.readouterr().err == ""


async def test_nothing_is_kept_on_disk(tmp_path: Path, peer: HookPeer) -> None:
    """In a process of its own, with a home and a working directory that can be looked into."""
    script = (
        "import asyncio, sys\n"
        "from bot.messages import Chat, ChatKind, FileKind, Outbound, OutboundFile\n"
        "from bot.platforms.channels import ChannelsPlatform, ChannelsSettings\n"
        "async def main():\n"
        "    urls = dict(pair.split('=', 1) for pair in sys.argv[1:])\n"
        "    platform = ChannelsPlatform(ChannelsSettings(urls))\n"
        "    file = OutboundFile(FileKind.XLSX, 'x.xlsx', b'content')\n"
        "    for number, name in enumerate(urls):\n"
        "        await platform.send(Outbound(number, Chat('channels', ChatKind.GROUP, name), 'x', file))\n"
        "asyncio.run(main())\n"
    )
    root = str(Path(__file__).parents[3])
    environment = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1"}
    async with mail_peer() as mail:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", script, f"json=json://{peer.place}/", f"form=form://{peer.place}/"),
            f"mail=mailto://bot:x@127.0.0.1:{mail.port}?from=bot@example.org&to=bot@example.org",
            cwd=tmp_path,
            env=environment,
        )
        async with asyncio.timeout(20):
            assert await process.wait() == 0
        await mail.next()
    assert peer.came == 2
    assert list(tmp_path.rglob("*")) == []


def test_importing_loads_no_library() -> None:
    script = "import sys, bot.platforms.channels, bot.platforms.channels.probe; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not {"apprise", "requests", "httpx"} & set(loaded)


async def test_probing_sends_nothing(peer: HookPeer) -> None:
    gone = await closed_port()
    async with mail_peer() as mail:
        urls = {
            "hook": f"json://{peer.place}/{SECRET}",
            "robot": f"http://{peer.place}/robot/send?access_token={SECRET}",
            "mail": f"mailto://bot:{SECRET}@127.0.0.1:{mail.port}?from=bot@example.org&to=duty@example.org",
            "gone": f"json://127.0.0.1:{gone}/{SECRET}",
            "bad": f"nonsense://{SECRET}",
        }
        states = await probe(ChannelsSettings(urls))
        assert [(state.account, state.trouble) for state in states] == [
            ("hook", None),
            ("robot", None),
            ("mail", None),
            ("gone", Trouble.UNREACHABLE),
            ("bad", Trouble.FAILING),
        ]
        assert (peer.came, mail.greetings) == (0, 0)
        assert SECRET not in str(states)


@pytest.mark.parametrize("urls", [{}, {"duty": " "}, {"": "json://localhost"}])
def test_settings_without_channels_are_refused(urls: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="channel"):
        ChannelsSettings(urls)


async def test_private_chats_do_not_exist(peer: HookPeer) -> None:
    async with running({"duty": f"json://{peer.place}/"}) as platform:
        for person in ("20001", "duty"):
            with pytest.raises(Rejected):
                await platform.send(Outbound(1, Chat("channels", ChatKind.PRIVATE, person), TEXT))
        assert peer.came == 0
