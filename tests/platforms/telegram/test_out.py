"""What goes out to Telegram, over a real socket."""

import asyncio
import struct
from collections.abc import Awaitable
from zlib import crc32

import pytest

from bot.messages import Chat, ChatKind, FileKind, Outbound, OutboundFile
from bot.platforms.contract import CannotTell, Rejected, TryLater
from bot.platforms.telegram import TelegramPlatform, TelegramSettings, outgoing
from tests.platforms.telegram.line import GROUP, PERSON, out, polling, running
from tests.platforms.telegram.server import BOT_ID, TOKEN

pytestmark = pytest.mark.asyncio
SHEET = OutboundFile(FileKind.XLSX, "日报 2月5日.xlsx", b"PK\x03\x04\r\n--\r\nnot the end")


def png(width: int = 800, height: int = 600, size: int = 0) -> OutboundFile:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", crc32(header))
    return OutboundFile(FileKind.PNG, "日报.png", head.ljust(size, b"\0"))


async def test_a_text_to_a_person_and_to_a_group() -> None:
    async with polling() as run:
        for chat in (PERSON, GROUP):
            id = await run.send(out("已登记", chat))
            sent = await run.api.next_send()
            assert (sent.method, sent.chat, sent.text) == ("sendMessage", int(chat.id), "已登记")
            assert id == f"{chat.id}:{sent.message_id}"


async def test_text_is_sent_as_it_is_written() -> None:
    async with polling() as run:
        await run.send(out("<b>*37.3*_[x](y)&amp; 😷\n\t1"))
        assert (await run.api.next_send()).text == "<b>*37.3*_[x](y)&amp; 😷\n\t1"
        assert "parse_mode" not in run.api.calls[-1].fields


@pytest.mark.parametrize("suffix", ["", ":edit1580860800"])
async def test_a_reply_names_the_message_and_goes_even_if_that_is_gone(suffix: str) -> None:
    async with polling() as run:
        asked = await run.api.say("在吗", GROUP)
        await run.send(out("在", GROUP, reply_to=asked + suffix))
        assert (await run.api.next_send()).reply_to == int(asked.partition(":")[2])
        call = next(call for call in run.api.calls if call.method == "sendMessage")
    assert call.fields["reply_parameters"]["allow_sending_without_reply"] is True


@pytest.mark.parametrize("reply_to", [f"{GROUP.id}:5", "5", "x:y", f"{PERSON.id}:", ""])
async def test_what_was_said_elsewhere_cannot_be_replied_to(reply_to: str) -> None:
    async with polling() as run:
        await run.send(out("在", PERSON, reply_to=reply_to))
        assert (await run.api.next_send()).reply_to is None


async def test_a_long_text_goes_in_parts_and_the_first_one_replies() -> None:
    text = "\n".join(f"第{number}行😷😷😷😷" for number in range(40))
    async with polling(text_limit=60) as run:
        asked = await run.api.say("在吗", PERSON)
        id = await run.send(out(text, reply_to=asked))
        sends = run.api.sends
    assert "\n".join(sent.text for sent in sends) == text
    assert [sent.reply_to for sent in sends] == [int(asked.partition(":")[2])] + [None] * (len(sends) - 1)
    assert id == f"{PERSON.id}:{sends[-1].message_id}"


async def test_the_longest_text_fits_as_telegram_counts() -> None:
    async with polling() as run:
        await run.send(out("😷" * 2048))
        await run.send(out("😷" * 2049, id=2))
        assert [len(sent.text) for sent in run.api.sends] == [2048, 2048, 1]


async def test_a_retry_repeats_no_part_that_is_out() -> None:
    text = "\n".join(f"第{number}行" for number in range(40))
    async with polling(text_limit=60) as run:
        run.api.fail("sendMessage", 429, "Too Many Requests: retry after 3", retry_after=3)
        with pytest.raises(TryLater):
            await run.send(out(text, id=9))
        first = asyncio.create_task(run.send(out(text, id=9)))
        await run.api.next_send()
        run.api.fail("sendMessage", 502)
        with pytest.raises(TryLater):
            await first
        await run.send(out(text, id=9))
        assert "\n".join(sent.text for sent in run.api.sends) == text


# -- files


async def test_a_picture_goes_as_a_photo_with_its_text() -> None:
    async with polling() as run:
        id = await run.send(out("今日图", GROUP, file=png()))
        sent = await run.api.next_send()
        assert len(run.api.sends) == 1
    assert (sent.method, sent.text) == ("sendPhoto", "今日图")
    assert sent.file is not None
    assert sent.file.content == png().content
    assert id == f"{GROUP.id}:{sent.message_id}"


async def test_a_spreadsheet_keeps_its_name() -> None:
    async with polling() as run:
        await run.send(out("", GROUP, file=SHEET))
        sent = await run.api.next_send()
    assert (sent.method, sent.text) == ("sendDocument", "")
    assert sent.file is not None
    assert (sent.file.name, sent.file.content) == (SHEET.name, SHEET.content)


