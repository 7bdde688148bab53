"""The web hook: what Telegram is answered, and what it delivers again."""

import asyncio
import json
import logging

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from bot.messages import Inbound
from bot.platforms.contract import Trouble
from bot.platforms.telegram import TelegramPlatform, TelegramSettings
from tests.platforms.telegram.line import GROUP, PERSON, SECRET, Front, dump, front, hooked, out, polling, running
from tests.platforms.telegram.server import BOT_ID, TOKEN, BotApi

pytestmark = pytest.mark.asyncio


def update(number: int = 1, text: str = "36.5") -> bytes:
    chat = {"id": 20001, "type": "private"}
    message = {"message_id": number, "date": 1580860800, "chat": chat, "from": {"id": 20001}, "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


async def test_messages_come_in_and_answers_go_out() -> None:
    async with hooked() as run:
        id = await run.api.say("36.5", PERSON)
        message = await run.next()
        assert (message.message_id, message.text, message.account) == (id, "36.5", str(BOT_ID))
        await run.send(out("已登记"))
        assert (await run.api.next_send()).text == "已登记"
        assert run.api.count("getUpdates") == 0


async def test_telegram_is_told_where_to_deliver_and_with_which_secret() -> None:
    async with hooked() as run:
        assert run.api.webhook["url"].endswith("/hooks/telegram")
        assert run.api.webhook["secret_token"] == SECRET
        assert run.api.webhook["allowed_updates"] == ["message", "edited_message"]
        assert run.api.webhook["drop_pending_updates"] is False


async def test_messages_of_a_conversation_keep_their_order() -> None:
    async with hooked() as run:
        for number in range(20):
            await run.api.say(f"第{number}句", GROUP)
        assert [(await run.next()).text for _ in range(20)] == [f"第{number}句" for number in range(20)]
        await run.api.until(lambda: not run.api.pending)
        assert run.api.webhook_answers == [200] * 20


async def test_200_is_answered_only_once_the_message_is_durable() -> None:
    begun, durable = asyncio.Event(), asyncio.Event()

    async def store(_: Inbound) -> None:
        begun.set()
        await durable.wait()

    async with hooked(receive=store) as run:
        await run.api.say("36.5", PERSON)
        await begun.wait()
        for number in range(3):  # there and back: whatever was on its way to Telegram has arrived
            await run.send(out("请稍等", id=number))
        assert run.api.webhook_answers == []
        durable.set()
        await run.api.until(lambda: not run.api.pending)
        assert run.api.webhook_answers == [200]


async def test_a_message_that_is_not_taken_is_delivered_again(caplog: pytest.LogCaptureFixture) -> None:
    tried = list[str]()

    async def store(message: Inbound) -> None:
        tried.append(message.text)
        if len(tried) == 1:
            raise RuntimeError(message.text)

    async with hooked(receive=store) as run:
        await run.api.say("我发烧了", PERSON)
        await run.api.until(lambda: not run.api.pending)
        assert run.api.webhook_answers == [503, 200]
    assert tried == ["我发烧了"] * 2
    assert "发烧" not in dump(caplog)


async def test_a_message_that_is_never_taken_does_not_hold_up_the_others() -> None:
    async def store(message: Inbound) -> None:
        if message.text == "坏":
            raise RuntimeError

    async with hooked(receive=store, most_tries=3) as run:
        await run.api.say("坏", PERSON)
        await run.api.say("36.5", PERSON)
        await run.api.until(lambda: not run.api.pending)
        assert run.api.webhook_answers == [503, 503, 200, 200]


async def test_a_store_that_is_too_slow_gets_the_message_again() -> None:
    async def never(_: Inbound) -> None:
        await asyncio.Event().wait()

    async with hooked(receive=never, webhook_timeout=0.05) as run:
        assert await run.platform.webhook(update(), SECRET) == 503


async def test_no_more_than_so_many_are_under_way() -> None:
    begun, durable = asyncio.Event(), asyncio.Event()

    async def store(_: Inbound) -> None:
        begun.set()
        await durable.wait()

    async with hooked(receive=store, webhook_in_flight=1) as run:
        first = asyncio.create_task(run.platform.webhook(update(1), SECRET))
        await begun.wait()
        assert await run.platform.webhook(update(2), SECRET) == 503
        durable.set()
        assert await first == 200
        assert await run.platform.webhook(update(2), SECRET) == 200


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", "秘密", "\udcff"])
async def test_whoever_does_not_know_the_secret_is_refused(secret: str, caplog: pytest.LogCaptureFixture) -> None:
    async with hooked() as run:
        assert await run.platform.webhook(update(), secret) == 403
        assert run.host.inbox.empty()
    assert [record.levelno for record in caplog.records if vars(record).get("action") == "telegram_hook_refused"] == [
        logging.WARNING
    ]


async def test_without_a_secret_of_ours_nobody_knows_it() -> None:
    async with polling() as run:
        assert await run.platform.webhook(update(), "") == 403


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"update_id": "1"}', b"\xff", b"7"])
async def test_garbage_is_a_bad_request(body: bytes) -> None:
    async with hooked() as run:
        assert await run.platform.webhook(body, SECRET) == 400


