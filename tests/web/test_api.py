"""The sandbox's endpoints over a real socket: conversations, the clock, the event stream, and clear refusals."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

API = "/api/sandbox"
Event = tuple[str, str, dict]


def say(client: httpx.Client, who: str, text: str, where: str = "private", **more: object) -> httpx.Response:
    return client.post(f"{API}/say", json={"who": who, "where": where, "text": text, **more})


def history(client: httpx.Client, viewer: str, conversation: str = "private", **more: int) -> list[dict]:
    answer = client.get(f"{API}/history", params={"viewer": viewer, "conversation": conversation, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


@contextmanager
def following(client: httpx.Client, last: str = "") -> Iterator[Iterator[Event]]:
    """The event stream as (kind, id, data), from after `last`."""

    def read(lines: Iterator[str]) -> Iterator[Event]:
        fields: dict[str, str] = {}
        for line in lines:
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields:
                yield fields.get("event", ""), fields.get("id", ""), json.loads(fields.get("data", "{}"))
                fields = {}

    headers = {"Last-Event-ID": last} if last else {}
    with client.stream("GET", f"{API}/events", headers=headers) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        yield read(response.iter_lines())


def test_state_names_people_groups_and_time(client: httpx.Client) -> None:
    state = client.get(f"{API}/state").json()
    assert state["now"] == "2020-02-05T08:00:00+08:00"
    assert {"id": "zhangwei", "name": "张伟", "role": "resident", "role_label": "居民", "place": "3-2-501"} in state[
        "personas"
    ]
    assert state["groups"][0]["members"] == sorted(state["groups"][0]["members"])


def test_what_is_said_is_in_the_history_with_its_answer(client: httpx.Client) -> None:
    assert say(client, "zhangwei", "36.5").status_code == 200
    first, second = history(client, "zhangwei")
    assert (first["who"], first["who_name"], first["text"]) == ("zhangwei", "张伟", "36.5")
    assert second["who"] is None
    assert "第2/14天" in second["text"]
    assert second["at"] == "2020-02-05T08:00:00+08:00"
    assert history(client, "limei") == []


def test_history_pages_forward(client: httpx.Client) -> None:
    for reading in ("36.1", "36.2", "36.3"):
        say(client, "zhangwei", reading)
    ids = [bubble["id"] for bubble in history(client, "zhangwei")]
    assert [b["id"] for b in history(client, "zhangwei", limit=2)] == ids[-2:]
    assert [b["id"] for b in history(client, "zhangwei", after=ids[0], limit=2)] == ids[1:3]


def test_group_reply_and_photo(client: httpx.Client) -> None:
    say(client, "wang", "群里好", where="g-xf1")
    first = history(client, "zhangwei", "g-xf1")[0]
    say(client, "zhangwei", "", where="g-xf1", reply_to=first["id"], photo=True)
    last = history(client, "sun", "g-xf1")[-1]
    assert (last["reply_to"], last["photo"]) == (first["id"], True)


@pytest.mark.parametrize(
    ("move", "now"),
    [
        ({"minutes": 10}, "2020-02-05T08:10:00+08:00"),
        ({"next": "09:00"}, "2020-02-05T09:00:00+08:00"),
        ({"next": "08:00"}, "2020-02-06T08:00:00+08:00"),
        ({"next": "07:00"}, "2020-02-06T07:00:00+08:00"),
        ({"to": "2020-02-05T20:30"}, "2020-02-05T20:30:00+08:00"),
        ({"to": "2020-02-05T01:00:00Z"}, "2020-02-05T01:00:00Z"),
    ],
)
def test_clock_moves(client: httpx.Client, move: dict, now: str) -> None:
    assert client.post(f"{API}/clock", json=move).json() == {"now": now}


@pytest.mark.parametrize(
    ("move", "status", "words"),
    [
        ({"to": "2020-02-05T07:00"}, 409, "只能往前"),
        ({"to": "2021-02-05T07:00"}, 409, "最多往前走 31 天"),
        ({"to": "昨天"}, 422, "时间没看懂"),
        ({"next": "25:00"}, 422, "时间没看懂"),
        ({"minutes": 0}, 422, "时间没看懂"),
        ({"to": "9999-12-31T23:59"}, 409, "最多往前走 31 天"),
        ({}, 422, "刷新"),
        ({"minutes": 10, "next": "09:00"}, 422, "刷新"),
    ],
)
def test_clock_refuses_in_chinese(client: httpx.Client, move: dict, status: int, words: str) -> None:
    answer = client.post(f"{API}/clock", json=move)
    assert (answer.status_code, words in answer.json()["message"]) == (status, True), answer.text
    assert client.get(f"{API}/state").json()["now"] == "2020-02-05T08:00:00+08:00"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"who": "nobody", "where": "private", "text": "36.5"}, 409, "没有这个人"),
        ({"who": "zhangwei", "where": "g-xf2", "text": "36.5"}, 409, "不在这个群"),
        ({"who": "zhangwei", "where": "private", "text": " \n"}, 409, "先写点什么"),
        ({"who": "zhangwei", "where": "private", "text": "啊" * 200_001}, 422, "太长"),
        ({"who": "zhangwei", "where": "private", "text": "a", "reply_to": -1}, 422, "reply_to"),
        ({"who": "zhangwei", "where": "private"}, 422, "text"),
        ({"who": "z" * 101, "where": "private", "text": "a"}, 422, "who"),
        ({"who": "zhangwei", "where": "private", "text": "a", "admin": True}, 422, "admin"),
    ],
)
def test_say_refuses_in_chinese(client: httpx.Client, body: dict, status: int, words: str) -> None:
    answer = client.post(f"{API}/say", json=body)
    message = answer.json()["message"]
    assert answer.status_code == status, answer.text
    assert words in message or "无法识别" in message
    assert any("一" <= sign <= "鿿" for sign in message)
    assert history(client, "zhangwei") == []


def test_broken_bodies_are_refused(client: httpx.Client) -> None:
    json_type = {"Content-Type": "application/json"}
    surrogate = b'{"who": "zhangwei", "where": "private", "text": "\\ud800"}'
    for body in (b"", b"{", b"[]", b"\xff\xfe", b"[" * 5_000, surrogate):
        answer = client.post(f"{API}/say", content=body, headers=json_type)
        assert answer.status_code in {400, 422}, body[:20]
        assert answer.json()["message"]


def test_two_hundred_thousand_characters_reach_the_program(client: httpx.Client) -> None:
    assert say(client, "zhangwei", "啊" * 200_000).status_code == 200
    assert "请分几次" in history(client, "zhangwei")[-1]["text"]


def test_a_larger_body_is_cut_off(client: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(50):
            yield b" " * 60_000

    answer = client.post(f"{API}/say", content=chunks(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["message"]) == (413, "内容太大了，请分几次发。")


def test_files(client: httpx.Client) -> None:
    picture, table = client.get(f"{API}/files/f-png"), client.get(f"{API}/files/f-xlsx")
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["content-disposition"].startswith("inline")
    assert picture.content.startswith(b"\x89PNG")
    assert table.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E6%97%A5")
    assert client.get(f"{API}/files/other").status_code == 409
    assert client.get(f"{API}/files/..%2Fconfig.yaml").status_code in {404, 422}


def test_events_replay_what_was_missed_then_follow(client: httpx.Client) -> None:
    say(client, "zhangwei", "36.5")
    with following(client) as events:
        kind, _, hello = next(events)
        assert (kind, hello["now"]) == ("hello", "2020-02-05T08:00:00+08:00")
        _, first_id, first = next(events)
        assert (first["where"], first["viewer"], first["by"]) == ("private", "zhangwei", "zhangwei")
        _, second_id, second = next(events)
        assert second["by"] is None
        say(client, "wang", "群里好", where="g-xf1")
        _, third_id, third = next(events)
        assert (third["where"], third["viewer"]) == ("g-xf1", "")
        client.post(f"{API}/clock", json={"minutes": 10})
        assert next(events) == ("clock", "", {"now": "2020-02-05T08:10:00+08:00"})
    say(client, "wuhao", "在", where="g-xf1")
    with following(client, last=second_id) as events:
        assert next(events)[0] == "hello"
        assert next(events)[1] == third_id
        assert next(events)[2]["by"] == "wuhao"
    assert first_id < second_id < third_id


def test_events_accept_after_in_the_address(client: httpx.Client) -> None:
    say(client, "zhangwei", "36.5")
    scene = client.get(f"{API}/state").json()["scene"]
    with client.stream("GET", f"{API}/events", params={"after": f"{scene}-1"}) as response:
        ids = (line for line in response.iter_lines() if line.startswith("id"))
        assert next(ids) == f"id: {scene}-2"


def test_reset_tells_pages_and_makes_old_ids_worthless(client: httpx.Client) -> None:
    say(client, "zhangwei", "36.5")
    with following(client) as events:
        old = [next(events) for _ in range(3)]
        assert client.post(f"{API}/reset").status_code == 200
        assert next(events)[0] == "reset"
        assert list(events) == []
    assert history(client, "zhangwei") == []
    say(client, "wuhao", "36.6")
    for stale in (old[-1][1], "nonsense", "deadbeef-99"):
        with following(client, last=stale) as events:
            assert next(events)[2]["scene"] != old[0][2]["scene"]
            assert next(events)[2]["id"] == 1
