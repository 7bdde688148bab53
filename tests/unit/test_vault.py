"""The key: made once with mode 0600; what it encrypted can be read with it alone, and changing one byte is noticed."""

import base64
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from bot.doctor import examine
from bot.settings import load_settings
from storage.engine import Session
from storage.queries import health, records
from storage.tables import Person
from storage.types import SecretText
from storage.vault import KEY_BYTES, KeyProblem, Vault, decode_key, read_or_make_key, vault
from tests.unit.playing import KEY, Play, person


def opened(key: bytes = KEY) -> Vault:
    found = Vault()
    found.unlock(key)
    return found


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_is_encrypted_comes_back(text: str) -> None:
    assert opened().decrypt(opened().encrypt(text)) == text


def test_a_lone_surrogate_does_not_break_it() -> None:
    assert opened().decrypt(opened().encrypt("体温\ud800")).startswith("体温")


def test_nothing_can_be_read_and_nothing_compared() -> None:
    one, other = opened().encrypt("13800000001"), opened().encrypt("13800000001")
    assert one != other
    assert b"13800000001" not in one


@pytest.mark.parametrize("at", [0, 11, 12, 15, -16, -1])
def test_one_changed_byte_is_noticed(at: int) -> None:
    stored = bytearray(opened().encrypt("13800000001"))
    stored[at] ^= 1
    with pytest.raises(KeyProblem):
        opened().decrypt(bytes(stored))


@pytest.mark.parametrize("length", [0, 1, 11, 12, 27, 38])
def test_what_was_cut_off_is_noticed(length: int) -> None:
    with pytest.raises(KeyProblem):
        opened().decrypt(opened().encrypt("13800000001")[:length])


def test_another_key_reads_nothing_and_finds_nothing() -> None:
    other = opened(bytes(KEY_BYTES))
    with pytest.raises(KeyProblem, match="another key"):
        other.decrypt(opened().encrypt("x"))
    assert other.lookup("13800000001") != opened().lookup("13800000001")


def test_equal_numbers_are_found_again() -> None:
    assert opened().lookup("13800000001") == opened().lookup("13800000001")
    assert opened().lookup("13800000001") != opened().lookup("13800000002")
    assert "13800000001" not in opened().lookup("13800000001")


def test_a_locked_vault_does_nothing() -> None:
    for call in (lambda: Vault().encrypt("x"), lambda: Vault().decrypt(b"x" * 40), lambda: Vault().lookup("x")):
        with pytest.raises(KeyProblem, match="locked"):
            call()


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(KeyProblem, match="32"):
        Vault().unlock(bytes(length))


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_a_key_file_is_made_for_its_owner_alone(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "data" / "key"
    before = os.umask(umask)
    try:
        key = read_or_make_key(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(key) == KEY_BYTES
    assert read_or_make_key(path) == key, "made once"


def test_two_installations_have_two_keys(tmp_path: Path) -> None:
    assert read_or_make_key(tmp_path / "a") != read_or_make_key(tmp_path / "b")


@pytest.mark.parametrize("text", ["not base64!", "钥匙", "AAA", "AAAA====A"])
def test_a_key_that_is_no_base64_is_refused(text: str) -> None:
    with pytest.raises(KeyProblem):
        decode_key(text)


@pytest.mark.parametrize("content", [b"not base64!\n", b"\xff\xfe\n", "钥匙\n".encode(), b"", b"AAAA\n"])
def test_a_spoilt_key_file_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(KeyProblem):
        Vault().unlock(read_or_make_key(path))
    assert path.read_bytes() == content


def test_the_key_of_the_environment_may_end_with_a_line_break() -> None:
    assert decode_key(base64.b64encode(KEY).decode() + "\n") == KEY


# --- the store -----------------------------------------------------------------------------------------------------


def test_a_store_read_with_another_key_says_so(play: Play) -> None:
    vault.unlock(bytes(KEY_BYTES))
    try:
        with Session(play.stage.program.engine) as session, pytest.raises((KeyProblem, StatementError)):
            session.get(Person, 2)
    finally:
        vault.unlock(KEY)


def test_the_doctor_notices_another_key(play: Play) -> None:
    """The store was written with one key and is started with another: the doctor must not call it well."""
    play.stage.program.engine.dispose()
    config = play.stage.folder / "config.yaml"
    config.write_text(f"store: {{url: 'sqlite:///{play.file()}'}}\n", encoding="utf-8")
    wrong = {"LIANFANG_KEY": base64.b64encode(bytes(KEY_BYTES)).decode()}
    try:
        findings = examine(load_settings(config, wrong))
    finally:
        vault.unlock(KEY)
    (said,) = [finding for finding in findings if finding.what == "密钥"]
    assert not said.well
    assert "不是写这个数据库的" in said.words
    assert not [finding for finding in findings if finding.what == "数据库"], "nothing is wrong with the disk"


def test_phones_and_words_cannot_be_read_in_the_file(play: Play) -> None:
    secrets = ("13800000001", "13812345678", "头很晕想找人说说话", "买菜的事麻烦了")
    play.say("zhangwei", f"{secrets[2]}，电话{secrets[1]}")
    play.say("wang", f"/回复 1 {secrets[3]}")
    play.say("x-new", f"/绑定 3-2-502 王大爷 {secrets[1]}")
    play.stage.program.engine.dispose()
    stored = b"".join(path.read_bytes() for path in sorted(play.stage.folder.iterdir()) if path.is_file())
    for secret in secrets:
        assert secret.encode() not in stored
        assert secret.encode("utf-16-le") not in stored
        assert base64.b64encode(secret.encode()) not in stored
        assert secret.encode("unicode_escape") not in stored


def test_reasons_labels_and_reports_cannot_be_read_in_the_file(play: Play) -> None:
    """Nor whom a text named, why somebody is observed, and the lines behind a report's figures."""
    reason = "接触了确诊的小舅子"
    play.say("wang", f"/登记观察 孙大爷 3-1-101 2月3日 {reason}")
    play.say("zhangwei", "我妈38.2")
    play.clock("2020-02-05T19:05")
    with play.work() as work:
        labels = [checkin.label for checkin, *_ in health.checkins_on(work.session, [("xf1", None)], work.today)]
        report = records.latest_report(work.session, "xf1", work.today)
        reasons = [row.reason for row in health.observations_of(work.session, person(work, "孙大爷").id or 0)]
    assert (labels, reasons) == (["母亲"], [reason])
    assert report is not None
    assert "母亲" in str(report.content)
    assert all(isinstance(row, bytes) for (row,) in play.rows("SELECT content FROM daily_report"))
    assert all(isinstance(cell, bytes) for row in play.rows("SELECT label, place FROM matter") for cell in row)
    play.stage.program.engine.dispose()
    stored = b"".join(path.read_bytes() for path in sorted(play.stage.folder.iterdir()) if path.is_file())
    for secret in (reason, "母亲"):
        assert secret.encode() not in stored
        assert secret.encode("unicode_escape") not in stored


def test_an_empty_text_costs_no_encryption() -> None:
    kept = SecretText().process_bind_param("", None)  # type: ignore[arg-type]
    assert kept == b""
    assert SecretText().process_result_value(kept, None) == ""  # type: ignore[arg-type]
