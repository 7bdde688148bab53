"""What implementations answer when QQ does not want a message, and what becomes of it."""

from dataclasses import dataclass
from typing import Any

import pytest

from bot.messages import Chat
from bot.platforms.contract import Rejected, SendError, TryLater, Unreachable
from tests.platforms.onebot.line import GROUP, PERSON, connected, say
from tests.platforms.onebot.peer import OneBotPeer

pytestmark = pytest.mark.asyncio


def napcat(result: int, words: str, kind: str = "EventChecker Failed") -> str:
    """How NapCat and LLOneBot wrap the answer of QQ."""
    told = f'{{\n    "result": {result},\n    "errMsg": "{words}"\n}}\n'
    where = (
        "NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg ListenerName:NodeIKernelMsgListener/onMsgInfoListUpdate"
    )
    return f"{kind}: {where} EventRet:\n{told}"


@dataclass(frozen=True)
class Case:
    name: str
    chat: Chat
    retcode: int
    words: str
    error: type[SendError]
    after: float | None = None
    whole_account: bool = False
    maybe_sent: bool = False


CASES = [
    # nobody to write to
    Case(
        "NapCat: removed from the group", GROUP, 1200, napcat(110, "发送失败，你已被移出该群，请重新加群。"), Rejected
    ),
    Case("Lagrange: removed from the group", GROUP, 110, "", Rejected),
    Case("go-cqhttp: no such group", GROUP, 100, "GROUP_NOT_FOUND", Rejected),
    Case("NapCat: no friend", PERSON, 1200, napcat(16, "发送失败，请先添加对方为好友"), Unreachable),
    Case("NapCat: no temporary session", PERSON, 1200, "不能发送临时消息", Unreachable),
    Case("NapCat: a stranger", PERSON, 1200, "无法获取用户信息", Unreachable),
    Case("go-cqhttp: no friend", PERSON, 100, "FRIEND_NOT_FOUND", Unreachable),
    Case("refuses messages", PERSON, 1200, napcat(1, "对方拒绝接收你的消息"), Unreachable),
    # muted: nobody has said for how long
    Case("NapCat: muted", GROUP, 1200, napcat(120, "你已被禁言，消息无法发送。"), TryLater, 300),
    Case("Lagrange: muted", GROUP, 120, "", TryLater, 300),
    # the account is held back
    Case("go-cqhttp: held back", GROUP, 100, "send group message failed: blocked by server", TryLater, 120, True),
    Case("go-cqhttp: held back, in Chinese", GROUP, 100, "账号可能被风控", TryLater, 120, True),
    Case("Lagrange: held back", GROUP, 46, "", TryLater, 120, True),
    Case(
        "the account is limited", PERSON, 1200, napcat(1, "你的账号因违反《QQ号码规则》被限制使用"), TryLater, 120, True
    ),
    Case("too fast for the implementation", PERSON, 429, "", TryLater, 30, True),
    Case("too fast for QQ", PERSON, 1200, napcat(1, "发送消息过于频繁"), TryLater, 30, True),
    # one conversation is
    Case("too fast for one group", GROUP, 241, "", TryLater, 5),
    Case("more than the group takes", GROUP, 1200, napcat(299, "超过群发言频率限制"), TryLater, 60),
    # it may be out
    Case("NapCat: swallowed, or slow", GROUP, 1200, napcat(0, "", "Timeout"), TryLater, None, False, True),
    Case("old NapCat: slow", GROUP, 200, "发送超时", TryLater, None, False, True),
    Case("NapCat: not taken", PERSON, 1200, napcat(1, "", "Timeout"), TryLater),
    Case("a picture that did not go up", GROUP, 1200, napcat(-1, "rich media transfer failed"), TryLater),
    # anything
    Case("unexplained", PERSON, 1200, "", TryLater),
    Case("go-cqhttp, unexplained", PERSON, 100, "SEND_MSG_API_ERROR", TryLater),
    Case("CoolQ", PERSON, -34, "", TryLater),
    Case("empty", GROUP, 100, "EMPTY_MSG_ERROR", Rejected),
    Case("wrong parameters", GROUP, 1400, "Key: message", Rejected),
    Case("unknown action", GROUP, 1404, "不支持的Api send_group_msg", Rejected),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_what_becomes_of_a_message(case: Case) -> None:
    async with connected() as (run, peer):
        peer.fail("send_group_msg", case.retcode, words=case.words)
        peer.fail("send_private_msg", case.retcode, words=case.words)
        with pytest.raises(SendError) as told:
            await run.platform.send(say("已登记", case.chat))
        assert await run.platform.send(say("再试", case.chat))
    error = told.value
    assert isinstance(error, case.error)
    assert isinstance(error, Unreachable) is (case.error is Unreachable)
    if isinstance(error, TryLater):
        assert (error.after, error.whole_account) == (case.after, case.whole_account)
        assert error.maybe_sent is case.maybe_sent
        assert not error.offline


async def test_no_word_of_an_implementation_is_in_the_error() -> None:
    words = "Uin2Uid Error: 用户ID 20001 不是好友 王小明"
    async with connected() as (run, peer):
        peer.fail("send_private_msg", 1200, words=words)
        with pytest.raises(Unreachable) as told:
            await run.platform.send(say("已登记"))
    assert str(told.value) == "send_private_msg: no friend, and no way through a group (1200)"


async def test_odd_words_harm_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = OneBotPeer._answer

    def odd(self: OneBotPeer, call: dict[str, Any]) -> dict[str, Any]:
        return {
            **answer(self, call),
            "status": "failed",
            "retcode": "x",
            "message": None,
            "wording": ["风控"],
            "data": 3,
        }

    async with connected() as (run, _):
        monkeypatch.setattr(OneBotPeer, "_answer", odd)
        with pytest.raises(TryLater):
            await run.platform.send(say("已登记"))


# --- temporary sessions -------------------------------------------------------------------------------------------


async def test_who_wrote_through_a_group_is_answered_through_it_again_and_again() -> None:
    async with connected() as (run, peer):
        await peer.private("36.5", user=20007, sub_type="group", sender={"group_id": 900002, "nickname": "吴昊"})
        person = (await run.next()).chat
        for id in (1, 2):
            await run.platform.send(say("已登记", person, id=id))
            assert (await peer.next_send()).params["group_id"] == 900002


async def test_the_group_that_is_named_goes_before_the_one_that_was_used() -> None:
    async with connected() as (run, peer):
        await peer.private("36.5", sub_type="group", group_id=900002)
        await run.next()
        await run.platform.send(say("已登记", via_group="900003"))
        assert (await peer.next_send()).params["group_id"] == 900003


async def test_a_friend_needs_no_group_any_more() -> None:
    async with connected() as (run, peer):
        await peer.private("36.5", sub_type="group", group_id=900002)
        await peer.private("36.6", sub_type="friend")
        await run.next()
        await run.next()
        await run.platform.send(say("已登记"))
        assert "group_id" not in (await peer.next_send()).params


async def test_a_temporary_session_that_is_refused_says_that_there_is_no_way() -> None:
    async with connected() as (run, peer):
        peer.fail("send_private_msg", 1200, words=napcat(16, "请先添加对方为好友"))
        with pytest.raises(Unreachable):
            await run.platform.send(say("请测体温", via_group="900001"))


# --- mutes --------------------------------------------------------------------------------------------------------


async def ban(peer: OneBotPeer, seconds: int, user: int = 10000, kind: str = "ban") -> None:
    await peer.notice("group_ban", user=user, sub_type=kind, duration=seconds, operator_id=20001)


async def muted(seconds: int, **fields: Any) -> SendError:
    """What a message becomes that is refused after such a notice."""
    async with connected() as (run, peer):
        await ban(peer, seconds, **fields)
        await run.meet(peer)
        peer.fail("send_group_msg", 120)
        with pytest.raises(SendError) as told:
            await run.platform.send(say("接龙", GROUP))
    return told.value


async def test_a_short_mute_is_waited_for() -> None:
    error = await muted(600)
    assert isinstance(error, TryLater)
    assert error.after == pytest.approx(600, abs=5)


@pytest.mark.parametrize(("seconds", "user"), [(86400, 10000), (-1, 0)], ids=["a day", "the whole group"])
async def test_a_long_one_is_a_refusal(seconds: int, user: int) -> None:
    assert isinstance(await muted(seconds, user=user), Rejected)


async def test_a_mute_of_somebody_else_or_one_that_is_lifted_is_none() -> None:
    assert (await muted(86400, user=20001)).after == 300  # type: ignore[attr-defined]
    async with connected() as (run, peer):
        await ban(peer, 86400)
        await ban(peer, 0, kind="lift_ban")
        await run.meet(peer)
        peer.fail("send_group_msg", 120)
        with pytest.raises(TryLater):
            await run.platform.send(say("接龙", GROUP))
