"""Every platform keeps the same promises: the program cannot tell them apart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import Chat, FileKind, Outbound, OutboundFile
from bot.platforms.contract import CannotTell, Rejected, Trouble, TryLater
from tests.platforms.channels import contract_line as channels
from tests.platforms.contract.line import Line, Opening
from tests.platforms.host import WAIT
from tests.platforms.onebot import contract_line as onebot
from tests.platforms.telegram import contract_line as telegram
from tests.platforms.wechat import contract_line as wechat

LINES: dict[str, Opening] = {}
CANNOT: dict[str, dict[str, str]] = {}  # line → what its platform does not have at all, with the reason
for kind in (telegram, wechat, channels, onebot):
    LINES |= kind.LINES
    CANNOT |= dict.fromkeys(kind.LINES, kind.CANNOT)
XLSX = OutboundFile(FileKind.XLSX, "日报 2月5日.xlsx", b"PK\x03\x04" + bytes(range(256)) * 8)


def every_line(*needed: str) -> pytest.MarkDecorator:
    """For every line whose platform has what is needed."""
    able = [name for name in sorted(LINES) if CANNOT[name].keys().isdisjoint(needed)]
    return pytest.mark.parametrize("opening", [LINES[name] for name in able], ids=able)


@asynccontextmanager
async def a_line(opening: Opening) -> AsyncIterator[Line]:
    """A line, for half a minute: opening it has limits of its own, as the first one may have to get packages."""
    async with asyncio.timeout(None) as limit, opening() as line:
        limit.reschedule(asyncio.get_running_loop().time() + 30)
        yield line


def outgoing(number: int, chat: Chat, text: str = "已登记", **more: object) -> Outbound:
    return Outbound(number, chat, text, **more)  # type: ignore[arg-type]


# --- in -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["person", "group"])
@every_line("in")
async def test_what_people_write_comes_in(opening: Opening, where: str) -> None:
    async with a_line(opening) as line:
        chat: Chat = getattr(line, where)
        id = await line.say("36.5，没有不舒服", chat)
        said = await line.host.next()
        assert (said.text, said.message_id, said.chat) == ("36.5，没有不舒服", id, chat)
        assert said.sender.id
        assert said.at.tzinfo is not None
        assert not said.mentions_bot
        assert said.account == line.platform.account_of(outgoing(1, chat))


@every_line("in", "group", "mention")
async def test_who_speaks_to_the_bot_is_heard_so_and_its_name_is_no_part_of_the_words(opening: Opening) -> None:
    async with a_line(opening) as line:
        await line.say("36.5", line.group, mention=True)
        said = await line.host.next()
        assert said.mentions_bot
        assert said.text.strip() == "36.5"


@every_line("in", "reply")
async def test_an_answer_to_a_message_of_the_bot_names_it(opening: Opening) -> None:
    async with a_line(opening) as line:
        own = await line.platform.send(outgoing(1, line.group, "发热警报 #12"))
        await line.seen()
        await line.say("收到", line.group, reply_to=own)
        assert (await line.host.next()).reply_to == own


@every_line("in", "image")
async def test_a_picture_comes_in(opening: Opening) -> None:
    async with a_line(opening) as line:
        await line.say("已消杀", line.group, image=True)
        assert len((await line.host.next()).images) == 1


@every_line("in", "redeliver")
async def test_what_is_delivered_twice_has_the_same_id_or_comes_once(opening: Opening) -> None:
    async with a_line(opening) as line:
        id = await line.say("36.5", line.person)
        assert (await line.host.next()).message_id == id
        await line.again(id)
        last = await line.say("36.6", line.person)
        heard = [(await line.host.next()).message_id]
        while heard[-1] != last:
            heard.append((await line.host.next()).message_id)
        assert set(heard) <= {id, last}


@every_line("in")
async def test_messages_of_one_conversation_keep_their_order(opening: Opening) -> None:
    async with a_line(opening) as line:
        said = [await line.say(f"{number}", line.person) for number in range(20)]
        assert [(await line.host.next()).message_id for _ in said] == said


# --- out ----------------------------------------------------------------------------------------------------------


@every_line()
async def test_what_the_bot_writes_arrives_in_the_group(opening: Opening) -> None:
    async with a_line(opening) as line:
        await _arrives(line, line.group)


@every_line("private")
async def test_what_the_bot_writes_to_somebody_arrives_there(opening: Opening) -> None:
    async with a_line(opening) as line:
        await _arrives(line, line.person)


async def _arrives(line: Line, chat: Chat) -> None:
    id = await line.platform.send(outgoing(1, chat, "已登记：36.5℃"))
    seen = await line.seen()
    assert id
    assert seen.chat == chat
    assert "已登记：36.5℃" in seen.text
    assert seen.id in ("", id)


@every_line("in", "reply")
async def test_a_reply_shows_what_it_answers(opening: Opening) -> None:
    async with a_line(opening) as line:
        asked = await line.say("哪里能买口罩", line.group)
        await line.host.next()
        await line.platform.send(outgoing(1, line.group, "药店", reply_to=asked))
        assert (await line.seen()).reply_to == asked


@every_line("file")
async def test_a_file_arrives_with_its_name(opening: Opening) -> None:
    async with a_line(opening) as line:
        await line.platform.send(outgoing(1, line.group, "", file=XLSX))
        seen = await line.seen()
        assert (seen.file_name, seen.file) == (XLSX.name, XLSX.content)


@every_line()
async def test_a_very_long_text_is_split_at_the_end_of_a_line(opening: Opening) -> None:
    async with a_line(opening) as line:
        lines = [f"3-{number}-501 张伟，上午没有报体温，请上门看看" for number in range(1, 401)]
        sending = asyncio.create_task(line.platform.send(outgoing(1, line.group, "\n".join(lines))))
        told: list[str] = []
        while len(told) < len(lines):
            told += (await line.seen()).text.strip().splitlines()
        await sending
        assert told == lines


# --- when it cannot be --------------------------------------------------------------------------------------------


@every_line()
async def test_too_fast_is_to_be_tried_again_when_the_platform_says(opening: Opening) -> None:
    async with a_line(opening) as line:
        await line.slow_down(3)
        with pytest.raises(TryLater) as told:
            await line.platform.send(outgoing(1, line.group))
        assert not told.value.maybe_sent
        assert told.value.after is None or told.value.after >= 2
        await line.platform.send(outgoing(1, line.group, "再试"))
        while "再试" not in (await line.seen()).text:  # a peer may have looked at the one that it refused
            pass


@every_line()
async def test_a_refusal_is_for_good(opening: Opening) -> None:
    async with a_line(opening) as line:
        await line.refuse()
        with pytest.raises(Rejected):
            await line.platform.send(outgoing(1, line.group))


@every_line()
async def test_while_the_line_is_cut_sending_is_put_off_and_then_all_is_well(opening: Opening) -> None:
    async with a_line(opening) as line:
        await line.cut()
        with pytest.raises(TryLater):
            await line.platform.send(outgoing(1, line.group))
        if "reconnect" not in line.cannot:
            assert not line.platform.online()
            assert all(state.trouble for state in line.platform.states())
        await line.restore()
        await line.platform.send(outgoing(1, line.group, "又通了"))
        assert "又通了" in (await line.seen()).text
        assert line.platform.online()
        assert all(state.trouble is None for state in line.platform.states())


@every_line("in")
async def test_what_comes_after_a_cut_is_heard(opening: Opening) -> None:
    async with a_line(opening) as line:
        await line.cut()
        await line.restore()
        id = await line.say("36.5", line.person)
        assert (await line.host.next()).message_id == id


@every_line()
async def test_wrong_credentials_are_told_and_nothing_is_heard_or_sent(opening: Opening) -> None:
    async with asyncio.timeout(30), opening(wrong_credentials=True) as line:
        if "reconnect" in line.cannot:  # each message shows its own credentials
            with pytest.raises(Rejected):
                await line.platform.send(outgoing(1, line.group))
        async with asyncio.timeout(WAIT):
            while not any(state.trouble is Trouble.REFUSED for state in line.platform.states()):
                await asyncio.sleep(0.01)
        with pytest.raises((TryLater, Rejected)):
            await line.platform.send(outgoing(2, line.group))
        assert line.host.inbox.empty()


@every_line()
async def test_a_platform_says_whether_it_sent_something_or_that_it_cannot_tell(opening: Opening) -> None:
    async with a_line(opening) as line:
        message = outgoing(1, line.group, "找得到吗")
        id = await line.platform.send(message)
        seen = await line.seen()
        since = datetime.now(UTC) - timedelta(minutes=1)
        try:
            assert await line.platform.find(message, since) == id
            assert await line.platform.find(outgoing(2, line.group, "没有说过"), since) is None
        except CannotTell:
            assert seen.text