@pytest.mark.parametrize("file", [png(), SHEET])
async def test_a_text_too_long_for_a_caption_follows_the_file(file: OutboundFile) -> None:
    async with polling() as run:
        asked = await run.api.say("日报", GROUP)
        await run.send(out("😷" * 513, GROUP, file=file, reply_to=asked))
        first, second = run.api.sends
    assert (first.file is not None, first.text, second.text) == (True, "", "😷" * 513)
    assert (first.reply_to is not None, second.reply_to) == (True, None)


@pytest.mark.parametrize(
    "file",
    [png(9000, 2000), png(2100, 100), png(100, 2100), png(0, 5), png(size=10 * 10**6 + 1),
     OutboundFile(FileKind.PNG, "a.png", b"GIF89a"), OutboundFile(FileKind.PNG, "a.png", b"\x89PNG\r\n\x1a\n")],
    ids=["large", "wide", "high", "empty", "heavy", "other", "cut"],
)  # fmt: skip
async def test_what_is_no_photo_to_telegram_goes_as_a_file(file: OutboundFile) -> None:
    assert not outgoing.is_photo(file)
    async with polling() as run:
        await run.send(out("图", file=file))
        assert [(sent.method, sent.text) for sent in run.api.sends] == [("sendDocument", "图")]


async def test_a_photo_that_telegram_cannot_use_goes_as_a_file() -> None:
    async with polling() as run:
        run.api.fail("sendPhoto", 400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
        await run.send(out("图", file=png()))
        assert [(sent.method, sent.text) for sent in run.api.sends] == [("sendDocument", "图")]


async def test_a_file_that_is_out_is_not_sent_again_with_its_text() -> None:
    async with polling() as run:
        run.api.fail("sendMessage", 500)
        assert not (await _later(run.send(out("长" * 1025, file=SHEET)))).maybe_sent
        await run.send(out("长" * 1025, file=SHEET))
        assert [sent.method for sent in run.api.sends] == ["sendDocument", "sendMessage"]


# -- what cannot be sent now


@pytest.mark.parametrize("timedelta", ["", "1"])
async def test_too_fast_names_the_time_to_wait(timedelta: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", timedelta)
    async with polling() as run:
        run.api.fail("sendMessage", 429, "Too Many Requests: retry after 7", retry_after=7)
        later = await _later(run.send(out("好")))
    assert (later.after, later.whole_account, later.maybe_sent) == (7.0, True, False)


async def test_too_fast_without_a_time() -> None:
    async with polling() as run:
        run.api.say_raw("sendMessage", 429, b"<html>")
        later = await _later(run.send(out("好")))
    assert later.after
    assert (later.whole_account, later.maybe_sent) == (True, False)


async def test_an_answer_that_does_not_come_may_mean_that_it_went() -> None:
    async with polling(read_timeout=0.1) as run:
        run.api.hang("sendMessage")
        later = await _later(run.send(out("好")))
        assert later.maybe_sent
        assert len(run.api.sends) == 1


async def test_a_connection_that_breaks_after_the_message_may_mean_that_it_went() -> None:
    async with polling() as run:
        run.api.drop("sendMessage")
        assert (await _later(run.send(out("好")))).maybe_sent
        assert len(run.api.sends) == 1


async def test_nobody_there_means_that_it_did_not_go() -> None:
    async with running() as run:
        await run.trouble(None)
        await run.api.stop()
        assert not (await _later(run.send(out("好")))).maybe_sent


@pytest.mark.parametrize(("status", "maybe"), [(500, False), (502, False), (503, False), (504, True)])
async def test_a_fault_of_telegrams_is_worth_a_retry(status: int, *, maybe: bool) -> None:
    async with polling() as run:
        run.api.fail("sendMessage", status, "Internal Server Error")
        assert (await _later(run.send(out("好")))).maybe_sent is maybe


@pytest.mark.parametrize(("status", "payload"), [(301, b""), (401, b"{}"), (404, b"{}"), (409, b"{}"), (413, b"x")])
async def test_other_refusals_are_worth_a_retry(status: int, payload: bytes) -> None:
    async with polling() as run:
        run.api.say_raw("sendMessage", status, payload)
        assert not (await _later(run.send(out("好")))).maybe_sent


@pytest.mark.parametrize("payload", [b"", b"<html>", b'{"ok":true}'])
async def test_an_answer_that_is_none_may_mean_that_it_went(payload: bytes) -> None:
    async with polling() as run:
        run.api.say_raw("sendMessage", 200, payload)
        assert (await _later(run.send(out("好")))).maybe_sent


@pytest.mark.parametrize("payload", [b'{"ok":true,"result":true}', b'{"ok":true,"result":{"date":1e300}}'])
async def test_a_message_that_is_out_is_out_however_odd_the_answer(payload: bytes) -> None:
    async with polling() as run:
        run.api.say_raw("sendMessage", 200, payload)
        assert await run.send(out("好")) == ""


async def test_when_all_connections_are_in_use_nothing_went() -> None:
    async with polling(connections=2, pool_timeout=0.05) as run:  # one of them polls
        run.api.hang("sendMessage")
        hanging = asyncio.create_task(run.platform.send(out("一", id=1)))
        await run.api.next_send()
        assert not (await _later(run.send(out("二", id=2)))).maybe_sent
        hanging.cancel()
        await asyncio.wait({hanging})


async def test_before_the_start_and_after_the_end_nothing_goes() -> None:
    platform = TelegramPlatform(TelegramSettings(token=TOKEN))
    assert not (await _later(platform.send(out("好")))).maybe_sent
    async with polling() as run:
        pass
    assert not run.platform.online()
    assert not (await _later(run.platform.send(out("好")))).maybe_sent


# -- what can never be sent


@pytest.mark.parametrize(
    ("status", "description", "reason"),
    [(403, "Forbidden: bot was blocked by the user", "bot was blocked by the user"),
     (403, "Forbidden: bot can't initiate conversation with a user", "bot can't initiate conversation"),
     (403, "Forbidden: bot was kicked from the supergroup chat", "bot was kicked"),
     (400, "Bad Request: chat not found", "chat not found"),
     (400, "Bad Request: 张伟 38.7 no", "BadRequest")],
)  # fmt: skip
async def test_refusals_are_final_and_quote_nobody(status: int, description: str, reason: str) -> None:
    async with polling() as run:
        run.api.fail("sendMessage", status, description)
        with pytest.raises(Rejected) as caught:
            await run.send(out("好"))
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    "message",
    [out(""), out(" \n "), out("坏\ud800"), out("好", Chat("telegram", ChatKind.PRIVATE, "zhangwei")),
     out("好", Chat("telegram", ChatKind.PRIVATE, "-5")), out("好", Chat("telegram", ChatKind.GROUP, "5")),
     out("", file=OutboundFile(FileKind.XLSX, "\ud800", b"PK"))],
)  # fmt: skip
async def test_what_cannot_be_sent_is_refused_at_once(message: Outbound) -> None:
    async with polling() as run:
        calls = len(run.api.calls)
        with pytest.raises(Rejected):
            await run.send(message)
        assert len(run.api.calls) == calls


async def test_a_refused_message_may_be_corrected_and_starts_anew() -> None:
    async with polling(text_limit=4) as run:
        run.api.fail("sendMessage", 403, "Forbidden: bot was blocked by the user")
        with pytest.raises(Rejected):
            await run.send(out("一二三四五六", id=5))
        await run.send(out("一二三四五六", id=5))
        assert [sent.text for sent in run.api.sends] == ["一二三四", "五六"]


# -- groups that move


async def test_a_group_that_became_a_supergroup_is_followed(caplog: pytest.LogCaptureFixture) -> None:
    old, new = Chat("telegram", ChatKind.GROUP, "-4001"), -1009000000001
    async with polling() as run:
        run.api.fail("sendMessage", 400, "Bad Request: group chat was upgraded", migrate_to_chat_id=new)
        id = await run.send(out("请测体温", old, id=1))
        await run.send(out("谢谢", old, id=2))
        assert [(sent.chat, sent.text) for sent in run.api.sends] == [(new, "请测体温"), (new, "谢谢")]
    assert id.startswith(f"{new}:")
    assert [record.action for record in caplog.records if hasattr(record, "action")].count("telegram_migrated") == 1


async def test_groups_that_move_in_a_circle_are_not_followed_for_ever() -> None:
    one, two = Chat("telegram", ChatKind.GROUP, "-4001"), -1009000000001
    async with polling() as run:
        run.api.fail("sendMessage", 400, "Bad Request: upgraded", migrate_to_chat_id=two)
        run.api.fail("sendMessage", 400, "Bad Request: upgraded", migrate_to_chat_id=int(one.id))
        with pytest.raises(Rejected):
            await run.send(out("好", one))
        assert run.api.count("sendMessage") == 2


# -- the rest of the contract


async def test_which_account_sends_and_that_nobody_can_look_up_what_went() -> None:
    async with polling() as run:
        assert run.platform.account_of(out("好")) == str(BOT_ID)
        with pytest.raises(CannotTell):
            await run.platform.find(out("好"), run.platform.states()[0].since)


async def test_many_at_once() -> None:
    async with polling() as run:
        ids = await asyncio.gather(*(run.send(out(str(number), id=number)) for number in range(1, 41)))
    assert len(set(ids)) == 40


async def _later(sending: Awaitable[str]) -> TryLater:
    with pytest.raises(TryLater) as caught:
        await sending
    return caught.value
