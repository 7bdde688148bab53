"""The transcript runner fails where it must: a test that cannot fail proves nothing."""

import re
import runpy
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.clock import ManualClock
from bot.settings import ROOT
from tests.runner.__main__ import run
from tests.runner.play import Failed, Player, _text_of, fold, ids_of, play_script
from tests.runner.script import KEYS, Malformed, Script, Step, read_script, scripts_in
from tests.runner.stage import Stage
from tests.unit.playing import KEY, STORE, FilledStage, Play, read_sample, sample_start

SAY = {"say": {"who": "zhangwei", "where": "private", "text": "36.5"}}
HEARD = {"expect": {"to": "zhangwei", "has": ["已登记"]}}
GOOD = {"title": "good", "steps": [SAY, HEARD]}


def write(folder: Path, raw: Any, name: str = "t.yaml") -> Path:
    path = folder / name
    path.write_text(raw if isinstance(raw, str) else yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return path


def player(play: Play) -> Player:
    return Player(play.stage, *ids_of(read_sample()))


def steps(*items: dict[str, Any]) -> list[Step]:
    return [Step(number, *next(iter(item.items()))) for number, item in enumerate(items, 1)]


def act(play: Play, *items: dict[str, Any]) -> Player:
    who = player(play)
    for step in steps(*items):
        who.play(step)
    return who


def say(text: str, who: str = "zhangwei", where: str = "private", **more: Any) -> dict[str, Any]:
    return {"say": {"who": who, "where": where, "text": text, **more}}


def expect(to: str = "zhangwei", **more: Any) -> dict[str, Any]:
    return {"expect": {"to": to, **more}}


# --- what is malformed is refused before anything is played --------------------------------------------------------


def test_a_good_file_is_read(tmp_path: Path) -> None:
    script = read_script(write(tmp_path, GOOD))
    assert script.title == "good"
    assert [step.kind for step in script.steps] == ["say", "expect"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("title: [", "unreadable"),
        ("", "a title and a list of steps"),
        ("- just a list", "a title and a list of steps"),
        ({"steps": [SAY, HEARD]}, "a title and a list of steps"),
        ({"title": 5, "steps": [SAY, HEARD]}, "a title and a list of steps"),
        ({"title": "t"}, "a title and a list of steps"),
        ({"title": "t", "steps": {"say": 1}}, "a title and a list of steps"),
        ({"title": "t", "steps": []}, "no expect"),
        ({"title": "t", "steps": [SAY]}, "no expect"),
        ({**GOOD, "note": "?"}, "unknown keys: note"),
        ({"title": "t", "steps": ["say"]}, "one kind of step"),
        ({"title": "t", "steps": [{**SAY, **HEARD}]}, "one kind of step"),
        ({"title": "t", "steps": [HEARD, {}]}, "step 2: one kind of step"),
        ({"title": "t", "steps": [HEARD, {"shout": {"who": "sun"}}]}, "step 2: unknown step 'shout'"),
    ],
)  # fmt: skip
def test_a_malformed_file_is_refused(tmp_path: Path, raw: Any, reason: str) -> None:
    with pytest.raises(Malformed, match=re.escape(reason)):
        read_script(write(tmp_path, raw))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="unreadable"):
        read_script(tmp_path / "none.yaml")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_bytes(b"\xff\xfe\x00\xd8")
    with pytest.raises(Malformed, match="unreadable"):
        read_script(path)


