"""The program on QQ: what people in the sample community write, and what they get, over a real socket."""

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from storage.tables import ChainLine, Checkin, InboundRow, Matter, OutState
from tests.end_to_end.town import (
    CHEN,
    FENGYU,
    LIU,
    PROBE,
    QIANLI,
    WANG,
    WUHAO,
    XF1,
    ZHANGWEI,
    ZHAO,
    ZHOU,
    Town,
    neighbours,
    peer_of,
    town,
)

REMINDED = "上午的体温"  # in both reminders of a morning


@pytest.fixture
async def qq(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with town(tmp_path, monkeypatch) as here:
        yield here


def seg(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": data}


# --- check-ins ----------------------------------------------------------------------------------------------------


async def test_a_private_check_in_is_answered_privately(qq: Town) -> None:
    await qq.peer.private("36.5，没有不舒服", user=ZHANGWEI)
    greeting = await qq.heard("小联", user=ZHANGWEI)
    receipt = await qq.heard("已登记", "张伟", "36.5", "第2/14天", user=ZHANGWEI)
    assert greeting.group is None
    assert receipt.group is None
    assert qq.peer.sends.index(greeting) < qq.peer.sends.index(receipt)
    assert await qq.rest() == []
    assert [(row.temperature, row.half) for row in qq.rows(Checkin)] == [(36.5, "am")]


async def test_a_group_check_in_is_answered_privately_through_the_group(qq: Town) -> None:
    await qq.peer.group("张伟 36.6 正常", group=XF1, user=ZHANGWEI)
    receipt = await qq.heard("已登记", "36.6", user=ZHANGWEI)
    assert receipt.action == "send_private_msg"
    assert receipt.group == str(XF1)
    rest = await qq.rest()
    assert [sent.action for sent in rest] == ["send_private_msg"]  # the greeting, and nothing in the group
    assert "小联" in rest[0].text


async def test_a_private_word_after_the_group_still_finds_its_way(qq: Town) -> None:
    await qq.peer.group("36.6", group=XF1, user=ZHANGWEI)
    await qq.heard("已登记", user=ZHANGWEI)
    await qq.peer.private("36.7", user=ZHANGWEI)
    await qq.heard("已登记", "36.7", user=ZHANGWEI)


async def test_talk_in_the_group_is_left_alone_unless_the_bot_is_mentioned(qq: Town) -> None:
    await qq.peer.group("物业费今年怎么交？", group=XF1, user=QIANLI)
    assert await qq.rest() == []
    await qq.peer.group([seg("at", qq="10000"), seg("text", text=" 物业费今年怎么交？")], group=XF1, user=QIANLI)
    answer = await qq.heard("#", user=QIANLI)
    assert answer.group == str(XF1)
    await qq.heard("物业费今年怎么交", "钱莉", user=LIU)
    assert all(sent.user is not None for sent in await qq.rest())


async def test_a_picture_without_words_goes_to_a_person(qq: Town) -> None:
    await qq.peer.private([seg("image", file="a.jpg", url="http://127.0.0.1/a.jpg")], user=QIANLI)
    await qq.heard("#", user=QIANLI)
    await qq.heard("钱莉", user=LIU)
    assert [row.photos for row in qq.rows(InboundRow) if row.sender_id == str(QIANLI)] == [1]


async def test_a_picture_beside_a_reading_is_stored_with_it(qq: Town) -> None:
    await qq.peer.private([seg("text", text="36.4"), seg("image", file="t.jpg")], user=ZHANGWEI)
    await qq.heard("已登记", "36.4", user=ZHANGWEI)
    assert [(row.text, row.photos) for row in qq.rows(InboundRow)] == [("36.4", 1)]


async def test_a_chain_counts_once_when_it_is_posted_again(qq: Town) -> None:
    first = "#接龙 今日体温\n1. 3-2-501 张伟 36.5\n2. 2-1-301 吴昊 36.6"
    await qq.peer.group(first, group=XF1, user=ZHANGWEI)
    await qq.heard("已登记", "张伟 36.5", "吴昊 36.6", user=ZHANGWEI)
    await qq.peer.group(first + "\n3. 1-3-602 郑奶奶 36.7", group=XF1, user=WUHAO)
    await qq.heard("已登记", "郑奶奶 36.7", user=WUHAO)
    assert all(sent.action == "send_private_msg" for sent in await qq.rest())
    assert sorted(row.temperature for row in qq.rows(Checkin)) == [36.5, 36.6, 36.7]
    assert len(qq.rows(ChainLine)) >= 3


async def test_delivered_twice_is_stored_once_and_answered_once(qq: Town) -> None:
    for _ in range(3):
        await qq.peer.private("36.5", user=ZHANGWEI, message_id=777)
    await qq.heard("已登记", user=ZHANGWEI)
    assert [sent.text for sent in await qq.rest() if "已登记" in sent.text] == []
    assert len(qq.said("36.5")) == 1
    assert len(qq.rows(Checkin)) == 1


# --- danger -------------------------------------------------------------------------------------------------------


async def test_a_fever_reaches_grid_leader_and_doctor_and_is_taken_by_a_reply(qq: Town) -> None:
    await qq.peer.group("38.2，有点咳嗽", group=XF1, user=ZHANGWEI)
    alert = await qq.heard("发热警报", "张伟", "3-2-501", "38.2", user=WANG)
    await qq.heard("发热警报", "38.2", user=ZHAO)
    await qq.heard("请不要外出", user=ZHANGWEI)
    await qq.peer.private([seg("reply", id=alert.message_id), seg("text", text="收到")], user=WANG)
    await qq.heard("已接手 #1", user=WANG)
    await qq.heard("王芳接手", user=ZHAO)
    assert [matter.state for matter in qq.rows(Matter)] == ["taken"]
    assert all(sent.action == "send_private_msg" for sent in await qq.rest())


async def test_a_fever_that_nobody_takes_goes_up_after_15_minutes(qq: Town) -> None:
    await qq.peer.private("38.2", user=ZHANGWEI)
    await qq.heard("发热警报", user=WANG)
    qq.at("08:16")
    await qq.heard("逐级上报", "张伟", user=CHEN)


async def test_an_emergency_in_the_group_is_answered_in_the_group(qq: Town) -> None:
    await qq.peer.group("快来人，3栋有老人晕倒了喘不上气", group=XF1, user=ZHANGWEI)
    shout = await qq.heard("120", group=XF1)
    assert shout.action == "send_group_msg"
    for person in (WANG, ZHAO, CHEN, ZHOU):
        await qq.heard("紧急", "张伟", user=person)
    assert not any("张伟" in sent.text for sent in qq.peer.sends if sent.user is None)


async def test_a_strangers_emergency_counts_too(qq: Town) -> None:
    await qq.peer.private("救命，我爸突然没有呼吸了", user=123456)
    await qq.heard("120", user=123456)
    await qq.heard("紧急", user=CHEN)


# --- the line -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("token", "status"), [("wrong", 403), ("", 401)])
async def test_a_wrong_token_is_refused(qq: Town, token: str, status: int) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await peer_of(qq.app.settings, token).connect()
    assert refused.value.response.status_code == status
    await qq.peer.private("36.5", user=ZHANGWEI)
    await qq.heard("已登记", user=ZHANGWEI)


async def test_what_could_not_be_sent_is_sent_once_after_a_reconnect(qq: Town) -> None:
    await qq.peer.drop()
    qq.at("09:00")
    await qq.until(lambda: any(REMINDED in row.text for row in qq.outbox(ZHANGWEI)))
    await qq.peer.connect()
    for person in (ZHANGWEI, WUHAO, FENGYU):
        await qq.heard(REMINDED, user=person)
    assert [sent for sent in await qq.rest() if REMINDED in sent.text] == []


async def test_what_was_said_in_the_group_while_the_line_was_broken_counts_once(qq: Town) -> None:
    qq.peer.remembers = True
    await qq.peer.group("大家好", group=XF1, user=ZHANGWEI)
    await qq.until(lambda: len(qq.said("大家好")) == 1)
    await qq.peer.drop()
    qq.peer.meanwhile("36.5", group=XF1, user=ZHANGWEI)
    for _ in range(2):  # the second time it stands in the history still
        await qq.peer.connect()
        await qq.peer.group("我回来了", group=XF1, user=WUHAO)
        await qq.rest()
        await qq.peer.drop()
    await qq.peer.connect()
    await qq.until(lambda: len(qq.rows(Checkin)) == 1)
    await qq.rest()
    assert len(qq.said("36.5")) == 1
    assert sum("已登记" in sent.text for sent in qq.peer.sends if sent.user == str(ZHANGWEI)) == 1


async def test_a_reminder_that_may_have_arrived_is_not_sent_again(qq: Town) -> None:
    """The account has it, but dies before it answers: nobody can say whether the person was asked."""
    qq.peer.silent = True
    qq.at("09:00")
    asked: list[int] = []
    while len(asked) < 3:
        call = await qq.peer.next_call()
        asked.append(call["params"]["user_id"])
    qq.peer.silent = False
    await qq.peer.reconnect()
    await qq.peer.private("在吗", user=PROBE)
    await qq.heard(user=PROBE)
    await qq.app.delivery.drained()
    reminders = [call["params"]["user_id"] for call in qq.peer.calls if REMINDED in str(call["params"])]
    assert Counter(reminders) == Counter({ZHANGWEI: 1, WUHAO: 1, FENGYU: 1})


async def test_an_answer_that_fails_is_sent_again(qq: Town) -> None:
    await qq.peer.private("36.5", user=ZHANGWEI)
    await qq.heard("已登记", user=ZHANGWEI)
    qq.peer.fail("send_private_msg", 1200)
    await qq.peer.private("36.6", user=ZHANGWEI)
    await qq.heard("已登记", "36.6", user=ZHANGWEI)
    assert sum("36.6" in str(call["params"]) for call in qq.peer.calls) == 2


async def test_a_refused_answer_is_given_up_and_the_next_one_goes(qq: Town) -> None:
    await qq.peer.private("36.5", user=ZHANGWEI)
    await qq.heard("已登记", user=ZHANGWEI)
    qq.peer.fail("send_private_msg", 1404)
    await qq.peer.private("36.6", user=ZHANGWEI)
    await qq.until(lambda: len(qq.outbox(ZHANGWEI, OutState.DEAD)) == 1)
    await qq.peer.private("36.7", user=ZHANGWEI)
    await qq.heard("36.7", user=ZHANGWEI)
    assert not any("36.6" in sent.text for sent in qq.peer.sends)


async def test_somebody_who_cannot_be_reached_is_given_up_in_the_end(qq: Town) -> None:
    """1200 covers people who are no friends any more: the number of tries must have an end."""
    qq.peer.unreachable[ZHANGWEI] = 1200
    await qq.peer.private("36.6", user=ZHANGWEI)
    await qq.until(lambda: len(qq.outbox(ZHANGWEI, OutState.DEAD)) == 2)


async def test_others_do_not_wait_for_somebody_who_cannot_be_reached(qq: Town) -> None:
    qq.peer.unreachable[ZHANGWEI] = 1200
    await qq.peer.private("36.6", user=ZHANGWEI)
    await qq.peer.private("36.7", user=WUHAO)
    await qq.heard("36.7", user=WUHAO)


# --- pace and order -----------------------------------------------------------------------------------------------


async def test_the_rate_holds_reminders_but_not_danger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with town(tmp_path, monkeypatch, sends_per_second=0.05, burst=1) as qq:
        qq.at("09:00")
        await qq.heard(REMINDED)  # the only permit for the next 20 seconds
        await qq.peer.group("有人晕倒了，没有呼吸", group=XF1, user=QIANLI)
        await qq.heard("120", group=XF1)
        for person in (LIU, ZHAO, CHEN, ZHOU):
            await qq.heard("紧急", user=person)
        assert sum(REMINDED in sent.text for sent in qq.peer.sends) == 1


async def test_danger_does_not_wait_behind_the_same_persons_held_reminder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town(tmp_path, monkeypatch, sends_per_second=0.05, burst=1) as qq:
        qq.at("09:00")
        first = await qq.heard(REMINDED)
        held = next(person for person in (ZHANGWEI, WUHAO) if first.user != str(person))
        await qq.peer.private("我喘不上气，快救命", user=held)
        await qq.heard("120", user=held)


async def test_danger_does_not_wait_behind_an_answer_that_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town(tmp_path, monkeypatch, pauses=30.0) as qq:
        qq.peer.fail("send_private_msg", 1200)
        await qq.peer.private("36.5", user=ZHANGWEI)
        await qq.until(lambda: qq.peer.calls != [])
        await qq.peer.private("我喘不上气，快救命", user=ZHANGWEI)
        await qq.heard("120", user=ZHANGWEI)


async def test_a_held_reminder_is_not_sent_after_the_reading_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town(tmp_path, monkeypatch, sends_per_second=2, burst=1) as qq:
        qq.at("09:00")
        first = await qq.heard(REMINDED)
        late = next(person for person in (FENGYU, WUHAO) if first.user != str(person))
        await qq.peer.private("36.5", user=late)
        await qq.heard("已登记", user=late)
        rest = await qq.rest()
        assert [sent.text for sent in rest if sent.user == str(late) and REMINDED in sent.text] == []


async def test_the_order_of_a_conversation_is_kept_under_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people, readings = 10, [f"{tenths / 10:.1f}" for tenths in range(360, 373)]
    async with town(tmp_path, monkeypatch, neighbours(people)) as qq:
        for reading in readings:
            for person in range(1, people + 1):
                await qq.peer.private(reading, user=30000 + person)
        await qq.rest()
        answered: dict[str, list[str]] = defaultdict(list)
        for sent in qq.peer.sends:
            if sent.user and "已登记" in sent.text:
                answered[sent.user] += re.findall(r"3\d\.\d", sent.text)
        assert answered == {str(30000 + person): readings for person in range(1, people + 1)}


async def test_500_messages_of_100_people_are_all_stored_and_answered_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, each = 100, 5
    async with town(tmp_path, monkeypatch, neighbours(people)) as qq:
        texts = {person: [f"36.{(person + n) % 10}" for n in range(each)] for person in range(1, people + 1)}
        await asyncio.gather(
            *(qq.peer.private(text, user=30000 + person) for person, said in texts.items() for text in said)
        )
        await qq.rest()
        said, stored = Counter(), Counter()
        for row in qq.rows(InboundRow):
            stored[row.sender_id, row.text] += 1
        for sent in qq.peer.sends:
            if "已登记" in sent.text:
                said[sent.user, re.search(r"36\.\d", sent.text)[0]] += 1
        wanted = Counter((str(30000 + person), text) for person, said in texts.items() for text in said)
        assert {key: count for key, count in stored.items() if key[0] != str(PROBE)} == wanted
        assert said == wanted
        assert len(qq.rows(Checkin)) == people * each
        assert not [row for row in qq.rows(InboundRow) if row.reference]
        greeted = Counter(sent.user for sent in qq.peer.sends if "先跟您说清楚" in sent.text)
        assert set(greeted.values()) == {1}
