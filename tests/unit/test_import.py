"""Import from Excel and YAML: good rows are kept, bad ones named, a second time changes nothing."""

import io
import random
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook, load_workbook

from bot.clock import ManualClock
from bot.program import Program
from bot.setup import build_program, install
from community.import_files import UnreadableFile, plan_of, read_file
from community.importing import Outcome
from storage.engine import Engine
from templates.sheets.import_template import AREAS, COLUMNS, GROUPS, HOUSEHOLDS, OBSERVATIONS, STAFF, import_template
from tests.unit.playing import KEY, read_sample, sample_start

Sheets = dict[str, list[dict[str, Any]]]
SHEET_OF = {"areas": AREAS, "groups": GROUPS, "staff": STAFF, "members": HOUSEHOLDS, "observations": OBSERVATIONS}


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty")
    program = build_program(f"sqlite:///{folder / 'x.db'}", KEY, ManualClock(sample_start()), platforms=("sandbox",))
    program.engine.dispose()
    return folder / "x.db"


@pytest.fixture
def program(migrated: Path, tmp_path: Path) -> Iterator[Program]:
    path = tmp_path / "store" / "x.db"
    path.parent.mkdir()
    path.write_bytes(migrated.read_bytes())
    made = build_program(f"sqlite:///{path}", KEY, ManualClock(sample_start()), platforms=("sandbox",))
    yield made
    made.engine.dispose()