BAD_STEPS: list[tuple[Any, str]] = [
    ({"say": "hello"}, "'say' wants keys"),
    ({"say": {"who": "sun", "where": "private"}}, "'say' lacks text"),
    ({"say": {"who": "sun", "where": "private", "text": "x", "loud": True}}, "'say' does not know loud"),
    (say("x", reply_to="first"), "reply_to wants last"),
    ({"say": {"who": 10001, "where": "private", "text": "x"}}, "want texts"),
    ({"say": {"who": "sun", "where": "private", "text": 36.5}}, "want texts"),
    ({"expect": {"has": ["x"]}}, "'expect' lacks to"),
    ({"expect": {"to": "sun"}}, "wants has, lacks, times or save"),
    (expect(has="text"), "has wants a list"),
    (expect(has=[36.5]), "has wants a list"),
    (expect(lacks="text"), "lacks wants a list"),
    (expect(has=["/(/"]), "bad pattern"),
    (expect(lacks=["/[a-/"]), "bad pattern"),
    (expect(times=-1), "times wants"),
    (expect(times="2"), "times wants"),
    (expect(times=True), "times wants"),
    (expect(save={"n": "no slashes"}), "save wants"),
    (expect(save={"n": "/no brackets/"}), "save wants"),
    (expect(save=["/(x)/"]), "save wants"),
    (expect(save={"n": "/(/"}), "bad pattern"),
    (expect(has=["x"], hush=1), "does not know hush"),
    ({"silence": {}}, "'silence' lacks to"),
    ({"silence": {"to": "all", "has": ["x"]}}, "does not know has"),
    ({"silence": {"to": 5}}, "to wants an id"),
    ({"never": {"to": "all"}}, "'never' lacks has"),
    ({"never": {"to": "all", "has": ["/(/"]}}, "bad pattern"),
    ({"never": {"to": "all", "has": ["x"], "lacks": ["y"]}}, "does not know lacks"),
    ({"file": {"to": "sun"}}, "'file' lacks kind"),
    ({"file": {"to": "sun", "kind": "exe"}}, "unknown kind of file"),
    ({"file": {"to": "sun", "kind": "png", "has": "x"}}, "has wants a list"),
    ({"clock": "half past nine"}, "clock wants a moment"),
    ({"clock": 900}, "clock wants a moment"),
    ({"crash": False}, "crash wants true"),
    ({"crash": None}, "crash wants true"),
    ({"redeliver": "first"}, "redeliver wants last"),
    ({"offline": {"platform_minutes": 0}}, "platform_minutes"),
    ({"offline": {"platform_minutes": "45"}}, "platform_minutes"),
    ({"offline": {}}, "'offline' lacks platform_minutes"),
    # what would silently never fail:
    ({"never": {"to": "all", "has": []}}, "step 2"),
    (expect(to=["zhangwei"], has=["x"]), "step 2"),
    ({"never": {"to": ["all"], "has": ["x"]}}, "step 2"),
    ({"file": {"to": 7, "kind": "png"}}, "step 2"),
    ({1: {"to": "all"}}, "step 2: unknown step '1'"),
    ({"offline": {"platform_minutes": True}}, "platform_minutes"),
]


@pytest.mark.parametrize(("step", "reason"), BAD_STEPS, ids=[str(step) for step, _ in BAD_STEPS])
def test_a_malformed_step_is_refused(tmp_path: Path, step: dict[str, Any], reason: str) -> None:
    with pytest.raises(Malformed, match=re.escape(reason)):
        read_script(write(tmp_path, {"title": "t", "steps": [HEARD, step]}))


def test_the_first_bad_step_is_named(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match=r"^step 3: "):
        read_script(write(tmp_path, {"title": "t", "steps": [SAY, HEARD, {"sing": 1}, {"dance": 1}]}))


def test_every_kind_of_step_can_be_played() -> None:
    assert all(hasattr(Player, f"_{kind}") for kind in [*KEYS, "clock", "crash", "redeliver"])


# --- who and where -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (say("x", who="nobody"), "unknown person 'nobody'"),
        (say("x", where="g-nowhere"), "unknown group 'g-nowhere'"),
        (say("x", where="Private"), "unknown group 'Private'"),
        (expect(to="nobody", has=["x"]), "unknown person or group 'nobody'"),
        ({"silence": {"to": "g-nowhere"}}, "unknown person or group 'g-nowhere'"),
        ({"never": {"to": "nobody", "has": ["x"]}}, "unknown person or group 'nobody'"),
        ({"file": {"to": "nobody", "kind": "png"}}, "unknown person or group 'nobody'"),
        ({"redeliver": "last"}, "redeliver before any say"),
        ({"clock": "2020-02-05T07:59:59"}, "only moves forward"),
        ({"clock": "2020-02-05T00:00:00+00:00"}, None),  # 08:00 in Shanghai: not back
    ],
)  # fmt: skip
def test_a_step_that_cannot_be_played_is_malformed(play: Play, step: dict[str, Any], reason: str | None) -> None:
    if reason is None:
        act(play, step)
        return
    with pytest.raises(Malformed, match=re.escape(reason)):
        act(play, step)


