"""What is typed, and what is meant by it."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from bot.init import reading
from bot.init.reading import Wrong
from templates.render import render

WAYS = (("reverse", "反向"), ("forward", "正向"))
which = partial(reading.choice, names=WAYS)


@pytest.mark.parametrize(
    ("read", "typed", "meant"),
    [
        (reading.place, " 幸福里社区 ", "幸福里社区"),
        (reading.place, "阳光１００", "阳光100"),
        (reading.person, "阿依努尔·买买提", "阿依努尔·买买提"),
        (reading.person_or_nobody, "", ""),
        (reading.buildings, "1-4", ("1", "2", "3", "4")),
        (reading.buildings, "１—３", ("1", "2", "3")),
        (reading.buildings, "1栋到3栋", ("1", "2", "3")),
        (reading.buildings, "5，6号楼、08 - 10栋", ("5", "6", "8", "9", "10")),
        (reading.buildings, "a栋 B座", ("A", "B")),
        (reading.buildings, "3A，东区-3，1期-2", ("3A", "东区-3", "1期-2")),
        (reading.buildings, "迎春楼", ("迎春",)),
        (which, "2", "forward"),
        (which, "反向", "reverse"),
        (reading.yes, "是", True),
        (reading.yes, "Ｙ", True),
        (reading.yes, "不", False),
        (reading.port, "６７００", 6700),
        (reading.websocket, "127.0.0.1:3001", "ws://127.0.0.1:3001"),
        (reading.websocket, "wss://bot.example/ws", "wss://bot.example/ws"),
        (reading.endpoint, "127.0.0.1：8788", "127.0.0.1:8788"),
        (reading.bot_api, "http://127.0.0.1:81/bot/", "http://127.0.0.1:81/bot"),
        (reading.proxy, "", ""),
        (reading.proxy, "socks5://me:word@127.0.0.1:1080", "socks5://me:word@127.0.0.1:1080"),
        (reading.bot_token, " 123456:AAbb-cc_dd11 ", "123456:AAbb-cc_dd11"),
        (reading.token, "a", "a"),
        (reading.own_token, "", ""),
        (reading.own_token, "twelve-chars", "twelve-chars"),
    ],
)
def test_an_answer_is_understood(read: Callable[[str], Any], typed: str, meant: Any) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    ("read", "typed", "says"),
    [
        (reading.place, "区", "2 到 30"),
        (reading.place, "幸福里；社区", "只用汉字"),
        (reading.place, "幸福里\n社区", "只用汉字"),
        (partial(reading.place, others=("清河",)), "清河", "不能一样"),
        (reading.person, "王芳 网格长", "只用汉字或字母"),
        (reading.person, "王芳1", "王芳"),
        (reading.buildings, "、", "看不懂"),
        (reading.buildings, "4-1", "看不懂"),
        (reading.buildings, "不知道", "看不懂"),
        (reading.buildings, "1-4000", "看不懂"),
        (reading.buildings, "1和2", "看不懂"),
        (reading.buildings, "1-3,2", "2 栋写了两次"),
        (partial(reading.buildings, elsewhere=("3",)), "3栋", "3 栋写了两次"),
        (which, "3", "1 到 2"),
        (which, "0", "1 到 2"),
        (partial(reading.number, most=2), "三", "1 到 2"),
        (reading.yes, "也许", "“是”或“否”"),
        (reading.port, "65536", "65535"),
        (reading.port, "-1", "65535"),
        (reading.websocket, "http://127.0.0.1:1", "ws://"),
        (reading.websocket, "ws://127.0.0.1:port", "ws://"),
        (reading.websocket, 'ws://a"b:1', "ws://"),
        (reading.endpoint, "127.0.0.1", "主机:端口"),
        (reading.endpoint, "http://127.0.0.1:8788", "主机:端口"),
        (reading.endpoint, "127.0.0.1:99999", "主机:端口"),
        (reading.bot_api, "api.telegram.org", "/bot"),
        (reading.proxy, "127.0.0.1:7890", "http://"),
        (reading.bot_token, "AAbb-cc_dd11", "@BotFather"),
        (reading.token, "两 个", "不应有空格"),
        (reading.own_token, "short", "太短"),
        (reading.own_token, "令牌令牌令牌令牌", "不应有空格或汉字"),
    ],
)
def test_what_cannot_be_meant_is_answered_with_what_is_allowed(
    read: Callable[[str], Any], typed: str, says: str
) -> None:
    with pytest.raises(Wrong) as wrong:
        read(typed)
    assert says in render(wrong.value.words, **wrong.value.values)
