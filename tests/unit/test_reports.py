"""The daily report: figures against a plain count in SQL, and a headline that never calls silence a zero."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from community import report_text, reports
from community.access import whole_area
from community.figures import ITEMS, LISTS, Figures, Line, figures_for, headline, pack, rows_of, unpack
from storage.queries import people, records
from storage.tables import DailyReport
from tests.runner.stage import Stage
from tests.unit.playing import Play

LINE = Line(1, "某人", "1-1-101", "xf1")
DAY = date(2020, 2, 5)


def figures(**counts: int) -> Figures:
    return Figures(**{name: [LINE] * count for name, count in counts.items()})


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (figures(should=5, am=5, pm=5), "零报告"),
        (figures(should=5, missing=2), "零报告（缺报2人）"),
        (figures(should=5, missing=5), "零报告（缺报5人）"),
        (figures(), "应报0人"),
        (figures(should=5, fever=1), "发热1人"),
        (figures(should=5, fever=1, missing=2), "发热1人，缺报2人"),
        (figures(should=5, symptoms=3), "有症状3人"),
        (figures(should=5, fever=1, symptoms=3, missing=1), "发热1人，有症状3人，缺报1人"),
        (figures(fever=1), "发热1人"),
        (figures(should=5, alerts=1), "警报1起"),
        (figures(should=5, alerts=1, missing=1), "警报1起，缺报1人"),
        (figures(alerts=2), "警报2起"),
        (figures(should=5, fever=1, alerts=1), "发热1人"),
        (figures(should=5, requests=2, new=1), "零报告"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_headline(facts: Figures, words: str) -> None:
    assert headline(facts) == words


def test_zero_is_never_said_alone_where_somebody_is_unheard_or_nobody_was_asked() -> None:
    for should in range(4):
        for missing in range(should + 1):
            words = headline(figures(should=should, missing=missing))
            assert (words == "零报告") == (should > 0 and missing == 0)


def test_a_sum_is_made_of_its_parts() -> None:
    total = figures(should=2, am=1)
    total.requests_open = 1
    other = replace(figures(should=3, fever=1), requests_open=2, households=4, pm_begun=False)
    total.add(other)
    assert [len(getattr(total, name)) for name in ("should", "am", "fever")] == [5, 1, 1]
    assert (total.requests_open, total.households, total.pm_begun) == (3, 4, False)


def test_what_is_kept_with_a_report_comes_back() -> None:
    facts = figures(should=2, am=1, fever=1, requests=3)
    facts.requests_open, facts.households, facts.pm_begun = 2, 1, False
    assert unpack(pack(facts)) == facts


# --- against an independent count ----------------------------------------------------------------------------------

GRIDS = {"xf1": ("xf1",), "xf2": ("xf2",), "hp1": ("hp1",), "xingfu": ("xf1", "xf2"), "qinghe": ("xf1", "xf2", "hp1")}


def plain_counts(play: Play, grids: tuple[str, ...], day: str = "2020-02-05") -> dict[str, int]:
    """The figures of a day that was looked at on its own evening, in plain SQL."""
    here = f"({', '.join(repr(grid) for grid in grids)})"
    start, end = f"'{day} 00:00'", f"datetime('{day}', '+1 day')"
    local = "datetime({}, '+8 hours')"
    heard = f"""SELECT DISTINCT c.person_id FROM checkin c JOIN observation o ON o.person_id = c.person_id
        AND o.state = 'active' WHERE c.day = '{day}' AND NOT c.replaced AND c.temperature IS NOT NULL
        AND o.grid_id IN {here} AND c.half = """

    def one(query: str) -> int:
        return int(play.rows(query)[0][0])

    active = f"FROM observation WHERE grid_id IN {here} AND start <= '{day}' AND state = 'active'"
    sick = f"FROM checkin WHERE grid_id IN {here} AND day = '{day}' AND NOT replaced"
    who = "count(DISTINCT coalesce('p' || person_id, household_id || label))"
    begun = f"{local.format('created_at')} >= {start} AND {local.format('created_at')} < {end}"
    alerts = "('fever', 'leaving', 'emergency', 'crisis')"
    return {
        "should": one(f"SELECT count(*) {active}"),
        "households": one(f"SELECT count(DISTINCT household_id) {active}"),
        "am": one(f"SELECT count(*) FROM ({heard} 'am')"),
        "pm": one(f"SELECT count(*) FROM ({heard} 'pm')"),
        "missing": one(
            f"SELECT count(*) {active} AND person_id NOT IN ({heard} 'am') AND person_id NOT IN ({heard} 'pm')"
        ),
        "partly": one(f"SELECT count(*) {active} AND (person_id IN ({heard} 'am')) <> (person_id IN ({heard} 'pm'))"),
        "fever": one(f"SELECT {who} {sick} AND (temperature >= 37.3 OR symptoms LIKE '%\"fever\"%')"),
        "symptoms": one(f"SELECT {who} {sick} AND symptoms <> '[]'"),
        "alerts": one(f"SELECT count(*) FROM matter WHERE area_id IN {here} AND kind IN {alerts} AND {begun}"),
        "requests": one(f"SELECT count(*) FROM matter WHERE area_id IN {here} AND kind = 'help' AND {begun}"),
        "requests_open": one(
            f"SELECT count(*) FROM matter WHERE area_id IN {here} AND kind = 'help' AND state <> 'closed' AND {begun}"
        ),
        "new": one(
            f"SELECT count(*) FROM observation WHERE grid_id IN {here} AND registered_by IS NOT NULL AND "
            f"{local.format('registered_at')} >= {start} AND {local.format('registered_at')} < {end}"
        ),
        "released": one(
            f"SELECT count(*) FROM observation WHERE grid_id IN {here} AND state = 'released' AND "
            f"{local.format('ended_at')} >= {start} AND {local.format('ended_at')} < {end}"
        ),
        "unreached": one(
            "SELECT count(DISTINCT person.id) FROM outbox JOIN account ON account.platform = outbox.platform AND "
            "external_id = chat_id AND chat_kind = 'private' JOIN person ON person.id = person_id JOIN household ON "
            f"household.id = household_id WHERE state IN ('dead', 'uncertain') AND grid_id IN {here} AND "
            f"{local.format('outbox.created_at')} >= {start} AND {local.format('outbox.created_at')} < {end}"
        ),
        "due_tomorrow": one(f"SELECT count(*) {active} AND date(start, '+' || days || ' days') = date('{day}', '+1 day')"),
    }  # fmt: skip


def counted(play: Play, area: str) -> dict[str, int]:
    with play.work() as work:
        facts = figures_for(work, whole_area(work.areas, area), DAY)
    found = {name: len(getattr(facts, name)) for name in LISTS}
    return {**found, "households": facts.households, "requests_open": facts.requests_open}


def silent(play: Play) -> None:
    """Nobody says anything."""


def all_well(play: Play) -> None:
    for moment in ("2020-02-05T08:30", "2020-02-05T13:00"):
        play.moment(moment)
        play.say("zhangwei", "我36.5 老婆36.4 孩子36.8")
        play.say("wuhao", "36.7")
        play.say("fengyu", "36.6")


def a_bad_day(play: Play) -> None:
    play.say("zhangwei", "我36.5 老婆36.4 孩子36.8 有点咳嗽")
    play.say("fengyu", "正常")  # taken down, but no reading
    play.say("zhengjie", "奶奶38.0")  # not under observation
    play.say("qianli", "37.3，嗓子疼")
    play.say("qianli", "/更正 36.8")
    play.say("hanxue", "喘不上气，胸口疼，36.5")
    play.say("limei", "家里没米了，能帮忙买点菜吗")
    play.say("wuhao", "我妈39.1")  # nobody who is registered
    play.moment("2020-02-05T12:00")
    play.say("wang", "/登记观察 郑奶奶 1-3-602 2月5日 发热")
    play.say("zhengjie", "奶奶38.4")
    play.say("liu", "/代报 6-2-1102 冯宇 37.5")
    play.moment("2020-02-05T23:30")
    play.say("zhangwei", "37.9")


def a_release(play: Play) -> None:
    with play.stage.program.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE observation SET start = '2020-01-21' WHERE grid_id = 'xf1' AND building = '2'"
        )
        connection.exec_driver_sql("UPDATE observation SET start = '2020-01-23' WHERE grid_id = 'xf2'")
    play.say("wuhao", "36.5")
    play.moment("2020-02-05T10:00")
    assert "解除医学观察证明" in play.say("chen", "/解除 吴昊")


def some_are_not_reached(play: Play) -> None:
    play.moment("2020-02-05T08:59")
    play.clock("2020-02-05T11:00")
    play.say("zhangwei", "36.5")
    with play.stage.program.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'dead' WHERE chat_id IN ('zhangwei', 'wang', 'g-xf1')")
        connection.exec_driver_sql("UPDATE outbox SET state = 'uncertain' WHERE chat_id = 'fengyu'")


def next_morning(play: Play) -> None:
    all_well(play)
    play.moment("2020-02-06T00:30")
    play.say("wuhao", "38.8")  # belongs to the 6th


@pytest.mark.parametrize(
    "story",
    [silent, all_well, a_bad_day, a_release, some_are_not_reached, next_morning],
    ids=lambda story: story.__name__,
)
def test_the_figures_are_those_of_a_plain_count(play: Play, story: Callable[[Play], None]) -> None:
    story(play)
    play.moment("2020-02-06T01:00")  # the day is over, every half day has begun
    assert {area: counted(play, area) for area in GRIDS} == {area: plain_counts(play, GRIDS[area]) for area in GRIDS}


def test_who_was_not_reached_is_named_and_can_be_traced(play: Play) -> None:
    some_are_not_reached(play)
    report = play.say("wang", "/日报")
    assert "消息没送到1人：张伟 3-2-501（提醒、回执）" in report or "消息没送到1人：张伟 3-2-501（" in report
    assert "张伟 3-2-501" in play.say("wang", "/明细 未送达")
    assert "提醒（不确定）" in play.say("liu", "/日报")
    play.clock("2020-02-05T19:01")
    assert "消息没送到2人" in play.ever("chen")


def test_every_figure_can_be_traced(play: Play) -> None:
    a_bad_day(play)
    with play.work() as work:
        facts = figures_for(work, whole_area(work.areas, "xingfu"), DAY)
    for item in ITEMS:
        rows = rows_of(facts, item)
        answer = play.say("chen", f"/明细 {item}")
        assert f"{item} {len(rows)}" in answer
        assert all(line.name in answer for line in rows), item


def halves(play: Play, list_name: str) -> dict[str, str]:
    with play.work() as work:
        facts = figures_for(work, whole_area(work.areas, "xf1"), DAY)
    return {line.name: line.detail for line in getattr(facts, list_name)}


def test_who_reported_once_is_heard_in_part(play: Play) -> None:
    play.say("wuhao", "36.7")
    assert halves(play, "missing") == {"张伟": "上午", "李梅": "上午", "张小宝": "上午"}
    assert halves(play, "partly") == {}, "the afternoon lies ahead"
    play.moment("2020-02-05T18:00")
    assert halves(play, "missing") == {"张伟": "上午、下午", "李梅": "上午、下午", "张小宝": "上午、下午"}
    assert halves(play, "partly") == {"吴昊": "下午"}


# --- the evening, in the chat --------------------------------------------------------------------------------------


@pytest.fixture
def evening(play: Play) -> Play:
    """18:00 after a day on which the first grid reported, and the second did not."""
    for moment in ("2020-02-05T08:30", "2020-02-05T13:00"):
        play.moment(moment)
        play.say("zhangwei", "我36.5 老婆36.4 孩子36.8")
        play.say("wuhao", "36.7")
    play.moment("2020-02-05T17:59")
    play.clock("2020-02-05T18:00")
    return play


def test_an_honest_zero(evening: Play) -> None:
    assert "应报4人" in evening.heard("wang")
    assert "零报告（" not in evening.heard("wang")
    assert "零报告（缺报1人）" in evening.heard("liu")
    assert "应报0人" in evening.heard("he")
    assert "零报告" not in evening.heard("he")


def states(play: Play) -> list[tuple[Any, ...]]:
    return play.rows("SELECT area_id, version, state, late FROM daily_report ORDER BY id")


def test_confirmed_late_or_unconfirmed(evening: Play) -> None:
    assert [row[2] for row in states(evening)] == ["draft"] * 3
    assert "已确认" in evening.say("wang", "/确认日报")
    evening.clock("2020-02-05T19:00")
    rows = {row[0]: row[1:] for row in states(evening)}
    assert rows["xf1"] == (2, "confirmed", 0)
    assert rows["xf2"] == (2, "unconfirmed", 1)
    assert rows["xingfu"] == (1, "unconfirmed", 0)
    assert "未经确认" in evening.heard("chen")
    assert "刘强" in evening.heard("chen")
    assert "王芳" not in evening.heard("chen").split("未经确认")[0]
    assert "迟报" in evening.say("liu", "/确认日报")
    assert states(evening)[-2:] == [("xf2", 3, "confirmed", 1), ("xingfu", 2, "confirmed", 0)]


def test_a_report_shows_what_was_known_then_but_hides_no_fever(evening: Play) -> None:
    evening.say("wang", "/确认日报")
    evening.moment("2020-02-05T18:30")
    evening.say("wuhao", "38.8")
    assert "提交后新增：吴昊 38.8℃" in evening.say("wang", "/日报")
    assert "38.8" in evening.say("wang", "/明细 发热")
    evening.clock("2020-02-05T19:00")
    assert "发热1人" in evening.heard("chen")


def test_the_rows_behind_a_corrected_figure_say_that_it_was_corrected(evening: Play) -> None:
    evening.clock("2020-02-05T19:05")
    evening.say("chen", "/更正日报 2月5日 发热 2 门岗补报两人")
    assert "更正为2" in evening.say("chen", "/明细 发热")
    assert "发热2人：" not in evening.say("chen", "/日报")


def test_reports_of_every_level_add_up(evening: Play) -> None:
    evening.clock("2020-02-05T19:25")
    with evening.work() as work:
        facts = {
            area: reports.shown(work, area, DAY)[0]
            for area in ("xf1", "xf2", "hp1", "xingfu", "heping", "qinghe", "linjiang")
        }
    for name in LISTS:
        size = {area: len(getattr(found, name)) for area, found in facts.items()}
        assert size["xingfu"] == size["xf1"] + size["xf2"], name
        assert size["heping"] == size["hp1"], name
        assert size["qinghe"] == size["linjiang"] == size["xingfu"] + size["heping"], name


def test_files_of_the_report_come_with_it(make_stage: Callable[..., Stage], tmp_path: Path) -> None:
    play = Play(make_stage())
    play.moment("2020-02-05T18:59")
    play.clock("2020-02-05T19:00")
    kinds = [message.file_kind for message in play.new() if message.to == "g-xf-work"]
    assert kinds == [None, "png", "xlsx"]
    assert not [message for message in play.new() if message.to in ("g-xf1", "g-xf2", "g-hp1")]


# --- versions ------------------------------------------------------------------------------------------------------


def headlines(play: Play, area_id: str) -> list[str]:
    """The headline of each version of an area's report, oldest first."""
    found = play.rows(f"SELECT id FROM daily_report WHERE area_id = '{area_id}' ORDER BY id")
    with play.work() as work:
        return [work.session.get_one(DailyReport, id).content["headline"] for (id,) in found]


