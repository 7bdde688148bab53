"""The daily report as one picture for a chat: which rows it shows; where and in what words, the template says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from templates.pictures.font import FAMILY, LANGUAGE
from templates.pictures.raster import render_apart, render_svg
from templates.pictures.text import clean, fit, fit_size, width, wrap
from templates.views import AreaLine, ReportView, Tone

WIDTH = 1080
MAX_AREAS = 16
MAX_NAMES = 20
MAX_FIGURES = 16


@dataclass(frozen=True, slots=True)
class Rest:
    """The rows that a picture has no room for, added up, so that the table still comes to the whole."""

    count: int
    should: int
    am: int
    pm: int
    missing: int
    fever: int


def shown_areas(parts: tuple[AreaLine, ...], limit: int = MAX_AREAS) -> tuple[tuple[AreaLine, ...], Rest | None]:
    """The rows to draw and the sum of the others; what needs attention is never among the others if it fits."""
    if len(parts) <= limit:
        return parts, None
    ranked = sorted(range(len(parts)), key=lambda at: _urgency(parts[at]))
    kept = set(ranked[: limit - 1])
    others = [part for at, part in enumerate(parts) if at not in kept]
    rest = Rest(
        count=len(others),
        should=sum(part.should for part in others),
        am=sum(part.am for part in others),
        pm=sum(part.pm for part in others),
        missing=sum(part.missing for part in others),
        fever=sum(part.fever for part in others),
    )
    return tuple(part for at, part in enumerate(parts) if at in kept), rest


def _urgency(part: AreaLine) -> tuple[bool, bool, int]:
    return (part.fever == 0, part.status_tone not in (Tone.WARN, Tone.ALARM), -part.missing)


def daily_report_svg(view: ReportView) -> str:
    """The drawing of a report; its height follows the rows."""
    areas, rest = shown_areas(view.parts)
    template = _environment().get_template("daily_report.svg.j2")
    return template.render(
        view=view,
        page_width=WIDTH,
        family=FAMILY,
        language=LANGUAGE,
        main_figures=[figure for figure in view.figures if figure.main],
        small_figures=[figure for figure in view.figures if not figure.main][:MAX_FIGURES],
        areas=areas,
        rest=rest,
        names=view.missing[:MAX_NAMES],
    )


def daily_report_picture(view: ReportView) -> bytes:
    """PNG of a report, 1080 pixels wide."""
    return render_svg(daily_report_svg(view))


async def daily_report_picture_apart(view: ReportView) -> bytes:
    """The same PNG without keeping the program from its messages meanwhile."""
    return await render_apart(daily_report_svg(view))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_drawable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(fit=fit, fit_size=fit_size, wrap=wrap, text_width=width)
    return environment


def _drawable(value: object) -> object:
    """What residents wrote, without the characters that no XML or no font holds; markup of the template's own stays."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
