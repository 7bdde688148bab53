"""Report views for the rendering tests: an ordinary one, and parts to make it extreme."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

from templates.views import AreaLine, CheckInLine, FeverLine, Figure, MissingLine, ReportView, Tone

BEIJING = timezone(timedelta(hours=8))


def moment(hour: int, minute: int = 0) -> datetime:
    """A time on the day of the report."""
    return datetime(2020, 2, 5, hour, minute, tzinfo=BEIJING)


def figures(**values: int | str) -> tuple[Figure, ...]:
    """The usual figures; a keyword gives another value."""
    usual: list[tuple[str, str, int | str, Tone, bool]] = [
        ("should", "应报", 5, Tone.PLAIN, True),
        ("am", "上午实报", 4, Tone.PLAIN, True),
        ("pm", "下午实报", 4, Tone.PLAIN, True),
        ("missing", "缺报", 1, Tone.WARN, True),
        ("fever", "发热", 0, Tone.PLAIN, True),
        ("alerts", "警报", 0, Tone.PLAIN, True),
        ("new", "新增", 1, Tone.PLAIN, False),
        ("released", "解除", 0, Tone.PLAIN, False),
        ("due", "明日到期", 1, Tone.PLAIN, False),
        ("central", "集中", 0, Tone.PLAIN, False),
        ("suspected", "疑似", 0, Tone.PLAIN, False),
        ("confirmed", "确诊", 0, Tone.PLAIN, False),
        ("excluded", "排除", 0, Tone.PLAIN, False),
        ("discharged", "出院", 0, Tone.PLAIN, False),
    ]
    return tuple(Figure(key, label, values.get(key, value), tone, main) for key, label, value, tone, main in usual)


def report(**changes: Any) -> ReportView:
    """The report of example 04, with what a test changes."""
    values: dict[str, Any] = {
        "area_name": "幸福里社区",
        "level_label": "社区",
        "date": date(2020, 2, 5),
        "status_label": "未经确认",
        "status_tone": Tone.WARN,
        "version": 1,
        "headline": "零报告（缺报1人）",
        "headline_tone": Tone.WARN,
        "figures": figures(),
        "parts": (
            AreaLine("幸福里第一网格", "王芳", "已确认", 4, 4, 4, 0, 0, Tone.GOOD),
            AreaLine("幸福里第二网格", "刘强", "未经确认", 1, 0, 0, 1, 0, Tone.WARN),
        ),
        "missing": (MissingLine("幸福里第二网格", "6-2-1102", "冯宇", "上午、下午", "13800000006"),),
        "fevers": (FeverLine("幸福里第一网格", "3-2-501", "张伟", 37.5, "咳嗽", "#12 已处置", "6分钟"),),
        "checkins": (
            CheckInLine(moment(8, 20), "幸福里第一网格", "3-2-501", "张伟", 36.5, "无", "本人"),
            CheckInLine(moment(13, 5), "幸福里第一网格", "2-1-301", "吴昊", None, "无", "代报"),
            CheckInLine(moment(14, 0), "幸福里第一网格", "3-2-501", "张伟", 37.5, "咳嗽", "本人", alarm=True),
        ),
        "edition": "新冠肺炎 2020-01（国家卫生健康委、民政部 2020年1月29日通知）",
        "generated_at": moment(19),
        "note": "第二网格未在19:00前确认，已通知居委会。",
    }
    return ReportView(**values | changes)


def long_report() -> ReportView:
    """Everything too long and too many."""
    name = "阿不都热依木·买买提艾力江" * 3
    return report(
        area_name="临江区清河街道办事处幸福里第一第二第三联合社区居民委员会辖区",
        level_label="街道",
        status_label="已确认但事后更正",
        version=12,
        headline="发热12人、缺报36人、警报未接5起、聚集性发热待核实2起、需上门核查的独居老人18户、另有待补充说明若干",
        figures=figures(should=123456, am="123456/123457", new="12345678901234")
        + tuple(Figure(f"x{n}", "名称很长的统计项目", n) for n in range(20)),
        parts=tuple(
            AreaLine(
                f"幸福里第{n}网格（含商户与工地集中居住点）", name, "未经确认逾期", 1234, 1230, 1200, n % 7, n // 50
            )
            for n in range(60)
        ),
        missing=tuple(
            MissingLine("幸福里第一网格（含商户）", f"16-2-1{n}02（地下室一层东侧）", name, "上午、下午、晚间")
            for n in range(60)
        ),
        edition="版本" * 90,
        note="各网格请于今晚二十点前逐户核实，第3网格重点核查Supercalifragilisticexpialidocious大厦。" * 12,
    )