def test_a_correction_by_hand_outlives_confirmation_and_later_readings(evening: Play) -> None:
    evening.say("wang", "/更正日报 2月5日 发热 1 门岗补报一人")
    assert "发热1人" in evening.say("wang", "/确认日报")
    evening.clock("2020-02-05T19:05")
    assert "发热1人" in headlines(evening, "xingfu")[-1]


def test_the_committees_correction_reaches_those_above_and_stays(evening: Play) -> None:
    evening.say("zhangwei", "36.5")
    evening.clock("2020-02-05T19:30")
    evening.say("chen", "/更正日报 2月5日 发热 2 门岗补报两人")
    for area in ("xingfu", "qinghe", "linjiang"):
        assert headlines(evening, area)[-1].startswith("发热2人"), area
    evening.say("zhangwei", "/更正 36.6")  # a new version of the grid's report, and so of all above it
    for area in ("xingfu", "qinghe", "linjiang"):
        assert headlines(evening, area)[-1].startswith("发热2人"), area
    assert "门岗补报两人" in evening.say("chen", "/日报")


def test_a_late_confirmation_is_summed_up_again(evening: Play) -> None:
    evening.clock("2020-02-05T19:25")
    before = len(headlines(evening, "linjiang"))
    for who in ("zhangwei", "wuhao"):
        evening.say(who, "全家36.5")
    evening.say("wang", "/确认日报")
    for area in ("xingfu", "qinghe", "linjiang"):
        assert headlines(evening, area)[-1] == "零报告（缺报1人）", area
    assert len(headlines(evening, "linjiang")) == before + 1


