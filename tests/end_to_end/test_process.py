"""The program as a process: started, spoken to over its endpoints, killed, stopped; and the other commands."""

import io
import json
import signal
import socket
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook
from PIL import Image

from bot.app import build_app
from bot.settings import load_settings
from storage.vault import KeyProblem
from tests.end_to_end.process import (
    API,
    Listener,
    Running,
    command,
    forward,
    history,
    own_process,
    running,
    say,
    texts,
    write_config,
)
from tests.end_to_end.town import private

REMINDED = "上午的体温"


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Running]:
    with running(write_config(tmp_path)) as started:
        yield started


@pytest.fixture
def client(program: Running) -> Iterator[httpx.Client]:
    with program.client() as client:
        yield client


# --- the sandbox, over its endpoints ------------------------------------------------------------------------------


def test_the_page_and_its_health_answer(program: Running, client: httpx.Client) -> None:
    assert client.get("/healthz").text == "ok"
    page = client.get("/").raise_for_status()
    assert "张伟" in page.text
    assert any("请用浏览器打开" in line and program.address in line for line in program.lines)
    state = client.get(f"{API}/state").json()
    assert state["now"].startswith("2020-02-05T08:00")
    assert {group["id"] for group in state["groups"]} >= {"g-xf1", "g-xf-work"}


def test_a_day_in_the_sandbox(program: Running, client: httpx.Client) -> None:
    page = Listener(program)
    say(client, "zhangwei", "36.5，没有不舒服")
    page.next("bubble", by="zhangwei")
    page.next("bubble", by=None, viewer="zhangwei")  # the greeting
    page.next("bubble", by=None, viewer="zhangwei")
    assert "已登记" in texts(client, "zhangwei")[-1]

    forward(client, "08:10")
    assert forward(client, "09:00").startswith("2020-02-05T09:00")
    page.next("bubble", by=None, viewer="wuhao")
    assert sum(REMINDED in text for text in texts(client, "wuhao")) == 1
    names = next(text for text in texts(client, "zhangwei") if REMINDED in text)
    assert "李梅" in names
    assert "张伟" not in names

    forward(client, "18:00")
    draft = next(text for text in texts(client, "wang") if "日报草稿" in text)
    assert "应报4人" in draft
    assert "零报告（缺报3人）" in draft

    forward(client, "19:00")
    said = history(client, "chen", "g-xf-work")
    assert any("【日报】幸福里社区" in bubble["text"] for bubble in said)
    files = {bubble["file"]["kind"]: bubble["file"] for bubble in said if bubble["file"]}
    assert set(files) == {"png", "xlsx"}
    picture = client.get(f"{API}/files/{files['png']['id']}").raise_for_status()
    assert picture.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(picture.content)) as image:
        image.load()
        assert image.width > 300
    workbook = client.get(f"{API}/files/{files['xlsx']['id']}").raise_for_status()
    cells = {cell for sheet in load_workbook(io.BytesIO(workbook.content)) for row in sheet.values for cell in row}
    assert {"李梅", "冯宇"} <= cells

    client.post(f"{API}/reset").raise_for_status()
    page.next("reset")
    assert history(client, "zhangwei") == []
    assert client.get(f"{API}/state").json()["now"].startswith("2020-02-05T08:00")
    say(client, "zhangwei", "36.8")
    assert forward(client, "09:00").startswith("2020-02-05T09:00")
    assert "已登记：张伟 36.8" in "".join(texts(client, "zhangwei"))


def test_the_first_round_after_the_first_start_is_not_missed(tmp_path: Path) -> None:
    """Somebody opens the page and presses 09:00 at once, before the program has looked at its clock."""
    app = build_app(load_settings(write_config(tmp_path)))
    app.program.clock.set(datetime.fromisoformat("2020-02-05T09:00:00+08:00"))
    asked = [row for row in app.program.tick() if REMINDED in row.text]
    app.program.engine.dispose()
    app.store.close()
    assert len(asked) == 3


def test_the_clock_only_moves_forward(client: httpx.Client) -> None:
    forward(client, "09:00")
    refused = client.post(f"{API}/clock", json={"to": "2020-02-05T08:30"})
    assert refused.status_code == 409
    assert refused.json()["message"]


