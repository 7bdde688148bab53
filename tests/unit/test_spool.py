"""The file of messages that wait for a store that is away: encrypted, in order, whole, and never in the way."""

import base64
import errno
import os
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.messages import Chat, ChatKind, Inbound, Sender
from bot.spool import Spool
from storage.vault import KEY_BYTES, Vault
from tests.unit.playing import KEY

NOON = datetime(2020, 2, 5, 4, tzinfo=UTC)


def opened(key: bytes = KEY) -> Vault:
    vault = Vault()
    vault.unlock(key)
    return vault


def said(number: int, text: str = "张伟 36.5，没有症状") -> Inbound:
    return Inbound("10001", f"m{number}", Chat("qq", ChatKind.GROUP, "30001"), Sender("20001", "张伟"), text, NOON)


def numbers(spool: Spool, most: int = 100) -> list[str]:
    return [spooled.inbound.message_id for spooled in spool.take(most)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "inbound.spool"


@pytest.fixture
def spool(path: Path) -> Spool:
    return Spool(path, opened())


INBOUND = st.builds(
    Inbound,
    account=st.text(),
    message_id=st.text(),
    chat=st.builds(Chat, st.text(), st.sampled_from(ChatKind), st.text()),
    sender=st.builds(Sender, st.text(), st.text(), st.booleans()),
    text=st.text(st.characters()),  # lone surrogates and line ends among them
    at=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))])),
    reply_to=st.none() | st.text(),
    mentions_bot=st.booleans(),
    images=st.lists(st.text()).map(tuple),
)


@given(messages=st.lists(INBOUND, min_size=1))
def test_a_message_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, messages: list[Inbound]) -> None:
    path = tmp_path_factory.mktemp("spool") / "spool"
    assert Spool(path, opened(), flush=lambda _: None).put(messages) == len(messages)
    again = Spool(path, opened())
    again.look()
    assert [spooled.inbound for spooled in again.take(len(messages) + 1)] == messages


def test_nothing_is_touched_before_something_is_put(spool: Spool, path: Path) -> None:
    assert spool.look() == spool.holds == 0
    assert not path.parent.exists()


def test_nobody_can_read_it(spool: Spool, path: Path) -> None:
    spool.put([said(1, "张伟 36.5，电话13800000001，救命")])
    line = path.read_bytes()
    for written in (line, base64.b64decode(line)):
        for secret in ("张伟", "36.5", "13800000001", "救命", "20001", "30001", "message_id"):
            assert secret.encode() not in written
            assert secret.encode("unicode_escape") not in written
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_on_the_disk_when_put_returns_and_flushed_once_for_all(path: Path) -> None:
    flushed: list[int] = []

    def flush(handle: int) -> None:
        flushed.append(stat.S_ISDIR(os.fstat(handle).st_mode) or os.fstat(handle).st_size)

    spool = Spool(path, opened(), flush=flush)
    spool.put([said(number) for number in range(100)])
    assert flushed == [path.stat().st_size, True]  # the lines, and the name of the file
    spool.put([said(100)])
    assert flushed[2:] == [path.stat().st_size]


def test_it_is_played_in_order_and_then_gone(spool: Spool, path: Path) -> None:
    spool.put([said(1), said(2), said(3)])
    assert numbers(spool, 2) == ["m1", "m2"]
    assert numbers(spool, 2) == ["m1", "m2"]  # not stored: again
    spool.done()
    spool.put([said(4)])
    assert numbers(spool, 2) == ["m3", "m4"]
    assert path.exists()
    spool.done()
    assert not path.exists()
    assert spool.holds == 0
    spool.put([said(5)])
    assert numbers(spool) == ["m5"]


def test_after_a_crash_in_the_middle_it_is_played_from_the_beginning(spool: Spool, path: Path) -> None:
    spool.put([said(1), said(2)])
    numbers(spool, 1)
    spool.done()
    again = Spool(path, opened())
    assert again.look() == path.stat().st_size
    assert numbers(again) == ["m1", "m2"]


@pytest.mark.parametrize("kept", [1, 10, -1])
def test_a_torn_last_line_is_passed_over_and_does_not_grow_together_with_the_next(
    spool: Spool, path: Path, kept: int
) -> None:
    spool.put([said(1)])
    whole = path.stat().st_size
    spool.put([said(2)])
    second = path.read_bytes()[whole:]
    path.write_bytes(path.read_bytes()[:whole] + second[:kept])
    again = Spool(path, opened())
    with capture_logs() as logs:
        again.look()
    assert logs == [{"event": "spool.torn", "log_level": "warning", "bytes": len(second[:kept])}]
    assert again.put([said(3)]) == 1
    assert numbers(again) == ["m1", "m3"]
    assert not again.broken.exists()


