"""No log line holds message text, a name, a number or a reading."""

import io
import logging
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
import yaml

from bot.logs import configure, trace
from bot.settings import ROOT
from tests.runner.play import play_script
from tests.runner.script import read_script
from tests.runner.stage import Stage
from tests.unit.playing import Play, read_sample

TRANSCRIPTS = ROOT / "tests" / "transcripts"
SECRET = "张伟 13800000001 体温38.2"


def raised(error: Exception) -> BaseException:
    try:
        raise error
    except Exception as caught:
        return caught


@pytest.mark.parametrize(
    "error",
    [
        ValueError(SECRET), KeyError(SECRET), RuntimeError(SECRET, {"text": SECRET}),
        UnicodeEncodeError("utf-8", SECRET, 0, 1, SECRET), OSError(2, SECRET, SECRET),
    ],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_a_trace_shows_where_and_never_what(error: Exception) -> None:
    shown = trace(raised(error))
    assert type(error).__name__ in shown
    assert re.search(r"test_logs\.py:\d+ raised", shown)
    assert not any(word in shown for word in SECRET.split())


def test_a_trace_of_a_chain_and_a_group_shows_no_message_either() -> None:
    chained = raised(ValueError("outer"))
    chained.__cause__ = raised(KeyError(SECRET))
    group = raised(ExceptionGroup(SECRET, [ValueError(SECRET)]))
    assert not any(word in trace(error) for error in (chained, group) for word in SECRET.split())


def test_a_trace_without_frames() -> None:
    assert "ValueError" in trace(ValueError(SECRET))


def test_a_trace_is_one_line_of_bounded_length() -> None:
    def deep(n: int) -> None:
        if n == 0:
            raise ValueError(SECRET)
        deep(n - 1)

    with pytest.raises(ValueError, match="张伟") as caught:
        deep(200)
    assert "\n" not in trace(caught.value)
    assert len(trace(caught.value)) < 2000


# --- whole plays ---------------------------------------------------------------------------------------------------


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that structlog and the standard library log, at the most talkative level."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    root = logging.getLogger()
    before, level = structlog.get_config(), root.level
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(out), cache_logger_on_first_use=False)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield out
    root.setLevel(level)
    root.removeHandler(handler)
    structlog.configure(**before)


def names() -> set[str]:
    sample = read_sample()
    members = [member for home in sample["households"] for member in home["members"]]
    return {row["name"] for row in [*sample["staff"], *members]} - {"管理员"}


def secrets_of(steps: list[dict[str, Any]]) -> set[str]:
    """Names, phones, addresses, readings, and every longer piece of what is said."""
    sample = read_sample()
    said = [step["say"]["text"] for step in steps if "say" in step]
    pieces = {piece for text in said for piece in re.split(r"[\s，。,/]+", text) if len(piece) > 1}
    readings = set(re.findall(r"\d{2}\.\d", " ".join(said)))
    phones = {member["phone"] for home in sample["households"] for member in home["members"] if "phone" in member}
    return names() | phones | {home["address"] for home in sample["households"]} | pieces | readings


PLAYED = sorted(path for path in TRANSCRIPTS.glob("*.yaml") if path.name[:2] in ("01", "02", "05", "08"))


@pytest.mark.parametrize("path", PLAYED, ids=lambda path: path.stem)
def test_a_whole_play_leaves_nothing_of_it_in_the_logs(path: Path, logged: io.StringIO) -> None:
    script = read_script(path)
    play_script(script, read_sample())
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?", "", logged.getvalue())
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [secret for secret in sorted(secrets_of(raw["steps"])) if secret in text] == []


def test_the_logs_are_heard_at_all(logged: io.StringIO, make_stage: Callable[..., Stage]) -> None:
    play = Play(make_stage())
    play.clock("2020-02-05T09:00")
    assert "round.ran" in logged.getvalue()


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handling a check-in fails with an error that holds what was written."""

    def fail(message: Any, work: Any, **more: Any) -> None:
        raise RuntimeError(f"cannot handle {message.text}")

    monkeypatch.setattr("handlers.checkin.take", fail)


@pytest.mark.usefixtures("broken")
def test_a_message_that_cannot_be_handled_is_kept_answered_and_logged_without_its_words(
    play: Play, logged: io.StringIO
) -> None:
    answer = play.say("zhangwei", "我36.5，昨天和邻居吵架了")
    ((reference,),) = play.rows("SELECT reference FROM inbound WHERE reference IS NOT NULL")
    assert reference in answer
    assert "120" in answer
    assert "吵架" in play.heard("wang"), "a person sees it"
    assert "message.failed" in logged.getvalue()
    assert reference in logged.getvalue()
    assert not any(word in logged.getvalue() for word in ("36.5", "吵架", "张伟", "cannot handle"))
    play.again()
    assert play.new() == [], "kept once, apologised for once"


@pytest.mark.usefixtures("broken")
def test_one_broken_message_takes_only_itself_down(play: Play) -> None:
    said = [
        play.stage.inbound(who, "private", text)
        for who, text in (("zhangwei", "36.5"), ("wuhao", "/我的"), ("wang", "/未报"))
    ]
    play.stage.program.handle(said)
    play.stage.settle()
    assert "编号" in play.ever("zhangwei")
    assert "吴昊" in play.ever("wuhao")
    assert "未报" in play.ever("wang")
    assert play.count("inbound", "reference IS NOT NULL") == 1


@pytest.mark.parametrize("json_lines", [True, False])
def test_the_form_of_the_logs(json_lines: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        configure("INFO", json_lines)
        logging.getLogger("some.library").info("round.ran", extra={"messages": 3})
        logging.getLogger("uvicorn.access").info("GET /secret")
        logging.getLogger("alembic").info("chatter")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for chatty in ("alembic", "uvicorn.access", "websockets", "apscheduler", "sqlalchemy"):
            logging.getLogger(chatty).setLevel(logging.NOTSET)
    assert "round.ran" in out.getvalue()
    assert "GET /secret" not in out.getvalue()
    assert "chatter" not in out.getvalue()
    assert (yaml.safe_load(out.getvalue())["messages"] == 3) if json_lines else "messages=3" in out.getvalue()