def test_a_stranger_may_speak_and_be_listened_to(play: Play) -> None:
    act(play, say("/我的", who="x-anybody"), expect(to="x-anybody", has=["绑定"]))


def test_a_reply_to_nothing_fails(play: Play) -> None:
    with pytest.raises(Failed, match="never wrote there"):
        act(play, say("收到", reply_to="last"))


# --- false expectations of each kind -------------------------------------------------------------------------------

REPORTED = say("36.5")
FALSE: list[tuple[str, list[dict[str, Any]]]] = [
    ("has", [REPORTED, expect(has=["37.8"])]),
    ("has: one of two", [REPORTED, expect(has=["36.5", "37.8"])]),
    ("has: somebody else", [REPORTED, expect(to="limei", has=["36.5"])]),
    ("has: from an earlier moment", [REPORTED, say("/帮助", who="sun"), expect(has=["36.5"])]),
    ("has: a pattern", [REPORTED, expect(has=[r"/第\d{3}天/"])]),
    ("has: a pattern is no text", [REPORTED, expect(has=["/36.5"])]),
    ("lacks", [REPORTED, expect(has=["张伟"], lacks=["36.5"])]),
    ("lacks: alone, with every message bad", [say("/我的"), say("36.5"), expect(lacks=[r"/./"])]),
    ("lacks: nothing was sent at all", [REPORTED, expect(to="limei", lacks=["36.5"])]),
    ("times: fewer", [REPORTED, expect(has=["已登记"], times=2)]),
    ("times: more", [REPORTED, expect(has=["已登记"], times=0)]),
    ("times: alone", [REPORTED, expect(times=7)]),
    ("save: nothing fits the pattern", [REPORTED, expect(save={"n": r"/#(\d+)/"})]),
    ("save: used but never saved", [say("收到 {n}")]),
    ("save: expected but never saved", [REPORTED, expect(has=["{n}"])]),
    ("silence", [REPORTED, {"silence": {"to": "zhangwei"}}]),
    ("silence: all", [REPORTED, {"silence": {"to": "all"}}]),
    ("never", [REPORTED, {"never": {"to": "zhangwei", "has": ["36.5"]}}]),
    ("never: one of two", [REPORTED, {"never": {"to": "zhangwei", "has": ["月球", "36.5"]}}]),
    ("never: long ago", [REPORTED, say("/帮助", who="sun"), {"never": {"to": "zhangwei", "has": ["36.5"]}}]),
    ("never: all", [REPORTED, {"never": {"to": "all", "has": [r"/36\.\d/"]}}]),
    ("file: none", [REPORTED, {"file": {"to": "zhangwei", "kind": "xlsx"}}]),
]  # fmt: skip


@pytest.mark.parametrize("script", [script for _, script in FALSE], ids=[name for name, _ in FALSE])
def test_a_false_expectation_fails(play: Play, script: list[dict[str, Any]]) -> None:
    *before, last = script
    who = act(play, *before)
    with pytest.raises(Failed):
        who.play(steps(last)[0])


TRUE: list[tuple[str, list[dict[str, Any]]]] = [
    ("has", [REPORTED, expect(has=["36.5", "张伟"])]),
    ("has: full-width", [REPORTED, expect(has=["３６．５", "第2/14天)"])]),
    ("has: a pattern", [REPORTED, expect(has=[r"/36\.\d.*第\d+\/14天/"])]),
    ("has: in one message of several", [REPORTED, expect(has=["已登记"]), expect(has=["小联"])]),
    ("lacks", [REPORTED, expect(has=["36.5"], lacks=["37.8", r"/#\d/"])]),
    ("times", [REPORTED, expect(has=["已登记"], times=1), expect(has=["月球"], times=0)]),
    ("silence", [REPORTED, {"silence": {"to": "limei"}}]),
    ("never", [REPORTED, {"never": {"to": "all", "has": ["月球", r"/3[789]\.\d/"]}}]),
    ("never: to another", [REPORTED, {"never": {"to": "limei", "has": ["36.5"]}}]),
]  # fmt: skip


@pytest.mark.parametrize("script", [script for _, script in TRUE], ids=[name for name, _ in TRUE])
def test_a_true_expectation_holds(play: Play, script: list[dict[str, Any]]) -> None:
    act(play, *script)


