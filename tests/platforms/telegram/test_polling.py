"""Long polling: what is heard, when it is acknowledged, and what happens while Telegram is away."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.messages import Inbound
from bot.platforms.contract import Trouble
from tests.platforms.telegram.line import GROUP, PERSON, dump, out, polling, running
from tests.platforms.telegram.server import BOT_ID, TOKEN, BotApi

pytestmark = pytest.mark.asyncio
NOW = datetime(2020, 2, 5, 8, tzinfo=UTC)


async def test_what_people_write_comes_in() -> None:
    async with polling() as run:
        id = await run.api.say("36.5", PERSON)
        message = await run.next()
    assert (message.account, message.message_id, message.chat) == (str(BOT_ID), id, PERSON)
    assert (message.text, message.sender.id, message.sender.name) == ("36.5", "20001", "居民20001")


async def test_messages_of_a_conversation_keep_their_order() -> None:
    async with polling() as run:
        for number in range(150):  # more than one answer holds
            await run.api.say(f"第{number}句", GROUP)
        assert [(await run.next()).text for _ in range(150)] == [f"第{number}句" for number in range(150)]


async def test_an_update_is_acknowledged_only_once_its_message_is_durable() -> None:
    begun, durable = asyncio.Event(), asyncio.Event()

    async def store(_: Inbound) -> None:
        begun.set()
        await durable.wait()

    async with polling(receive=store) as run:
        polls = run.api.count("getUpdates")
        await run.api.say("36.5", PERSON)
        await begun.wait()
        for number in range(3):  # there and back: whatever was on its way to Telegram has arrived
            await run.send(out("请稍等", id=number))
        assert run.api.pending
        assert run.api.count("getUpdates") == polls
        durable.set()
        await run.api.long_poll()
        assert not run.api.pending


async def test_all_messages_of_one_answer_are_under_way_at_once() -> None:
    under_way, all_here = list[str](), asyncio.Event()

    async def store(message: Inbound) -> None:
        under_way.append(message.text)
        if len(under_way) == 3:
            all_here.set()
        await all_here.wait()

    api = BotApi()
    for text in "一二三":
        await api.say(text, GROUP)
    async with polling(receive=store, api=api):
        assert under_way == ["一", "二", "三"]


async def test_a_message_that_is_not_taken_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    taken, tried = list[str](), list[str]()

    async def store(message: Inbound) -> None:
        tried.append(message.text)
        if len(tried) == 1:
            raise RuntimeError(message.text)
        taken.append(message.text)

    caplog.set_level(logging.WARNING)
    async with polling(receive=store) as run:
        await run.api.say("我发烧了", PERSON)
        await run.api.long_poll()
    assert (tried, taken) == (["我发烧了"] * 2, ["我发烧了"])
    assert "发烧" not in dump(caplog)


async def test_a_message_that_is_never_taken_does_not_hold_up_the_others(caplog: pytest.LogCaptureFixture) -> None:
    taken, tried = list[str](), list[str]()

    async def store(message: Inbound) -> None:
        tried.append(message.text)
        if message.text == "坏":
            raise RuntimeError(message.text)
        taken.append(message.text)

    api = BotApi()
    await api.say("坏", PERSON)
    await api.say("36.5", PERSON)
    async with polling(receive=store, api=api, most_tries=3) as run:
        await run.api.say("36.6", PERSON)
        await run.api.long_poll()
    assert tried.count("坏") == 3
    assert list(dict.fromkeys(taken)) == ["36.5", "36.6"]
    lost = [record for record in caplog.records if getattr(record, "action", "") == "telegram_lost"]
    assert [getattr(record, "error", "") for record in lost] == ["RuntimeError"]
    assert "坏" not in dump(caplog)


async def test_what_was_said_while_the_program_was_away_comes_when_it_is_back() -> None:
    api = BotApi()
    await api.say("夜里说的", GROUP)
    async with polling(api=api) as run:
        assert (await run.next()).text == "夜里说的"


async def test_after_an_unexpected_end_what_was_not_durable_comes_again() -> None:
    async def never(_: Inbound) -> None:
        await asyncio.Event().wait()

    api = BotApi()
    async with polling(api=api, receive=never) as run:
        await run.api.say("36.5", PERSON)
        await run.api.until(lambda: bool(run.api.pending))
    async with polling(api=api) as run:
        assert (await run.next()).text == "36.5"


async def test_after_a_quiet_time_smaller_numbers_of_updates_are_heard() -> None:
    async with polling(poll_timeout=0.05) as run:
        await run.api.say("周一", PERSON)
        await run.next()
        await run.api.until(lambda: not run.api.pending and "offset" not in run.api.calls[-1].fields)
        run.api.first_update(5)
        await run.api.say("周一又到", PERSON)
        assert (await run.next()).text == "周一又到"


async def test_a_web_hook_that_was_set_gives_way_and_nothing_is_dropped() -> None:
    api = BotApi(webhook={"url": "http://127.0.0.1:9/old"})
    api.pending.clear()
    async with polling(api=api) as run:
        assert run.api.webhook == {}
        delete = next(call for call in run.api.calls if call.method == "deleteWebhook")
    assert delete.fields["drop_pending_updates"] is False


async def test_only_messages_and_their_edits_are_asked_for() -> None:
    async with polling() as run:
        call = next(call for call in run.api.calls if call.method == "getUpdates")
    assert call.fields["allowed_updates"] == ["message", "edited_message"]
    assert call.fields["timeout"] == 0  # so that it is seen at once whether all is well


async def test_a_server_that_cannot_wait_is_not_asked_without_a_pause() -> None:
    async with running(api=BotApi(patient=False), pause_first=0.05) as run:
        await run.trouble(None)
        await run.api.until(lambda: run.api.count("getUpdates") >= 4)
        times = run.api.times["getUpdates"]
    assert all(later - earlier >= 0.05 for earlier, later in pairwise(times[1:4]))


# -- when Telegram is away


async def test_telegram_away_and_back_loses_nothing() -> None:
    async with polling() as run:
        await run.api.stop()
        await run.trouble(Trouble.UNREACHABLE)
        assert not run.platform.online()
        await run.api.say("断线时说的", GROUP)
        await run.api.start()
        await run.trouble(None)
        assert run.platform.online()
        assert (await run.next()).text == "断线时说的"


async def test_nobody_at_the_address_when_the_program_starts() -> None:
    api = BotApi()
    async with running(api=api, base_url="http://127.0.0.1:9/bot") as run:
        assert run.platform.states()[0].trouble is Trouble.STARTING
        await run.trouble(Trouble.UNREACHABLE)


async def test_a_frozen_server_is_noticed_and_left() -> None:
    async with polling(poll_timeout=0.05, read_timeout=0.1) as run:
        run.api.hang("getUpdates")
        await run.trouble(Trouble.SILENT)
        await run.trouble(None)
        await run.api.say("36.5", PERSON)
        assert (await run.next()).text == "36.5"


async def test_a_wrong_token_is_refused_and_tried_again_slowly() -> None:
    async with running(token="7000001:wrong") as run:
        await run.trouble(Trouble.REFUSED)
        assert not run.platform.online()
        run.api.token = "7000001:wrong"  # BotFather was asked again
        await run.trouble(None)


async def test_a_token_without_form_is_refused() -> None:
    async with running(token="nonsense") as run:
        await run.trouble(Trouble.REFUSED)


async def test_another_program_with_the_same_token_is_told_until_it_has_gone() -> None:
    async with polling(poll_timeout=0.2) as run:
        run.api.fail("getUpdates", 409, "Conflict: terminated by other getUpdates request; make sure that …")
        await run.trouble(Trouble.TAKEN)
        assert run.platform.online()  # sending is not hindered
        assert run.platform.states()[0].detail == "other getupdates"
        await run.send(out("好"))
        await run.trouble(None)
        contested = [call.fields["timeout"] for call in run.api.calls if call.method == "getUpdates"]
    assert contested.count(0) == 1  # the first of all; the one after the conflict waited its time


async def test_two_programs_with_one_token_both_say_so() -> None:
    async with polling() as first, running(base_url=first.api.url) as second:
        await first.trouble(Trouble.TAKEN)
        await second.trouble(Trouble.TAKEN)


async def test_a_web_hook_set_by_somebody_else_is_taken_away_again() -> None:
    async with polling(poll_timeout=0.2) as run:
        run.api.webhook = {"url": "http://127.0.0.1:9/theirs"}
        await run.trouble(Trouble.TAKEN)
        await run.trouble(None)
        assert run.api.webhook == {}


@pytest.mark.parametrize(
    ("status", "payload"),
    [(502, b"<html>Bad Gateway</html>"), (200, b"<html>Log in to the network</html>"), (200, b"[]"), (301, b""),
     (200, b'{"ok":true}'), (200, b'{"ok":true,"result":7}'), (403, b"{}"), (429, b"{}"), (400, b"\xff")],
)  # fmt: skip
async def test_strange_answers_are_survived(status: int, payload: bytes) -> None:
    async with polling(poll_timeout=0.05) as run:
        run.api.say_raw("getUpdates", status, payload)
        await run.trouble(Trouble.FAILING)
        await run.trouble(None)
        await run.api.say("36.5", PERSON)
        assert (await run.next()).text == "36.5"


@pytest.mark.parametrize("result", [{}, {"id": "7"}, [], None, True])
async def test_an_account_without_id_is_none(result: object) -> None:
    async with running(api=BotApi(me=result)) as run:
        await run.trouble(Trouble.FAILING)


async def test_updates_that_are_garbage_are_passed_over() -> None:
    async with polling() as run:
        for garbage in ({}, {"message": 7}, {"message": {}}, {"message": {"chat": {"id": "x"}}}, {"poll": {}}):
            await run.api.update(garbage)
        await run.api.say("36.5", PERSON)
        assert (await run.next()).text == "36.5"
        await run.api.long_poll()
        assert run.host.inbox.empty()


async def test_half_an_emoji_in_one_name_costs_no_other_message() -> None:
    async with polling() as run:
        await run.api.message(PERSON, text="36.5", **{"from": {"id": 20001, "is_bot": False, "first_name": "王\ud83d"}})
        message = await run.next()
    assert (message.text, message.sender.name) == ("36.5", "王")


async def test_pauses_between_tries_grow_and_start_anew_after_service() -> None:
    async with polling(pause_first=0.01, pause_most=0.04) as run:
        for _ in range(2):  # the second time as the first
            run.api.times.clear()
            run.api.fail("getUpdates", 500)
            for _ in range(3):
                run.api.fail("getMe", 500)
            await run.api.update({})  # ends the poll that waits
            await run.trouble(Trouble.FAILING)
            await run.trouble(None)
            times = run.api.times["getMe"]
            gaps = [later - earlier for earlier, later in pairwise(times)]
            assert all(gap >= least for gap, least in zip(gaps, (0.02, 0.04, 0.04), strict=True))
            assert gaps[0] < 0.04


# -- what Telegram does not keep


async def test_a_gap_longer_than_telegram_keeps_messages_is_told() -> None:
    async with polling(heard=NOW - timedelta(hours=30), now=lambda: NOW) as run:
        assert await run.host.gap() == (str(BOT_ID), NOW - timedelta(hours=30), NOW - timedelta(hours=24))


@pytest.mark.parametrize("hours", [None, 0, 23])
async def test_a_shorter_gap_is_none(hours: int | None) -> None:
    heard = None if hours is None else NOW - timedelta(hours=hours)
    async with polling(heard=heard, now=lambda: NOW) as run:
        assert run.host.gaps.empty()


async def test_a_long_time_without_telegram_is_told_once_though_nobody_spoke_before() -> None:
    times = [NOW]
    async with polling(now=lambda: times[0]) as run:
        await run.api.stop()
        await run.trouble(Trouble.UNREACHABLE)
        times[0] = NOW + timedelta(hours=26)
        run.api.fail("deleteWebhook", 502)
        await run.api.start()
        await run.trouble(None)
        assert await run.host.gap() == (str(BOT_ID), NOW, NOW + timedelta(hours=2))
        assert run.host.gaps.empty()


# -- logs


async def test_nothing_private_is_logged_however_much_is(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "telegram", "telegram.Bot", "telegram.request.BaseRequest"):
        caplog.set_level(logging.DEBUG, logger=name)
    async with polling() as run:
        await run.api.say("我发烧38.7", GROUP)
        await run.next()
        await run.send(out("已登记，请留在家中"))
        run.api.say_raw("getUpdates", 200, "我发烧38.7".encode())
        await run.api.say("咳嗽", GROUP)
        await run.next()
        await run.api.stop()
        await run.trouble(Trouble.UNREACHABLE)
    said = dump(caplog)
    assert "telegram_state" in said
    for private in (TOKEN, "s3cret", "发烧", "38.7", "登记", "居民20001", "20001"):
        assert private not in said