def test_who_confirmed_early_gets_no_draft_over_it(play: Play) -> None:
    play.moment("2020-02-05T17:55")
    play.stage.clock.set(datetime(2020, 2, 5, 18, 20, tzinfo=play.stage.program.house.zone))
    play.say_each([("wang", "/确认日报")])  # before the draft, which comes late
    assert "已确认" in play.heard("wang")
    assert "草稿" not in play.heard("wang")
    play.clock("2020-02-05T19:00")
    assert [row[1:] for row in states(play) if row[0] == "xf1"] == [(1, "confirmed", 0)]


def test_in_the_morning_yesterdays_report_is_confirmed_late(evening: Play) -> None:
    evening.clock("2020-02-06T00:10")
    answer = evening.say("wang", "/确认日报")
    assert "迟报" in answer
    assert "2月5日" in answer
    assert evening.rows("SELECT day, state FROM daily_report WHERE area_id = 'xf1' ORDER BY id DESC LIMIT 1") == [
        ("2020-02-05", "confirmed")
    ]


def test_a_round_that_comes_after_midnight_reports_its_own_day(evening: Play) -> None:
    evening.moment("2020-02-05T18:30")
    evening.stage.clock.set(datetime(2020, 2, 6, 0, 30, tzinfo=evening.stage.program.house.zone))
    evening.stage.settle()
    assert {row[0] for row in evening.rows("SELECT DISTINCT day FROM daily_report")} == {"2020-02-05"}
    assert [row[:3] for row in states(evening) if row[0] == "linjiang"] == [("linjiang", 1, "unconfirmed")]


def test_the_report_of_the_highest_role_is_corrected(evening: Play) -> None:
    evening.clock("2020-02-05T19:30")
    assert "已任命" in evening.say("chen", "/任命 陈静 网格长 幸福里第一网格")
    evening.say("chen", "/更正日报 2月5日 发热 2 门岗补报两人")
    assert headlines(evening, "xingfu")[-1].startswith("发热2人")
    assert len(headlines(evening, "xf1")) == 2


def test_the_workbook_names_the_alert_of_a_fever_and_whom_to_call(play: Play) -> None:
    play.say("wuhao", "38.8")
    play.clock("2020-02-05T19:00")
    with play.work() as work:
        report = records.latest_report(work.session, "xf1", DAY)
        assert report is not None
        view = report_text.view_of(work, report, every_gap=True)
    assert [(line.name, line.alert, line.waited) for line in view.fevers] == [
        ("吴昊", "#1 发热警报", "等待11小时0分，未接手")
    ]
    with play.work() as work:
        phone = {person.name: person.phone for person in people.by_ids(work.session, range(1, 50)).values()}
    assert [line.phone for line in view.missing] == [phone[line.name] for line in view.missing]