def test_a_failure_says_what_was_sent_instead(play: Play) -> None:
    with pytest.raises(Failed, match=r"(?s)月球.*sent instead.*→zhangwei: 已登记"):
        act(play, REPORTED, expect(has=["月球"]))


@pytest.mark.parametrize(
    ("one", "other"),
    [("３６．５℃", "36.5°C"), ("（上午，第２/１４天）", "(上午,第2/14天)"), ("好。", "好."), ("张伟、李梅", "张伟,李梅"),
     ("／我的　", "/我的 ")],
)  # fmt: skip
def test_full_width_and_half_width_are_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_what_is_saved_is_used_again(play: Play) -> None:
    who = act(
        play, say("37.8", who="fengyu"), expect(to="liu", has=["发热"], save={"n": r"/#(\d+)/"}),
        say("收到 {n}", who="liu"), expect(to="liu", has=["已接手 #{n}", r"/#{n}\D/"]),
    )  # fmt: skip
    assert who.saved["n"].isdigit()
    with pytest.raises(Failed):
        who.play(steps(expect(to="liu", has=["#{n}9"]))[0])


def test_what_is_saved_is_no_pattern_itself(play: Play) -> None:
    who = act(play, REPORTED)
    who.saved["dot"] = "36.5"
    assert who._search("/{dot}/", "体温36.5")
    assert not who._search("/{dot}/", "体温36x5")


def test_braces_of_a_pattern_are_no_saved_name(play: Play) -> None:
    assert player(play)._search(r"/\d{2}\.\d{1,2}/", "体温36.5")


# --- files ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def evening(filled_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Player:
    """19:00 of the first day: the reports have gone out. Only looked at."""
    folder = tmp_path_factory.mktemp("evening")
    shutil.copy(filled_store, folder / STORE)
    stage = FilledStage(folder, read_sample(), KEY, ManualClock(sample_start()))
    who = Player(stage, *ids_of(read_sample()))
    who.play(Step(1, "clock", "2020-02-05T19:05"))
    stage.program.engine.dispose()
    return who


@pytest.mark.parametrize(
    ("values", "holds"),
    [
        ({"to": "g-xf-work", "kind": "xlsx"}, True),
        ({"to": "g-xf-work", "kind": "xlsx", "has": ["冯宇", "幸福里"]}, True),
        ({"to": "g-xf-work", "kind": "xlsx", "has": ["月球"]}, False),
        ({"to": "g-xf-work", "kind": "png", "has": []}, True),
        ({"to": "g-xf-work", "kind": "png", "has": ["冯宇"]}, False),
        ({"to": "g-xf-work", "kind": "pdf"}, False),
        ({"to": "zhangwei", "kind": "xlsx"}, False),
        ({"to": "chen", "kind": "xlsx"}, True),
    ],
)  # fmt: skip
def test_files(evening: Player, values: dict[str, Any], holds: bool) -> None:
    if holds:
        evening._file(values)
    else:
        with pytest.raises(Failed):
            evening._file(values)


def test_a_picture_that_is_none_fails(evening: Player) -> None:
    picture = next(message for message in evening.stage.sent if message.file_kind == "png")
    assert _text_of(picture) == ""
    with pytest.raises(Failed, match="no picture"):
        _text_of(replace(picture, file_content=b"GIF89a"))


# --- crash, redeliver, offline -------------------------------------------------------------------------------------


def test_a_crash_loses_memory_and_keeps_the_store(tmp_path: Path) -> None:
    stage = Stage(tmp_path, read_sample(), KEY, ManualClock(sample_start()))
    who = Player(stage, *ids_of(read_sample()))
    who.play(Step(1, "say", REPORTED["say"]))
    before = stage.program
    before.floods.look("chat", "text", stage.clock.now())
    who.play(Step(2, "crash", True))
    after = stage.program
    assert after is not before
    assert after.engine is not before.engine
    assert after.floods is not before.floods
    assert after.floods.counts == {}
    assert after._areas is None or after._areas is not before._areas
    who.play(Step(3, "say", {"who": "zhangwei", "where": "private", "text": "/我的"}))
    who.play(Step(4, "expect", {"to": "zhangwei", "has": ["36.5"]}))
    after.engine.dispose()