def select(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def content(program: Program, *, accounts: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """All that an import brings, without the numbers of rows and encrypted columns."""
    queries = {
        "areas": "SELECT * FROM area ORDER BY id",
        "buildings": "SELECT community_id, grid_id, name FROM building ORDER BY 1, 3",
        "households": "SELECT community_id, grid_id, building, address FROM household ORDER BY 1, 4",
        "people": "SELECT p.name, p.age, p.phone_hash, p.tags, p.position, h.address FROM person p "
        "LEFT JOIN household h ON h.id = p.household_id ORDER BY 1, 6",
        "roles": "SELECT p.name, r.role, r.area_id, r.building FROM role r JOIN person p ON p.id = r.person_id ORDER BY 1, 2, 3",
        "groups": "SELECT platform, external_id, name, area_id, kind FROM chat_group ORDER BY 1, 2",
        "observations": "SELECT p.name, o.start, o.days, o.grid_id, o.state FROM observation o "
        "JOIN person p ON p.id = o.person_id ORDER BY 1, 2",
    }  # fmt: skip
    if accounts:
        queries["accounts"] = (
            "SELECT a.platform, a.external_id, p.name FROM account a LEFT JOIN person p ON p.id = a.person_id ORDER BY 1, 2"
        )
    return {name: select(program.engine, query) for name, query in queries.items()}


def sheets_of(sample: dict[str, Any]) -> Sheets:
    """The sample as rows of the template, by field."""
    members = [
        {**member, "address": home["address"], "community": home["community"]}
        for home in sample["households"] for member in home["members"]
    ]  # fmt: skip
    observed = [
        {**row, "address": row["household"], "name": row["person"], "community": "xingfu"}
        for row in sample["observations"]
    ]
    return {
        AREAS: sample["areas"],
        GROUPS: sample["groups"],
        STAFF: sample["staff"],
        HOUSEHOLDS: members,
        OBSERVATIONS: observed,
    }


def book_of(sheets: Sheets, *, labels: bool = True) -> Workbook:
    """The template as people fill it in: the rows below its example, words instead of codes."""
    book = load_workbook(io.BytesIO(import_template()))
    for title, rows in sheets.items():
        for row in rows:
            book[title].append([written(column, row.get(column.field), labels=labels) for column in COLUMNS[title]])
    return book


def written(column: Any, value: Any, *, labels: bool) -> Any:
    words = {choice.value: choice.label for choice in column.choices} if labels else {}
    if isinstance(value, list):
        return "、".join(words.get(str(item), str(item)) for item in value)
    return words.get(value, value)


def save(folder: Path, book: Workbook, name: str = "filled.xlsx") -> Path:
    book.save(folder / name)
    return folder / name


def take(program: Program, path: Path) -> Outcome:
    return install(program, read_file(path))


def yaml_file(folder: Path, raw: Any) -> Path:
    path = folder / "x.yaml"
    path.write_text(raw if isinstance(raw, str) else yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return path


# --- the whole sample, both ways -----------------------------------------------------------------------------------


def test_yaml_takes_the_whole_sample(program: Program, tmp_path: Path) -> None:
    sample = read_sample()
    outcome = take(program, yaml_file(tmp_path, sample))
    assert outcome.problems == []
    assert outcome.taken == {
        "areas": 7, "groups": 5, "members": 13, "staff": 10, "observations": 5,
    }  # fmt: skip
    found = content(program)
    assert len(found["households"]) == len(sample["households"])
    assert len(found["people"]) == 13 + 10 - 1, "孙大爷 is a member of staff and lives here: one person"
    assert ("吴昊", "2020-01-24", 14, "xf1", "active") in found["observations"]


def test_the_filled_template_says_the_same_as_yaml(
    program: Program, make_stage: Callable[..., Any], tmp_path: Path
) -> None:
    outcome = take(program, save(tmp_path, book_of(sheets_of(read_sample()))))
    assert outcome.problems == []
    by_yaml = content(make_stage().program, accounts=False)
    assert content(program, accounts=False) == by_yaml


def test_codes_may_stand_instead_of_words(program: Program, make_stage: Callable[..., Any], tmp_path: Path) -> None:
    assert take(program, save(tmp_path, book_of(sheets_of(read_sample()), labels=False))).problems == []
    assert content(program, accounts=False) == content(make_stage().program, accounts=False)


@pytest.mark.parametrize("kind", ["yaml", "xlsx"])
def test_a_second_import_changes_nothing(program: Program, tmp_path: Path, kind: str) -> None:
    sample = read_sample()
    path = yaml_file(tmp_path, sample) if kind == "yaml" else save(tmp_path, book_of(sheets_of(sample)))
    first = take(program, path)
    before = content(program)
    assert take(program, path).problems == first.problems == []
    assert content(program) == before


def test_the_other_way_after_the_first_changes_nothing(program: Program, tmp_path: Path) -> None:
    take(program, yaml_file(tmp_path, read_sample()))
    before = content(program)
    assert take(program, save(tmp_path, book_of(sheets_of(read_sample())))).problems == []
    assert content(program) == before


def test_columns_may_stand_in_any_order_and_further_ones_are_passed_over(program: Program, tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    order = random.Random(7)
    for title, rows in sheets_of(read_sample()).items():
        columns = list(COLUMNS[title])
        order.shuffle(columns)
        sheet = book.create_sheet(title)
        sheet.append(["备注", *[f" {column.header} " for column in columns]])
        for row in rows:
            sheet.append(["随便写", *[written(column, row.get(column.field), labels=True) for column in columns]])
    path = save(tmp_path, book)
    assert take(program, path).problems == []
    assert len(content(program)["people"]) == 22


def test_sheets_may_stand_in_any_order_and_further_ones_are_passed_over(program: Program, tmp_path: Path) -> None:
    book = book_of(sheets_of(read_sample()))
    book.move_sheet(OBSERVATIONS, -5)
    book.create_sheet("我的草稿", 0).append(["没有关系"])
    assert take(program, save(tmp_path, book)).problems == []
    assert len(content(program)["observations"]) == 5


def test_the_empty_template_brings_nothing_and_says_so(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    path.write_bytes(import_template())
    outcome = take(program, path)
    assert outcome.taken == {}
    assert len(outcome.problems) == 1
    assert all(rows == [] for rows in content(program).values()), "its examples are no rows"


def test_empty_rows_between_are_passed_over(program: Program, tmp_path: Path) -> None:
    book = book_of({AREAS: sheets_of(read_sample())[AREAS]})
    book[AREAS].insert_rows(4, 3)
    book[AREAS].append([" ", "", None])
    assert take(program, save(tmp_path, book)).problems == []
    assert len(content(program)["areas"]) == 7


def test_numbers_and_dates_as_a_spreadsheet_keeps_them(program: Program, tmp_path: Path) -> None:
    sheets = sheets_of(read_sample())
    sheets[HOUSEHOLDS] = [
        {**row, "age": float(row["age"]), "phone": int(row["phone"]) if "phone" in row else None}
        for row in sheets[HOUSEHOLDS]
    ]
    sheets[STAFF] = [{**row, "qq": float(row["qq"])} for row in sheets[STAFF]]
    sheets[OBSERVATIONS] = [
        {**row, "start": start}
        for row, start in zip(
            sheets[OBSERVATIONS],
            [datetime(2020, 2, 3), date(2020, 2, 3), "2020-02-03", "2020/02/03", " 2020-2-4 "],
            strict=True,
        )
    ]
    outcome = take(program, save(tmp_path, book_of(sheets)))
    assert [problem for problem in outcome.problems if "2020-2-4" not in problem] == []
    found = content(program)
    assert ("qq", "10001", "周敏") in found["accounts"]
    assert {row[1] for row in found["observations"][:4]} <= {"2020-02-03", "2020-02-04"}


# --- bad rows ------------------------------------------------------------------------------------------------------

BASE: Sheets = {
    AREAS: [
        {"id": "d", "level": "district", "name": "某区"},
        {"id": "s", "level": "subdistrict", "name": "某街道", "parent": "d"},
        {"id": "c", "level": "community", "name": "某社区", "parent": "s"},
        {"id": "g", "level": "grid", "name": "某网格", "parent": "c", "buildings": "1、2"},
    ],
    HOUSEHOLDS: [{"community": "某社区", "address": "1-1-101", "name": "甲"}],
}  # fmt: skip
BAD: list[tuple[str, dict[str, Any], str]] = [
    (AREAS, {"id": "x", "level": "省", "name": "某省"}, "级别"),
    (AREAS, {"id": "x", "level": "grid", "name": "某网格二", "parent": "月球"}, "月球"),
    (AREAS, {"level": "grid", "name": "某网格二", "parent": "c"}, "缺少"),
    (AREAS, {"id": "x", "level": "grid", "parent": "c"}, "缺少"),
    (AREAS, {"id": "x", "level": "community", "name": "某社区二", "parent": "s", "buildings": "3"}, "楼栋"),
    (GROUPS, {"id": "gr", "name": "群", "area": "月球", "kind": "居民"}, "月球"),
    (GROUPS, {"id": "gr", "name": "群", "area": "g", "kind": "混合"}, "混合"),
    (STAFF, {"id": "p", "name": "乙", "role": "国王", "area": "g"}, "国王"),
    (STAFF, {"id": "p", "name": "乙", "role": "楼栋长", "area": "g"}, "楼栋"),
    (STAFF, {"id": "p", "role": "网格长", "area": "g"}, "缺少"),
    (STAFF, {"id": "p", "name": "乙", "role": "网格长", "area": "月球"}, "月球"),
    (HOUSEHOLDS, {"community": "月球", "address": "1-1-102", "name": "乙"}, "月球"),
    (HOUSEHOLDS, {"community": "c", "address": "9-1-101", "name": "乙"}, "9"),
    (HOUSEHOLDS, {"community": "c", "address": "??", "name": "乙"}, "??"),
    (HOUSEHOLDS, {"community": "c", "address": "1-1-102"}, "缺少"),
    (HOUSEHOLDS, {"community": "c", "address": "1-1-102", "name": "乙", "age": "三十八"}, "三十八"),
    (HOUSEHOLDS, {"community": "c", "address": "1-1-102", "name": "乙", "age": -1}, "-1"),
    (HOUSEHOLDS, {"community": "c", "address": "1-1-102", "name": "乙", "phone": "12345"}, "手机"),
    (HOUSEHOLDS, {"community": "c", "address": "1-1-102", "name": "乙", "phone": "没有"}, "手机"),
    (HOUSEHOLDS, {"community": "c", "address": "1-1-102", "name": "乙", "tags": "会飞"}, "会飞"),
    (OBSERVATIONS, {"community": "c", "address": "1-1-101", "name": "丙", "start": "2020-02-03", "reason": "x"}, "丙"),
    (OBSERVATIONS, {"community": "c", "address": "9-9-999", "name": "甲", "start": "2020-02-03", "reason": "x"}, "9-9-999"),
    (OBSERVATIONS, {"community": "c", "address": "1-1-101", "name": "甲", "start": "昨天", "reason": "x"}, "昨天"),
    (OBSERVATIONS, {"community": "c", "address": "1-1-101", "name": "甲", "start": "2020-02-30", "reason": "x"}, "2020-02-30"),
    (OBSERVATIONS, {"community": "c", "address": "1-1-101", "name": "甲", "reason": "x"}, "起始日"),
    (OBSERVATIONS, {"community": "c", "address": "1-1-101", "name": "甲", "start": "2020-02-03", "days": "两周", "reason": "x"}, "两周"),
    (OBSERVATIONS, {"community": "c", "address": "1-1-101", "name": "甲", "start": "2020-02-03", "days": 0, "reason": "x"}, "0"),
]  # fmt: skip


@pytest.fixture(scope="module")
def good(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the good rows, and their file."""
    folder = tmp_path_factory.mktemp("good")
    (folder / "x.db").write_bytes(migrated.read_bytes())
    made = build_program(f"sqlite:///{folder / 'x.db'}", KEY, ManualClock(sample_start()), platforms=("sandbox",))
    assert take(made, save(folder, book_of(BASE))).problems == []
    made.engine.dispose()
    return folder / "x.db"


@pytest.fixture
def filled(good: Path, tmp_path: Path) -> Iterator[Program]:
    path = tmp_path / "x.db"
    path.write_bytes(good.read_bytes())
    made = build_program(f"sqlite:///{path}", KEY, ManualClock(sample_start()), platforms=("sandbox",))
    yield made
    made.engine.dispose()


@pytest.mark.parametrize(("title", "row", "word"), BAD, ids=[f"{title} {word}" for title, _, word in BAD])
def test_a_bad_row_is_named_with_sheet_and_line_and_leaves_no_trace(
    filled: Program, tmp_path: Path, title: str, row: dict[str, Any], word: str
) -> None:
    before = content(filled)
    outcome = take(filled, save(tmp_path, book_of({title: [row]}), "bad.xlsx"))
    assert len(outcome.problems) == 1
    assert f"工作表“{title}”第3行" in outcome.problems[0]
    assert word in outcome.problems[0]
    assert content(filled) == before


def test_missing_values_are_named_as_the_sheet_calls_them(filled: Program, tmp_path: Path) -> None:
    (problem,) = take(
        filled, save(tmp_path, book_of({HOUSEHOLDS: [{"community": "c", "address": "1-1-102"}]}))
    ).problems
    assert "姓名" in problem, "people see 姓名, not name"


def test_good_rows_around_a_bad_one_are_kept(program: Program, tmp_path: Path) -> None:
    rows = [{"community": "c", "address": "1-1-102", "name": name} for name in ("乙", "丙", "丁")]
    rows.insert(1, {"community": "c", "address": "9-1-101", "name": "戊"})
    sheets = {**BASE, HOUSEHOLDS: [*BASE[HOUSEHOLDS], *rows]}
    outcome = take(program, save(tmp_path, book_of(sheets)))
    assert len(outcome.problems) == 1
    assert "第5行" in outcome.problems[0]
    assert [row[0] for row in content(program)["people"]] == sorted(["甲", "乙", "丙", "丁"])
    assert outcome.taken["members"] == 4


def test_an_account_of_somebody_else_is_not_taken_away(program: Program, tmp_path: Path) -> None:
    home = {"community": "c", "address": "1-1-101", "qq": "20001"}
    take(program, save(tmp_path, book_of({**BASE, HOUSEHOLDS: [{**home, "name": "甲"}]}), "a.xlsx"))
    take(program, save(tmp_path, book_of({HOUSEHOLDS: [{**home, "address": "2-1-101", "name": "乙"}]}), "b.xlsx"))
    assert ("qq", "20001", "甲") in content(program)["accounts"]
    assert "甲" in [row[0] for row in content(program)["people"] if row[5] == "1-1-101"], "nobody moved house by it"


def home(address: str, **member: Any) -> dict[str, Any]:
    return {"community": "c", "address": address, "members": [member]}


@pytest.mark.parametrize(
    "raw",
    [
        {"households": [home("2-1-101", name="乙", qq="20001")]},
        {"households": [home("1-1-102", name="丙", qq="20001")]},
        {"households": [home("1-1-102", name="丙", id="new", qq="20001", phone="13800000009")]},
        {"staff": [{"name": "丁", "role": "网格长", "area": "g", "phone": "13800000009", "id": "bing", "qq": "20001"}]},
    ],
    ids=["another home", "another member", "one of two accounts", "staff with two people's accounts"],
)
def test_a_row_with_somebody_elses_account_leaves_nothing(filled: Program, raw: dict[str, Any]) -> None:
    homes = [home("1-1-101", name="甲", qq="20001"), home("1-1-102", name="丙", id="bing")]
    assert install(filled, plan_of({"households": homes})).problems == []
    before = content(filled)
    assert "20001" in "".join(install(filled, plan_of(raw)).problems)
    assert content(filled) == before


def test_either_account_of_a_person_finds_them_again(filled: Program) -> None:
    """Who has an account on two platforms is known by each of them, also in an import that names only one."""
    who = {"name": "乙", "role": "网格长", "area": "g"}
    assert install(filled, plan_of({"staff": [{**who, "id": "yi", "qq": "20002"}]})).problems == []
    before = content(filled)
    for account in ({"id": "yi"}, {"qq": "20002"}, {"id": "yi", "qq": "20002"}):
        assert install(filled, plan_of({"staff": [{**who, **account}]})).problems == []
        assert content(filled) == before


def test_a_missing_column_is_named(program: Program, tmp_path: Path) -> None:
    book = book_of(BASE)
    book[HOUSEHOLDS].delete_cols(3)
    outcome = take(program, save(tmp_path, book))
    assert any(HOUSEHOLDS in problem and "姓名" in problem for problem in outcome.problems)
    assert content(program)["areas"], "the other sheets are taken"


YAML_BAD: list[tuple[str, str]] = [
    ("areas: []\ncolours: [red]\n", "colours"),
    ("areas: {id: x}\n", "areas"),
    ("areas:\n- just a word\n", "areas"),
    ("households:\n- {address: 1-1-101, community: c}\n", "members"),
    ("households:\n- {address: 1-1-101, community: c, members: [word]}\n", "members"),
    ("areas:\n- {id: d, level: district, name: 某区}\n- {id: e, level: galaxy, name: x}\n", "第3行"),
]


@pytest.mark.parametrize(("raw", "word"), YAML_BAD)
def test_bad_yaml_rows_are_named_with_their_line(program: Program, tmp_path: Path, raw: str, word: str) -> None:
    (problem,) = take(program, yaml_file(tmp_path, raw)).problems
    assert word in problem


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.yaml", b"a: ["), ("x.yaml", b"- a"), ("x.yaml", b"\xff\xfe"), ("x.yml", b""), ("x.xlsx", b"no zip"), ("x.xlsx", b""),
     ("x.csv", b"a,b"), ("x", b"")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFile):
        read_file(tmp_path / name)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"none\.xlsx"):
        read_file(tmp_path / "none.xlsx")


def test_progress_is_told_row_by_row(program: Program) -> None:
    told: list[tuple[str, int, int]] = []
    install(program, plan_of(read_sample()), lambda kind, done, total: told.append((kind, done, total)))
    assert [row for row in told if row[0] == "areas"] == [("areas", n, 7) for n in range(1, 8)]


def test_a_running_program_sees_new_areas_with_the_next_message(program: Program, tmp_path: Path) -> None:
    with program.work() as work:
        assert "c" not in work.areas.by_id
    take(program, save(tmp_path, book_of(BASE)))
    with program.work() as work:
        assert "c" in work.areas.by_id


def test_phones_are_encrypted_at_rest(program: Program, tmp_path: Path) -> None:
    take(program, yaml_file(tmp_path, read_sample()))
    program.engine.dispose()
    stored = b"".join(path.read_bytes() for path in (tmp_path / "store").iterdir())
    assert b"1380000000" not in stored
    assert "张伟".encode() in stored, "the test reads the right file"
