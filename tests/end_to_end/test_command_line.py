"""The command line as a person uses it: starts that cannot be, import, doctor, parse, help."""

import json
import socket
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.app import build_app
from bot.settings import load_settings
from storage.vault import KeyProblem
from tests.end_to_end.process import (
    command,
    own_process,
    running,
    write_config,
)
from tests.end_to_end.town import private

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


def test_parse_explains_itself() -> None:
    told = json.loads(command("parse", "--explain", "我36.5没发烧，药没了能帮忙买吗").stdout)
    said = {rule["rule"]: rule for rule in told["rules"]}
    assert said["temperature.read"]["text"] == "36.5"
    assert said["symptom.fever"]["says"] == "denied fever"
    assert said["learned.help"]["because"]
    assert "learning/examples" in told["mended_in"]["learned."]
    assert told["read_as"] == "我 36.5"


def test_ask_answers_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "asked.jsonl"
    asked = [{"id": "a", "text": "口罩能戴几天"}, {"id": "b", "text": "红烧肉放几勺糖"}]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in asked), encoding="utf-8")
    answered = [json.loads(line) for line in command("ask", "--jsonl", file).stdout.splitlines()]
    assert answered == [{"id": "a", "topic": "mask_wear"}, {"id": "b", "topic": None}]
    assert "国家卫生健康委员会" in command("ask", "口罩能戴几天").stdout
    assert command("ask").returncode == 2
    file.write_text("no json", encoding="utf-8")
    assert "第1行" in command("ask", "--jsonl", file).stderr