def test_redeliver_is_the_very_same_message(play: Play) -> None:
    who = act(play, REPORTED)
    play.stage.back_at = play.stage.clock.now() + timedelta(hours=1)  # what arrives while offline is kept as it is
    who.play(Step(2, "redeliver", "last"))
    assert play.stage.waiting == [who.last]
    play.stage.waiting.clear()
    play.stage.back_at = None
    for step in steps({"redeliver": "last"}, {"silence": {"to": "all"}}):
        who.play(step)
    assert play.count("checkin") == 1


def test_offline_holds_both_ways_until_the_connection_returns(play: Play) -> None:
    who = act(play, {"offline": {"platform_minutes": 45}}, REPORTED, {"silence": {"to": "all"}})
    assert play.count("checkin") == 0
    act_more = steps({"clock": "2020-02-05T08:44"}, {"silence": {"to": "all"}})
    for step in act_more:
        who.play(step)
    who.play(Step(9, "clock", "2020-02-05T08:45"))
    who.play(Step(10, "expect", {"to": "zhangwei", "has": ["已登记"]}))
    assert play.count("checkin") == 1


def test_a_lost_connection_outlasts_a_crash(play: Play) -> None:
    act(play, {"offline": {"platform_minutes": 45}}, REPORTED, {"crash": True}, {"silence": {"to": "all"}})
    assert play.count("checkin") == 0
    act(play, {"clock": "2020-02-05T08:45"}, expect(has=["已登记"]))


def test_the_clock_stops_at_everything_that_falls_due(play: Play) -> None:
    act(play, {"clock": "2020-02-05T10:30"}, expect(to="wuhao", has=["体温", "上午"], times=2))
    assert [row[0] for row in play.rows("SELECT key FROM round ORDER BY planned_at")][:2] == [
        "remind/2020-02-05/am/1", "remind/2020-02-05/am/2",
    ]  # fmt: skip


# --- whole files ---------------------------------------------------------------------------------------------------


def test_a_step_that_fails_is_named_by_its_number() -> None:
    script = Script("t", tuple(steps(SAY, expect(has=["月球"]))))
    with pytest.raises(Failed, match=r"^step 2: "):
        play_script(script, read_sample())


def test_a_script_may_replace_observations_and_rules(tmp_path: Path) -> None:
    raw = {
        "title": "t", "observations": [], "rules": {"fever_threshold_celsius": 36.0},
        "steps": [SAY, expect(has=["已登记"], lacks=["14天"]), expect(to="wang", has=["发热"])],
    }  # fmt: skip
    play_script(read_script(write(tmp_path, raw)), read_sample())


def test_a_good_and_a_bad_file_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, GOOD, "a.yaml")
    write(tmp_path, {"title": "t", "steps": [SAY, expect(has=["月球"])]}, "b.yaml")
    write(tmp_path, {"title": "t", "steps": [SAY, {"sing": 1}]}, "c.yml")
    assert run([tmp_path]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("a.yaml: ok")]
    assert [line for line in lines if line.startswith("b.yaml: FAILED step 2")]
    assert [line for line in lines if line.startswith("c.yml: FAILED malformed: step 2")]
    assert lines[-1] == "1 passed, 2 failed"
    assert len(lines) == 4, "one line a file, and the count"


def test_no_file_at_all_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([tmp_path]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 0 failed"


def test_files_of_a_folder_are_found_below_it(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    write(tmp_path, GOOD, "b.yaml")
    write(tmp_path / "deep", GOOD, "a.yml")
    (tmp_path / "notes.txt").write_text("none")
    assert {path.name for path in scripts_in(tmp_path)} == {"a.yml", "b.yaml"}


def as_main(monkeypatch: pytest.MonkeyPatch, path: Path) -> int:
    monkeypatch.setattr(sys, "argv", ["tests.runner", str(path)])
    monkeypatch.delitem(sys.modules, "tests.runner.__main__", raising=False)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("tests.runner", run_name="__main__")
    return int(ended.value.code or 0)


def test_the_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    good = write(tmp_path, GOOD, "good.yaml")
    assert as_main(monkeypatch, good) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"
    assert as_main(monkeypatch, tmp_path / "none.yaml") == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 1 failed"


def test_the_command_line(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "good.yaml")
    write(tmp_path, {"title": "t", "steps": [SAY, expect(has=["月球"])]}, "bad.yaml")
    done = subprocess.run(
        [sys.executable, "-m", "tests.runner", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[-1] == "1 passed, 1 failed"
