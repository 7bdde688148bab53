"""An emergency for the fire brigade is told from one for the ambulance."""

import pytest

from parsing import is_fire


@pytest.mark.parametrize(
    "text",
    [
        "救命！厨房着火了",
        "3栋5楼起火了",
        "楼道里好多烟，冒黑烟",
        "煤气漏了，人晕倒了",
        "樓上失火了快來人",
        "电瓶车爆炸了",
    ],
)
def test_fire(text: str) -> None:
    assert is_fire(text)


@pytest.mark.parametrize(
    "text", ["我爸晕倒了叫不醒", "急着火锅底料", "他脾气上火气大，晕倒了", "明天消防演练", "喘不上气，快叫救护车", ""]
)
def test_no_fire(text: str) -> None:
    assert not is_fire(text)
