"""The picture is a PNG with real Chinese letters in it, and nothing leaves its place however long it is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops

from templates.pictures import font, raster
from templates.pictures.daily_report import (
    MAX_AREAS,
    WIDTH,
    daily_report_picture,
    daily_report_picture_apart,
    daily_report_svg,
    shown_areas,
)
from templates.pictures.raster import PictureFailed, render_apart, render_svg
from templates.pictures.text import BOLD, MEDIUM, REGULAR, clean, fit, fit_size, width, wrap
from templates.views import AreaLine, MissingLine, ReportView, Tone
from tests.rendering.views import figures, long_report, report

SVG = "{http://www.w3.org/2000/svg}"


def picture(png: bytes) -> Image.Image:
    """A decoded PNG on white, as grey values."""
    image = Image.open(BytesIO(png)).convert("RGBA")
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image).convert("L")


def drawn(text: str, *, family: str = font.FAMILY, weight: int = 400, size: int = 100) -> Image.Image:
    """Text alone on a white sheet."""
    return picture(
        render_svg(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="2400" height="160">'
            f'<text x="20" y="115" font-size="{size}" font-family="{family}" font-weight="{weight}">{text}</text></svg>'
        )
    )


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    """The box around everything dark."""
    box = ImageChops.invert(image).getbbox()
    assert box is not None
    return box


def same(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is None


@pytest.mark.parametrize(("make", "scale"), [(report, None), (long_report, None), (report, 360)])
def test_picture_is_a_png_of_the_asked_width(make: Callable[[], ReportView], scale: int | None) -> None:
    svg = daily_report_svg(make())
    image = Image.open(BytesIO(render_svg(svg, scale)))
    assert image.format == "PNG"
    assert image.width == (scale or WIDTH)
    assert abs(image.height / image.width - float(ElementTree.fromstring(svg).get("height", "0")) / WIDTH) < 0.01


def test_same_view_gives_same_picture() -> None:
    assert daily_report_picture(report()) == daily_report_picture(report())


def test_process_apart_draws_the_same() -> None:
    assert asyncio.run(daily_report_picture_apart(report())) == daily_report_picture(report())


def test_process_apart_says_why_it_failed() -> None:
    with pytest.raises(PictureFailed, match=r"\w"):
        asyncio.run(render_apart("<svg>张伟"))


def test_process_apart_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "PATIENCE_SECONDS", 0.01)
    with pytest.raises(TimeoutError):
        asyncio.run(render_apart(daily_report_svg(report())))


# --- letters ---


@pytest.mark.parametrize("char", "直骨海角令返邓曜䶮赟℃")
def test_letters_are_drawn_and_are_no_boxes(char: str) -> None:
    box = drawn("\ue000")
    nothing = drawn(" ")
    assert font.drawable(char)
    assert not same(drawn(char), box)
    assert not same(drawn(char), nothing)


@pytest.mark.parametrize("char", "直骨角")
def test_forms_are_those_of_mainland_china(char: str) -> None:
    chinese = drawn(char)
    assert not same(chinese, drawn(char, family="Noto Sans CJK JP"))
    # The same sign without any family named must not fall back to another country's form.
    assert same(chinese, drawn(char, family="Nobody Has This Font"))


def test_bold_is_a_real_weight() -> None:
    def darkness(weight: int) -> int:
        return sum(255 - value for value in drawn("疫情防控日报", weight=weight).tobytes())

    assert darkness(REGULAR) * 1.1 < darkness(MEDIUM) < darkness(BOLD) / 1.1


@pytest.mark.parametrize("view", [report(), long_report()], ids=["ordinary", "long"])
def test_every_letter_of_a_report_has_a_glyph(view: ReportView) -> None:
    words = "".join(ElementTree.fromstring(daily_report_svg(view)).itertext())
    assert {char for char in words if not char.isspace() and not font.drawable(char)} == set()


def test_font_is_found_without_importing_its_package_and_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert font.font_file().is_file()
    monkeypatch.setattr(font, "PACKAGE", "no_such_package_here")
    with pytest.raises(font.FontMissing, match="no_such_package_here"):
        font.font_file()


# --- measures ---


@pytest.mark.parametrize("weight", [REGULAR, MEDIUM, BOLD])
@pytest.mark.parametrize("text", ["直骨海角疫情", "0123456789", "HiNHH", "3-2-501", "37.5℃", "（缺报1人）H", "WWWWW"])
def test_measured_width_is_drawn_width(text: str, weight: int) -> None:
    # Framed by marks whose own edges cancel out: ink ends where the advance of the text puts the second mark.
    left, _, right, _ = ink(drawn(f"口{text}口", weight=weight))
    alone_left, _, alone_right, _ = ink(drawn("口", weight=weight))
    assert (right - left) - (alone_right - alone_left) == pytest.approx(width(text + "口", 100, weight), abs=4)


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [
        ("冯宇", 100, "冯宇"),
        ("幸福里第一网格", 70, "幸福里第一网格"),
        ("幸福里第一网格", 69, "幸福里第一…"),
        ("幸福里 第一网格", 45, "幸福里…"),
        ("", 10, ""),
        ("张伟", 5, "…"),
    ],
)
def test_fit(text: str, room: float, expected: str) -> None:
    assert fit(text, room, 10) == expected


@pytest.mark.parametrize(
    "text", ["阿不都热依木·买买提艾力江" * 9, "W" * 300, "iiii" * 90, "a b " * 50, "，。" * 60, "（" * 99]
)
@pytest.mark.parametrize("room", [40, 155, 333.3, 984])
def test_cut_and_wrapped_text_stays_in_its_room(text: str, room: float) -> None:
    assert width(fit(text, room, 34), 34) <= room
    lines = wrap(text, room, 34, 3)
    assert 1 <= len(lines) <= 3
    assert all(width(line, 34) <= room for line in lines)


@pytest.mark.parametrize(
    ("text", "lines", "expected"),
    [
        ("一二三四五六七", 3, ["一二三四五", "六七"]),
        ("一二三四五，六七", 3, ["一二三四", "五，六七"]),
        ("一二三（四五六七", 3, ["一二三（四", "五六七"]),
        ("一二三四（五六七", 3, ["一二三四", "（五六七"]),
        ("一二三 19:00前", 3, ["一二三", "19:00前"]),
        ("一二三四五六七八九十一二", 2, ["一二三四五", "六七八九…"]),
        ("", 2, []),
    ],
)
def test_wrap(text: str, lines: int, expected: list[str]) -> None:
    assert wrap(text, 50, 10, lines) == expected


@pytest.mark.parametrize(("room", "size"), [(1000, 60), (300, 50), (10, 20)])
def test_fit_size(room: float, size: float) -> None:
    assert fit_size("零报告缺报", room if room != 300 else 250, 60, 20) == size


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("张伟", "张伟"),
        ("  张\t伟\n", "张 伟"),
        ("张\u202e伟\u200b", "张伟"),
        ("张\x00伟\ud800", "张 伟"),
        ("李😀", "李〓"),
        ("e\u0301a\u0336", "éa"),
        ("\ufffe\ue000", "〓〓"),
    ],
)
def test_clean(written: str, expected: str) -> None:
    assert clean(written) == expected


# --- layout ---


def labels(svg: str) -> list[tuple[float, float, float, str]]:
    """Left and right edge, base line and words of every text of a drawing."""
    made = []
    for node in ElementTree.fromstring(svg).iter(f"{SVG}text"):
        words = node.text or ""
        size, weight = float(node.get("font-size", "0")), int(node.get("font-weight", "400"))
        wide = width(words, size, weight)
        left = float(node.get("x", "0")) - {"start": 0.0, "middle": 0.5, "end": 1.0}[node.get("text-anchor", "")] * wide
        made.append((left, left + wide, float(node.get("y", "0")), words))
    return made


WIDE = report(
    parts=tuple(AreaLine("幸" * n, "责" * n, "状" * n, 10**n, 10**n, 10**n, 10**n, 10**n) for n in range(1, 12)),
    missing=tuple(MissingLine("区" * n, "W" * n, "名" * n, "上" * n) for n in range(1, 24)),
    figures=figures(should=10**12, am="9" * 40, new=10**9, central="无" * 30),
)


@pytest.mark.parametrize("view", [report(), long_report(), WIDE], ids=["ordinary", "long", "wide"])
def test_no_words_leave_the_page_or_run_into_others(view: ReportView) -> None:
    svg = daily_report_svg(view)
    height = float(ElementTree.fromstring(svg).get("height", "0"))
    found = labels(svg)
    for left, right, base, words in found:
        assert left >= 40, words
        assert right <= WIDTH - 40, words
        assert 0 < base <= height - 20, words
    for number, (left, right, base, words) in enumerate(found):
        for other_left, other_right, other_base, other in found[number + 1 :]:
            if abs(base - other_base) < 16 and words and other:
                assert right <= other_left or other_right <= left, (words, other)


@pytest.mark.parametrize("view", [long_report(), WIDE], ids=["long", "wide"])
def test_margins_stay_empty_in_the_drawn_picture(view: ReportView) -> None:
    image = Image.open(BytesIO(daily_report_picture(view))).convert("RGB")
    for left in (0, WIDTH - 40):
        strip = image.crop((left, 400, left + 40, image.height))
        assert strip.getcolors() == [(strip.width * strip.height, (0xEE, 0xF2, 0xF5))]


def test_sixty_areas_still_come_to_the_whole() -> None:
    parts = long_report().parts
    shown, rest = shown_areas(parts)
    assert rest is not None
    assert len(shown) + 1 == MAX_AREAS
    assert len(shown) + rest.count == len(parts)
    for field in ("should", "am", "pm", "missing", "fever"):
        whole = sum(getattr(part, field) for part in parts)
        assert sum(getattr(part, field) for part in shown) + getattr(rest, field) == whole
    assert rest.fever == 0, "areas with fever are shown before others"
    assert f"其余{rest.count}个片区合计" in daily_report_svg(long_report())


def test_late_areas_are_shown_before_quiet_ones_and_in_their_order() -> None:
    parts = tuple(
        AreaLine(
            f"第{n}网格",
            "",
            "未经确认" if n % 20 == 0 else "已确认",
            1,
            1,
            1,
            0,
            0,
            Tone.WARN if n % 20 == 0 else Tone.GOOD,
        )
        for n in range(60)
    )
    shown, _ = shown_areas(parts, 5)
    assert [part.name for part in shown] == ["第0网格", "第1网格", "第20网格", "第40网格"]


def test_many_names_go_on_in_the_table() -> None:
    svg = daily_report_svg(long_report())
    assert "等60人，完整名单见表格" in svg
    assert "等1人" not in daily_report_svg(report())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {},
            [
                "幸福里社区",
                "疫情防控日报",
                "2020年2月5日",
                "星期三",
                "未经确认",
                "第1版",
                "零报告（缺报1人）",
                "冯宇",
                "6-2-1102",
            ],
        ),
        ({}, ["应报", "上午实报", "下午实报", "缺报", "发热", "警报", "明日到期", "2020-02-05 19:00", "备注", "王芳"]),
        ({"status_label": "草稿", "version": 3}, ["草稿", "第3版"]),
        ({"parts": (AreaLine("甲", "", "缺报", 0, 0, 0, 0, 0),)}, ["未定负责人"]),
    ],
)
def test_picture_says(changes: dict[str, object], words: list[str]) -> None:
    said = [label[3] for label in labels(daily_report_svg(report(**changes)))]
    assert [word for word in words if not any(word in line for line in said)] == []


def test_empty_sections_are_left_out() -> None:
    svg = daily_report_svg(report(parts=(), missing=(), note=""))
    assert not re.search("各片区情况|缺报名单|备注", svg)


def test_phones_and_readings_are_not_in_the_picture() -> None:
    svg = daily_report_svg(report())
    assert "138" not in svg
    assert "37.5" not in svg
    assert "张伟" not in svg


@pytest.mark.parametrize("name", ["<script>", "&amp;</text>", "\x00\x0b张", '"/><image href="file:///etc/passwd"/>'])
def test_names_are_never_markup(name: str) -> None:
    view = report(area_name=name, missing=(MissingLine(name, name, name, name),), note=name, headline=name)
    tags = {node.tag for node in ElementTree.fromstring(daily_report_svg(view)).iter()}
    assert tags == {f"{SVG}svg", f"{SVG}rect", f"{SVG}text"}