def test_a_long_torn_line_alone_leaves_nothing(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"x" * 200_000)
    spool = Spool(path, opened())
    assert spool.look() == 0
    spool.put([said(1)])
    assert numbers(spool) == ["m1"]


@pytest.mark.parametrize("damage", ["bit", "letters", "key", "text", "empty"])
def test_a_broken_line_is_set_aside_and_holds_up_nothing(spool: Spool, path: Path, damage: str) -> None:
    spool.put([said(1), said(2), said(3)])
    first, second, third = path.read_bytes().splitlines(keepends=True)
    other = Spool(path.with_name("other"), opened(bytes(KEY_BYTES)))
    other.put([said(2)])
    broken = {
        "bit": second[:40] + bytes([second[40] ^ 1]) + second[41:],
        "letters": "张伟\n".encode(),
        "key": path.with_name("other").read_bytes(),
        "text": opened().encrypt("{}").hex().encode() + b"\n",
        "empty": b"\n",
    }[damage]
    path.write_bytes(first + broken + third)
    again = Spool(path, opened())
    again.look()
    assert numbers(again) == numbers(again) == ["m1", "m3"]
    assert again.broken.read_bytes() == broken  # once, however often the store was away meanwhile
    again.done()
    assert not path.exists()


def test_a_line_that_cannot_be_set_aside_takes_the_whole_file_along(spool: Spool, path: Path) -> None:
    spool.put([said(1)])
    path.write_bytes(b"broken\n" + path.read_bytes())
    written = path.read_bytes()
    again = Spool(path, opened(), flush=_fail)
    again.look()
    path.with_name(f"{path.name}.broken.1").write_bytes(b"earlier")
    assert numbers(again) == ["m1"]
    again.done()
    assert path.with_name(f"{path.name}.broken.2").read_bytes() == written
    assert not path.exists()


def _fail(_handle: int) -> None:
    raise OSError(errno.ENOSPC, "full")


def test_what_is_refused_is_kept_for_a_person(spool: Spool, path: Path) -> None:
    spool.put([said(1), said(2)])
    spool.set_aside(spool.take(2)[1:])
    spool.done()
    path.write_bytes(spool.broken.read_bytes())
    again = Spool(path, opened())
    again.look()
    assert numbers(again) == ["m2"]


def test_a_file_that_cannot_be_read_is_put_aside_whole(spool: Spool, path: Path) -> None:
    spool.put([said(1)])
    written = path.read_bytes()
    spool.shelve()
    assert path.with_name(f"{path.name}.broken.1").read_bytes() == written
    assert spool.holds == 0
    spool.put([said(2)])
    assert numbers(spool) == ["m2"]


def test_it_takes_as_many_as_there_is_room_for(path: Path) -> None:
    line = len(Spool(path, opened())._line(said(1)))
    spool = Spool(path, opened(), limit=3 * line)
    assert spool.put([said(1)]) == 1
    assert spool.put([said(2), said(3), said(4), said(5)]) == 2
    assert spool.put([said(6)]) == 0
    assert path.stat().st_size == 3 * line
    assert numbers(spool) == ["m1", "m2", "m3"]
    spool.done()
    assert spool.put([said(4)]) == 1


def test_after_a_disk_that_was_full_half_a_line_is_no_line(path: Path) -> None:
    full = [True]

    def flush(handle: int) -> None:
        if full[0]:
            os.ftruncate(handle, os.fstat(handle).st_size - 10)
            _fail(handle)

    spool = Spool(path, opened(), flush=flush)
    for _ in range(2):
        with pytest.raises(OSError, match="full"):
            spool.put([said(1), said(2)])
        assert spool.holds == 0
    full[0] = False
    spool.put([said(3)])
    assert numbers(spool) == ["m3"]
    assert len(path.read_bytes().splitlines()) == 1


def test_nothing_is_written_over_what_could_not_be_looked_at(
    spool: Spool, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool.put([said(1)])
    again = Spool(path, opened())
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", lambda *_args: _fail(0))
        for attempt in (again.look, lambda: again.put([said(2)])):
            with pytest.raises(OSError, match="full"):
                attempt()
    assert again.put([said(2)]) == 1
    assert numbers(again) == ["m1", "m2"]


@pytest.mark.parametrize("left", [0, 10])
def test_somebody_who_shortens_the_file_does_not_make_holes_in_it(spool: Spool, path: Path, left: int) -> None:
    spool.put([said(1), said(2)])
    numbers(spool, 1)
    spool.done()
    os.truncate(path, left)
    with pytest.raises(OSError, match="shorter"):
        spool.take(1)
    spool.put([said(3)])
    assert b"\0" not in path.read_bytes()
    assert numbers(spool) == ["m3"]


def test_clearing_forgets_everything(spool: Spool, path: Path) -> None:
    spool.clear()
    spool.put([said(1)])
    spool.clear()
    assert not path.exists()
    assert spool.holds == 0
