"""Which robot an address means."""

import pytest

from bot.platforms.channels.robot_address import read_address
from bot.platforms.channels.service import Unusable

KEY = "693A91f6-7aoc_4bc4"


@pytest.mark.parametrize(
    ("url", "target", "secret"),
    [
        (f"wecombot://{KEY}", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", ""),
        (f"wecombot://{KEY}/?cto=3", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", ""),
        (f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", ""),
        (f"https://wecom.example.org:8443/cgi-bin/webhook/send?key={KEY}", "https://wecom.example.org:8443/cgi-bin/webhook/send", ""),
        (f"dingtalk://{KEY}", "https://oapi.dingtalk.com/robot/send", ""),
        (f"dingtalk://SECx9@{KEY}/", "https://oapi.dingtalk.com/robot/send", "SECx9"),
        (f"https://oapi.dingtalk.com/robot/send?access_token={KEY}&secret=SECx9", "https://oapi.dingtalk.com/robot/send", "SECx9"),
        (f"feishu://{KEY}", f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}", ""),
        (f"feishu://s%2Fx@{KEY}", f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}", "s/x"),
        (f"lark://{KEY}", f"https://open.larksuite.com/open-apis/bot/v2/hook/{KEY}", ""),
        (f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}", f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}", ""),
        (f"  https://open.larksuite.com/open-apis/bot/v2/hook/{KEY}\n", f"https://open.larksuite.com/open-apis/bot/v2/hook/{KEY}", ""),
    ],
)  # fmt: skip
def test_a_robot(url: str, target: str, secret: str) -> None:
    address = read_address(url)
    assert address is not None
    assert (address.url, address.token, address.secret) == (target, KEY, secret)
    assert KEY not in repr(address)


def test_an_own_host_is_looked_at() -> None:
    address = read_address(f"https://wecom.example.org:8443/cgi-bin/webhook/send?key={KEY}")
    assert address is not None
    assert address.host == ("wecom.example.org", 8443)


@pytest.mark.parametrize(
    "url",
    ["wecombot://", "wecombot://a%20b", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "dingtalk://x!y", "feishu:///",
     "dingtalk://token/12", "https://open.feishu.cn/open-apis/bot/v2/hook/"],
)  # fmt: skip
def test_a_robot_without_a_key(url: str) -> None:
    with pytest.raises(Unusable) as caught:
        read_address(url)
    assert url not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["mailto://a:b@example.org", "json://localhost/robot/send", "https://example.org/", "nonsense", "http://[::1", ""]
)  # fmt: skip
def test_no_robot(url: str) -> None:
    assert read_address(url) is None