@pytest.mark.parametrize("body", [b'{"update_id": 1, "poll": {}}', b'{"update_id": 1, "message": 7}'])
async def test_what_nobody_said_needs_no_second_delivery(body: bytes) -> None:
    async with hooked() as run:
        assert await run.platform.webhook(body, SECRET) == 200
        assert run.host.inbox.empty()


async def test_before_the_start_and_after_the_end_it_is_to_come_again() -> None:
    hook = {"webhook": "https://example.org/hooks/telegram", "webhook_secret": SECRET}
    platform = TelegramPlatform(TelegramSettings(token=TOKEN, **hook))
    assert await platform.webhook(update(), SECRET) == 503
    async with hooked() as run:
        pass
    assert await run.platform.webhook(update(), SECRET) == 503


async def test_what_waited_while_the_program_was_away_is_delivered() -> None:
    api = BotApi()
    await api.say("夜里说的", GROUP)
    async with hooked(api=api) as run:
        assert (await run.next()).text == "夜里说的"


async def test_it_is_routed_by_a_web_server_like_any_other_page() -> None:
    async with hooked() as run:
        pages = FastAPI()

        @pages.post("/hooks/telegram")
        async def _hook(request: Request) -> Response:
            secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
            return Response(status_code=await run.platform.webhook(await request.body(), secret))

        garbage = b'{"update_id": 1, "poll": {}}'
        async with httpx.AsyncClient(transport=httpx.ASGITransport(pages), base_url="http://pages") as client:
            for secret, status in ((SECRET, 200), ("wrong", 403)):
                headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
                answer = await client.post("/hooks/telegram", content=garbage, headers=headers)
                assert answer.status_code == status


# -- the connection to Telegram beside the hook


async def test_telegram_away_and_back() -> None:
    async with hooked() as run:
        await run.api.stop()
        await run.trouble(Trouble.UNREACHABLE)
        assert not run.platform.online()
        await run.api.say("断线时说的", GROUP)
        await run.api.start()
        await run.trouble(None)
        assert (await run.next()).text == "断线时说的"


async def test_telegram_still_delivers_while_it_does_not_answer_us() -> None:
    async with hooked() as run:
        run.api.token = "none"
        await run.trouble(Trouble.REFUSED)
        assert await run.platform.webhook(update(), SECRET) == 200
        assert (await run.next()).text == "36.5"


async def test_a_hook_that_somebody_took_away_is_set_again() -> None:
    async with hooked() as run:
        run.api.webhook = {"url": "http://127.0.0.1:9/theirs"}
        await run.trouble(Trouble.TAKEN)
        assert run.platform.online()
        await run.trouble(None)
        assert run.api.webhook["secret_token"] == SECRET


async def test_a_hook_that_telegram_cannot_reach_is_told_the_operator() -> None:
    async with front() as (web, address), running(webhook=address, webhook_secret=SECRET) as run:
        await web.stop()
        await run.trouble(None)
        await run.api.say("36.5", PERSON)
        await run.trouble(Trouble.SILENT)
        assert run.platform.online()
        web.handler = Front(run.platform).answer
        await web.start()
        assert (await run.next()).text == "36.5"
        await run.trouble(None)


async def test_an_address_that_telegram_does_not_take_is_told_the_operator() -> None:
    api = BotApi()
    for _ in range(2):
        api.fail("setWebhook", 400, "Bad Request: bad webhook: HTTPS url must be provided for webhook")
    async with hooked(api=api) as run:
        assert run.watch.seen[0] == (Trouble.FAILING, "https url must be provided")


@pytest.mark.parametrize(
    "options",
    [{"token": ""}, {"base_url": "https://example.org"}, {"base_url": "example.org/bot"}, {"webhook": "example.org"},
     {"webhook": "https://example.org"}, {"webhook": "https://example.org", "webhook_secret": "秘密"},
     {"webhook": "https://example.org", "webhook_secret": "x" * 257}],
)  # fmt: skip
async def test_settings_that_cannot_work(options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"token|address|secret"):
        TelegramSettings(**{"token": TOKEN, **options})


async def test_settings_show_no_secret() -> None:
    shown = repr(TelegramSettings(token=TOKEN, webhook_secret=SECRET, proxy="http://user:pass@127.0.0.1:1"))
    assert TOKEN not in shown
    assert SECRET not in shown
    assert "pass@" not in shown
