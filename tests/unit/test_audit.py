"""The audit log is chained: whatever is changed, removed or put in is found at the first bad entry."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community import audit
from storage.engine import Session
from tests.unit.playing import Play

AT = datetime(2020, 2, 5, tzinfo=UTC)


@pytest.fixture
def looked(play: Play) -> Play:
    """Five entries: looks, a code, a registration."""
    with play.work() as work:
        for actor_id, action, subject in (
            (4, "view", "在观 4"), (8, "view", "未报 3"), (8, "door-code", "household 3"), (5, "view", "明细 症状 0"),
            (4, "observe", "person 14"),
        ):  # fmt: skip
            audit.note(work, actor_id, action, subject)
            work.session.flush()
    assert play.count("audit") == 5
    return play


def first_broken(play: Play) -> int | None:
    with Session(play.stage.program.engine) as session:
        return audit.first_broken(session)


def change(play: Play, statement: str) -> None:
    with play.stage.program.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_an_untouched_chain_holds(looked: Play) -> None:
    assert first_broken(looked) is None


def test_an_empty_chain_holds(play: Play) -> None:
    assert play.count("audit") == 0
    assert first_broken(play) is None


@pytest.mark.parametrize("id", [1, 3, 5])
@pytest.mark.parametrize(
    "values",
    [
        "actor_id = 99", "actor_id = NULL", "action = 'nothing'", "subject = subject || '0'", "subject = ''",
        "at = '2020-02-05 09:00:00.000000'", "digest = 'x'", "previous = 'x'",
    ],
)  # fmt: skip
def test_a_changed_entry_is_found(looked: Play, id: int, values: str) -> None:
    change(looked, f"UPDATE audit SET {values} WHERE id = {id}")
    assert first_broken(looked) == id


@pytest.mark.parametrize("id", [1, 2, 4])
def test_a_removed_entry_is_found_at_the_next(looked: Play, id: int) -> None:
    change(looked, f"DELETE FROM audit WHERE id = {id}")
    assert first_broken(looked) == id + 1


def test_two_exchanged_entries_are_found(looked: Play) -> None:
    change(looked, "UPDATE audit SET id = 99 WHERE id = 2")
    change(looked, "UPDATE audit SET id = 2 WHERE id = 3")
    change(looked, "UPDATE audit SET id = 3 WHERE id = 99")
    assert first_broken(looked) == 2


def test_an_entry_put_in_is_found(looked: Play) -> None:
    change(
        looked, "INSERT INTO audit SELECT 6, at, actor_id, action, subject, previous, digest FROM audit WHERE id = 2"
    )
    assert first_broken(looked) == 6


def test_a_removed_end_is_found(looked: Play) -> None:
    """Without it, whoever can write the store can take back their own last looks unseen."""
    change(looked, "DELETE FROM audit WHERE id = 5")
    assert first_broken(looked) is not None


def test_a_change_with_a_new_digest_is_found_at_the_next(looked: Play) -> None:
    ((previous, at, actor_id, action),) = looked.rows("SELECT previous, at, actor_id, action FROM audit WHERE id = 2")
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    digest = audit.entry_digest(previous, moment, actor_id, action, "forged")
    change(looked, f"UPDATE audit SET subject = 'forged', digest = '{digest}' WHERE id = 2")
    assert first_broken(looked) == 3


def test_the_chain_goes_on_after_a_restart(looked: Play) -> None:
    looked.stage.crash()
    looked.say("wang", "/名单 在观")
    assert looked.count("audit") == 6
    assert first_broken(looked) is None


def test_what_failed_leaves_no_entry(play: Play) -> None:
    play.say("he", "/登记观察 郑洁 1-3-602 2月3日 外地返回")
    play.say("zhangwei", "/名单 在观")
    assert play.count("audit") == 0


def test_the_zone_in_which_a_moment_is_told_changes_nothing() -> None:
    there = AT.astimezone(ZoneInfo("Asia/Shanghai"))
    assert audit.entry_digest("", AT, 1, "view", "x") == audit.entry_digest("", there, 1, "view", "x")


FIELDS = st.tuples(
    st.text(max_size=8), st.one_of(st.none(), st.integers(0, 99)), st.text(max_size=8), st.text(max_size=8)
)


@given(FIELDS, FIELDS)
def test_different_entries_have_different_digests(
    one: tuple[str, int | None, str, str], other: tuple[str, int | None, str, str]
) -> None:
    def digest(entry: tuple[str, int | None, str, str]) -> str:
        return audit.entry_digest(entry[0], AT, entry[1], entry[2], entry[3])

    if not any("\x1f" in str(part) for part in (*one, *other)):
        assert (digest(one) == digest(other)) == (one == other)
