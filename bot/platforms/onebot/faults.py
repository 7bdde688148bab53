"""What a failed call means. Implementations answer nearly everything with one retcode, so their words are read too."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.platforms.contract import Rejected, SendError, TryLater, Unreachable
from bot.platforms.onebot.wire import Json, number

UNKNOWN_ACTION = frozenset({404, 1404})
WRONG_CALL = frozenset({400, 401, 1400, 1401}) | UNKNOWN_ACTION  # 1xxx is the WebSocket spelling
RISK_PAUSE = 120.0  # seconds; how long QQ holds an account back is not told, and pressing on makes it worse
MUTE_PAUSE = 300.0  # writing on while muted has cost accounts their login
CROWD_PAUSE = 60.0
FAST_PAUSE = 5.0

# NapCat puts QQ's own answer into its words: `… EventRet:\n{\n "result": 110,\n "errMsg": "…"\n}`.
_RESULT = re.compile(r'"result"\s*:\s*(-?\d{1,9})\b')
_TIMED_OUT = re.compile(r"timeout|发送超时|time out|操作超时", re.IGNORECASE)
_NOTHING_THERE = re.compile(r"(消息|记录).{0,20}不存在|未找到消息")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What QQ's own codes, or words in an answer, stand for."""

    reason: str
    error: Callable[[str], SendError]
    codes: frozenset[int] = frozenset()
    words: re.Pattern[str] | None = None
    scope: str = ""  # only for actions with this in their name


class Muted(TryLater):
    """Nobody in the group hears this account; for how long, only a notice may have told."""


def _later(after: float, *, whole_account: bool = False) -> Callable[[str], SendError]:
    return lambda reason: TryLater(reason, after, whole_account=whole_account)


# The first that fits counts. QQ's codes come as retcode from Lagrange, inside the words from NapCat and LLOneBot.
MEANINGS = (
    Meaning(
        "no friend, and no way through a group", Unreachable, scope="private",
        words=re.compile(r"好友|FRIEND_NOT_FOUND|临时(消息|会话)|无法获取用户信息|拉黑|黑名单|拒收|拒绝接收"),
    ),
    Meaning(
        "not in the group", Rejected, frozenset({110}),
        re.compile(r"移出该?群|不在(该|这个|此)?群|不是(该|本)?群成员|群(聊)?不存在|群(聊)?已解散|GROUP_NOT_FOUND"), "group",
    ),
    Meaning("muted", lambda reason: Muted(reason, MUTE_PAUSE), frozenset({120}), re.compile(r"禁言"), "group"),
    Meaning(
        "held back by QQ", _later(RISK_PAUSE, whole_account=True), frozenset({46, -70}),
        re.compile(r"风控|blocked by server|限制使用|账号异常|冻结|安全(风险|验证)"),
    ),
    Meaning("more than the group takes", _later(CROWD_PAUSE), frozenset({299}), re.compile(r"群发言频率"), "group"),
    Meaning("too fast", _later(FAST_PAUSE), frozenset({241})),
    Meaning(
        "too fast", _later(30.0, whole_account=True), frozenset({429, 1429}),
        re.compile(r"频繁|频率过高|太快|rate.?limit|too many requests", re.IGNORECASE),
    ),
    Meaning("nothing that QQ would send", Rejected, words=re.compile(r"EMPTY_MSG_ERROR|消息(体|内容)?(为|不能为)空")),
)  # fmt: skip


def check(response: Json, action: str) -> None:
    """Raises `Rejected` or `TryLater` for a response that says that the call failed."""
    retcode = response.get("retcode")
    if retcode != 0 and response.get("status") not in ("ok", "async"):
        raise failure(action, retcode, words_of(response))


def sent_id(response: Json, action: str) -> str:
    """The id in a response, empty if the action gives none; raises `Rejected` or `TryLater` if it failed."""
    check(response, action)
    data = response.get("data")
    if not isinstance(data, dict):
        return ""
    return number(data.get("message_id")) or number(data.get("file_id"))


def failure(action: str, retcode: object, words: str = "") -> SendError:
    """The error for an answer. The words are left out of it: implementations put user ids into them."""
    code = retcode if isinstance(retcode, int) else None
    told = _RESULT.search(words)
    inner = int(told[1]) if told else code
    for meaning in MEANINGS:
        if meaning.scope in action and (inner in meaning.codes or (meaning.words and meaning.words.search(words))):
            return meaning.error(f"{action}: {meaning.reason} ({inner})")
    if code in WRONG_CALL:
        return Rejected(f"{action}: retcode {code}")
    # What NapCat's own time-out means is not known: it may be slow, or QQ may have swallowed the message.
    may_be_out = bool(_TIMED_OUT.search(words)) and (told is None or inner == 0)
    return TryLater(f"{action}: retcode {code}", maybe_sent=may_be_out)


def is_refusal(response: Json) -> bool:
    """Whether an implementation that takes every connection says that the token is wrong: NapCat and LLOneBot do so."""
    return response.get("retcode") in (1401, 1403) and not response.get("echo")


def is_unknown(response: Json) -> bool:
    """Whether the implementation does not have this action."""
    return response.get("retcode") in UNKNOWN_ACTION or bool(
        re.search(r"不支持的api", words_of(response), re.IGNORECASE)
    )


def is_nothing_there(response: Json) -> bool:
    """Whether a history is empty, which NapCat calls a failure."""
    return bool(_NOTHING_THERE.search(words_of(response)))


def words_of(response: Json) -> str:
    """Everything that an answer says in words; for reading only, it may hold names and numbers."""
    said = (response.get(key) for key in ("message", "wording", "msg"))
    return "\n".join(word for word in said if isinstance(word, str))
