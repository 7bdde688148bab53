"""Reading what is said, without a gateway: whatever people write, nothing breaks and nothing is made up."""

from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.wechat import codec, words
from bot.platforms.wechat.codec import Face

NOW = datetime(2026, 11, 26, tzinfo=UTC)
LINE = "- " * 14 + "-"


@pytest.mark.parametrize(
    ("text", "said", "spoken_to"),
    [
        ("@联防\u2005打卡", "打卡", True), ("@联防 打卡", "打卡", True), ("打卡@联防", "打卡", True), ("@联防，在吗", "，在吗", True),
        ("@联防", "", True), ("@联防2号\u2005在吗", "@联防2号 在吗", False), ("mail@联防.cn", "mail@联防.cn", False),
        ("@张伟\u200536.5 @联防\u2005", "@张伟 36.5", True), ("联防在吗", "联防在吗", False),
        (f"「联防：您好」\n{LINE}\n36.5", "36.5", True), (f"「张伟：38.9\n咳嗽」\n{LINE}\n收到", "收到", False),
        ("「通知」今天停水", "「通知」今天停水", False), (f"「张伟：38.9」\n{LINE}\n@联防\u2005这是谁", "这是谁", True),
        ("36.5\r\n没有不舒服\x00", "36.5\n没有不舒服", False), ("", "", False),
    ],
)  # fmt: skip
def test_what_is_said(text: str, said: str, spoken_to: bool) -> None:
    assert words.read(text, {"联防", ""}, (), "wxid_bot") == words.Said(said, spoken_to)


def test_the_longer_of_two_names_is_taken_off_whole() -> None:
    assert words.read("@联防 助手\u2005帮助", ["联防", "联防 助手"], (), "wxid_bot").text == "帮助"


@given(text=st.text(), names=st.sets(st.text()), mentioned=st.lists(st.sampled_from(["wxid_bot", "wxid_alice", ""])))
def test_reading_never_fails_and_adds_nothing(text: str, names: set[str], mentioned: list[str]) -> None:
    said = words.read(text, names, mentioned, "wxid_bot")
    assert len(said.text) <= len(text)
    assert said.text == said.text.strip()
    if "wxid_bot" in mentioned:
        assert said.mentions_bot


@given(payload=st.text())
def test_an_event_is_an_object_or_malformed(payload: str) -> None:
    with suppress(codec.Malformed):
        assert isinstance(codec.event(payload), dict)


@given(
    kind=st.integers(0, 2**63), stamp=st.integers(0, 2**64 - 1), text=st.text(), author=st.text(), room=st.text(),
    name=st.text(), mentioned=st.lists(st.text()),
)  # fmt: skip
def test_any_message_is_read_or_malformed(
    kind: int, stamp: int, text: str, author: str, room: str, name: str, mentioned: list[str]
) -> None:
    payload: Any = SimpleNamespace(
        type=kind, timestamp=stamp, text=text, from_id=author, room_id=room, filename=name, mention_ids=mentioned
    )
    try:
        raw = codec.raw("id", payload)
    except codec.Malformed:
        assert not author or max(len(author), len(room)) > codec.LONGEST_ID
        return
    message = codec.inbound(raw, "wechat", "wxid_bot", Face("陈芳"), {"联防"}, NOW)
    assert message.chat.id == (room or author)
    assert 1970 <= message.at.year <= 2038


@pytest.mark.parametrize("author", ["weixin", "filehelper", "fmessage"])
def test_accounts_of_wechat_itself_are_machines(author: str) -> None:
    payload = SimpleNamespace(
        type=7, timestamp=0, text="安全提醒", from_id=author, room_id="", filename="", mention_ids=[]
    )
    assert codec.inbound(codec.raw("id", payload), "wechat", "wxid_bot", Face(), (), NOW).sender.is_bot


def test_an_official_account_is_a_machine() -> None:
    payload = SimpleNamespace(
        type=7, timestamp=0, text="今日推荐", from_id="gh_1", room_id="", filename="", mention_ids=[]
    )
    message = codec.inbound(codec.raw("id", payload), "wechat", "wxid_bot", Face("日报", official=True), (), NOW)
    assert message.sender.is_bot