def test_an_unknown_person_is_refused_and_nothing_is_stored(client: httpx.Client) -> None:
    answer = client.post(f"{API}/say", json={"who": "nobody", "where": "private", "text": "36.5"})
    assert answer.status_code == 409
    assert all(history(client, who) == [] for who in ("zhangwei", "wang"))


# --- killed, and started again ------------------------------------------------------------------------------------


def test_after_a_kill_everything_is_there_and_nothing_is_said_twice(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    with running(config) as first, first.client() as client:
        say(client, "zhangwei", "36.5")
        say(client, "fengyu", "38.1 咳嗽")
        forward(client, "09:00")
        before = {who: history(client, who) for who in ("zhangwei", "fengyu", "wuhao", "liu", "zhao")}
        assert any("发热警报" in bubble["text"] for bubble in before["liu"])
        first.kill()
    with running(config) as second, second.client() as client:
        assert client.get(f"{API}/state").json()["now"] >= "2020-02-05T09:00"
        assert {who: history(client, who) for who in before} == before
        say(client, "liu", "收到 1")
        forward(client, "09:30")
        assert any("已接手 #1" in text for text in texts(client, "liu"))
        assert sum(REMINDED in text for text in texts(client, "wuhao")) == 1
        forward(client, "10:00")
        assert sum(REMINDED in text for text in texts(client, "wuhao")) == 2


def test_killed_in_the_middle_of_a_burst_nothing_taken_is_lost(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    with running(config) as first, first.client() as client:
        for number in range(10):
            say(client, "zhangwei", f"36.{number}")
        first.kill()
    with running(config) as second, second.client() as client:
        forward(client, "08:30")
        said = history(client, "zhangwei")
        assert [bubble["text"] for bubble in said if bubble["who"]] == [f"36.{number}" for number in range(10)]
        receipts = [text for text in texts(client, "zhangwei") if "已登记" in text]
        assert [number for number in range(10) if sum(f"36.{number}" in text for text in receipts) != 1] == []
        client.get("/healthz").raise_for_status()


def test_a_clock_that_ran_on_its_own_is_kept_over_a_kill(tmp_path: Path) -> None:
    """Nothing moved it by hand: what was said last may not lie in its future after a start."""
    config = write_config(tmp_path)
    with running(config) as first, first.client() as client:
        say(client, "zhangwei", "36.5")
        time.sleep(2.5)  # lets the sandbox clock run: it is what is tested
        say(client, "zhangwei", "36.6")
        last = max(bubble["at"] for bubble in history(client, "zhangwei"))
        first.kill()
    with running(config) as second, second.client() as client:
        assert client.get(f"{API}/state").json()["now"] >= last


# --- stopped ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly(program: Running, number: signal.Signals) -> None:
    assert program.stop(number) == 0
    assert "Traceback" not in "".join(program.lines)


def test_it_stops_cleanly_under_an_open_page(program: Running, client: httpx.Client) -> None:
    page = Listener(program)
    say(client, "zhangwei", "36.5")
    page.next("bubble", by="zhangwei")
    assert program.stop() == 0
    assert page.ended.wait(5)
    assert "Traceback" not in "".join(program.lines)


def test_a_second_ctrl_c_does_no_harm(program: Running) -> None:
    Listener(program)
    program.process.send_signal(signal.SIGINT)
    program.wait_for("program.stopping")
    assert program.stop() == 0
    assert "Traceback" not in "".join(program.lines)


def test_the_clock_is_kept_over_a_clean_stop(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    with running(config) as first, first.client() as client:
        forward(client, "17:30")
        assert first.stop() == 0
    with running(config) as second, second.client() as client:
        assert client.get(f"{API}/state").json()["now"] >= "2020-02-05T17:30"


# --- starts that cannot be ----------------------------------------------------------------------------------------


def test_a_port_in_use_is_said_plainly(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    with running(config) as first:
        second = own_process("run", "--config", config)
        assert second.returncode == 2
        assert "端口" in second.stderr
        assert "Traceback" not in second.stderr
        with first.client() as client:
            assert client.get("/healthz").text == "ok"


def test_a_onebot_port_in_use_is_said_plainly(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        part = {"onebot": {"port": taken.getsockname()[1]}}
        config = write_config(tmp_path, sandbox={"enabled": False}, platforms=part)
        started = own_process("run", "--config", config, LIANFANG_ONEBOT_TOKEN="t")
    assert started.returncode == 2
    assert "端口" in started.stderr
    assert "Traceback" not in started.stderr


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        ({"web": {"prot": 8020}}, "web.prot"),
        ({"web": {"port": 0}}, "web.port"),
        ({"community": {"zone": "Mars/Base"}}, "community.zone"),
        ({"comunity": {}}, "comunity"),
        ({"secrets": {"key": "x"}}, "secrets"),
        ({"community": {"rules": {"fever_treshold": 37}}}, "fever_treshold"),
        ({"community": {"rules": {"nag_at": [540, 1020]}}}, "nag_at"),
        ({"community": {"rule_pack": "nothing"}}, "nothing"),
        ({"sandbox": {"sample": "no/such/sample.yaml"}}, "sample"),
        ({"store": {"url": "nothing://"}}, "store.url"),
        ({"sandbox": {"enabled": False}, "platforms": {"onebot": {}}}, "LIANFANG_ONEBOT_TOKEN"),
        ({"platforms": {"onebot": {}}}, "sandbox.enabled"),
    ],
)
def test_a_bad_configuration_exits_2_with_the_key(tmp_path: Path, parts: dict[str, object], key: str) -> None:
    answer = command("run", "--config", write_config(tmp_path, **parts))
    assert answer.returncode == 2, answer.stderr
    assert key in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("text", ["web: [", "just words", "\x00", "- a\n- b\n"])
def test_a_file_that_is_no_configuration_exits_2(tmp_path: Path, text: str) -> None:
    config = tmp_path / "tmp.yaml"
    config.write_text(text, encoding="utf-8")
    answer = command("run", "--config", config)
    assert (answer.returncode, "tmp.yaml" in answer.stderr, "Traceback" in answer.stderr) == (2, True, False)


def test_no_configuration_exits_2(tmp_path: Path) -> None:
    answer = command("run", "--config", tmp_path / "none.yaml")
    assert answer.returncode == 2
    assert "none.yaml" in answer.stderr


def test_a_wrong_key_exits_2_plainly(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    (tmp_path / "key").write_text("not base64!", encoding="ascii")
    answer = command("run", "--config", config)
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr


def test_a_store_of_another_key_is_refused_at_the_start(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    written = build_app(load_settings(config))
    written.program.handle([private("zhangwei", "36.5", 1)])
    written.program.engine.dispose()
    written.store.close()
    (tmp_path / "key").unlink()
    with pytest.raises(KeyProblem):
        build_app(load_settings(config))


# --- the other commands -------------------------------------------------------------------------------------------


def test_template_import_doctor(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    template = tmp_path / "模板.xlsx"
    written = command("import", "--template", template, "--config", config)
    assert written.returncode == 0
    assert "lianfang import" in written.stdout
    assert load_workbook(template).sheetnames

    sample = Path(__file__).parents[2] / "content" / "demo" / "sample.yaml"
    first = command("import", sample, "--config", config)
    assert (first.returncode, first.stderr.strip()) == (0, "")
    assert "住户" in first.stdout
    again = command("import", sample, "--config", config)
    assert again.returncode == 0

    looked = command("doctor", "--config", config)
    assert looked.returncode == 0, looked.stdout
    assert "8 户" in looked.stdout
    assert "有问题" not in looked.stdout


def test_a_bad_row_is_named_and_the_good_ones_are_kept(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    file = tmp_path / "小区.yaml"
    file.write_text(
        "areas:\n"
        "- {id: qu, level: district, name: 测试区}\n"
        "- {id: jd, level: subdistrict, name: 测试街道, parent: qu}\n"
        "- {id: xingfu, level: community, name: 测试社区, parent: jd}\n"
        "- {id: g1, level: grid, name: 一网格, parent: xingfu, buildings: ['1']}\n"
        "staff:\n"
        "- {id: l1, qq: 5001, name: 王一, role: 国王, area: g1}\n"
        "households:\n"
        "- {address: 1-1-101, community: xingfu, members: [{name: 李一, age: 30}]}\n"
        "- {address: 1-1-102, community: nowhere, members: [{name: 李二, age: 30}]}\n",
        encoding="utf-8",
    )
    answer = command("import", file, "--config", config)
    assert answer.returncode == 1
    assert "第7行" in answer.stderr
    assert "第10行" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert "1 户" in command("doctor", "--config", config).stdout


@pytest.mark.parametrize(("name", "content"), [("x.xlsx", b"no zip"), ("x.yaml", b"\xff\xfe"), ("x.doc", b"")])
def test_an_unreadable_file_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    answer = command("import", tmp_path / name, "--config", write_config(tmp_path))
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr
    assert answer.stderr.strip()


def test_import_of_a_missing_file_or_none_at_all(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    assert command("import", tmp_path / "没有.xlsx", "--config", config).returncode == 2
    none = command("import", "--config", config)
    assert none.returncode == 2
    assert "--template" in none.stderr


def test_template_into_a_missing_folder_is_said_plainly(tmp_path: Path) -> None:
    answer = command("import", "--template", tmp_path / "no" / "模板.xlsx", "--config", write_config(tmp_path))
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr


def test_doctor_names_what_is_wrong(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    looked = command("doctor", "--config", config)  # nothing was imported: the default area is unknown
    assert looked.returncode == 1
    assert "有问题 默认区域" in looked.stdout
    (tmp_path / "key").write_text("damaged", encoding="ascii")
    looked = command("doctor", "--config", config)
    assert looked.returncode == 1
    assert "密钥" in looked.stdout
    assert "Traceback" not in looked.stderr


def test_parse_answers_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "asked.jsonl"
    asked = [{"id": "a", "text": "36.5"}, {"id": "b", "text": "老婆38.1"}]
    file.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in asked) + "\n", encoding="utf-8")
    answer = command("parse", "--jsonl", file)
    assert answer.returncode == 0, answer.stderr
    assert [json.loads(line)["id"] for line in answer.stdout.splitlines()] == ["a", "b"]
    assert "38.1" in command("parse", "老婆38.1").stdout


@pytest.mark.parametrize("bad", ["{no json", "[]", "3", '{"id": 1}', '{"id": 1, "text": 5}', '"x"'])
def test_parse_names_a_bad_line(tmp_path: Path, bad: str) -> None:
    file = tmp_path / "asked.jsonl"
    file.write_text('{"id": "a", "text": "36.5"}\n' + bad + "\n", encoding="utf-8")
    answer = command("parse", "--jsonl", file)
    assert answer.returncode == 2, answer.stdout + answer.stderr
    assert "第2行" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_script_answers_as_a_process() -> None:
    answer = own_process("--help")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "例：lianfang run" in answer.stdout


def test_parse_counts_lines_of_the_file(tmp_path: Path) -> None:
    """An empty line is passed over, and still counts: people look for the line in their editor."""
    file = tmp_path / "asked.jsonl"
    file.write_text('\n\n{"id": "a", "text": "36.5"}\n\n{no json\n', encoding="utf-8")
    assert "第5行" in command("parse", "--jsonl", file).stderr


def test_parse_without_a_file_or_text(tmp_path: Path) -> None:
    assert command("parse").returncode == 2
    missing = command("parse", "--jsonl", tmp_path / "none.jsonl")
    assert missing.returncode == 2
    assert "Traceback" not in missing.stderr
    (tmp_path / "gbk.jsonl").write_bytes('{"id": 1, "text": "体温"}'.encode("gbk"))
    garbled = command("parse", "--jsonl", tmp_path / "gbk.jsonl")
    assert garbled.returncode == 2
    assert "Traceback" not in garbled.stderr


@pytest.mark.parametrize("name", ["", "run", "import", "parse", "doctor"])
def test_help_shows_an_example(name: str) -> None:
    answer = command(*([name] if name else []), "--help")
    assert answer.returncode == 0
    assert "例：lianfang" in answer.stdout
