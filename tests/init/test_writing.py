"""What stands in the folder afterwards, and what does not: all or nothing, and never over what was there."""

import stat
from pathlib import Path

import pytest
import yaml

from bot.doctor import examine
from bot.init import writing
from bot.settings import load_settings
from tests.init.setting_up import STAFF, TOWN, codes, everything, init, telegram

NOWHERE = "http://127.0.0.1:9/bot"
TOKEN = "7000001:s3cret-AAfq9-long"
LINE = telegram(NOWHERE, TOKEN, "否")
WHOLE = (*TOWN, *STAFF, *LINE)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_everything_is_written_with_the_answers_in_it(tmp_path: Path) -> None:
    done = init(*WHOLE, "是", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert everything(tmp_path) == ["config.yaml", "data", "data/key", "data/lianfang.db", "secrets.env"]
    settings = load_settings(tmp_path / "config.yaml", {"LIANFANG_TELEGRAM_TOKEN": TOKEN})
    assert settings.platforms.telegram is not None
    assert settings.platforms.telegram.base_url == NOWHERE
    assert settings.store_file == tmp_path / "data" / "lianfang.db"
    assert not settings.sandbox.enabled
    assert load_settings(tmp_path / "config.yaml").secrets.telegram_token == TOKEN


def test_secrets_are_for_the_owner_alone_and_never_shown(tmp_path: Path) -> None:
    done = init(*WHOLE, "是", folder=tmp_path)
    assert [mode(tmp_path / name) for name in ("secrets.env", "data/key", "data")] == [0o600, 0o600, 0o700]
    key = (tmp_path / "data" / "key").read_text(encoding="utf-8").strip()
    shown = done.stdout + done.stderr + (tmp_path / "config.yaml").read_text(encoding="utf-8")
    assert TOKEN in (tmp_path / "secrets.env").read_text(encoding="utf-8")
    assert TOKEN not in shown
    assert key not in shown


def test_the_doctor_misses_nothing_but_the_platform(tmp_path: Path) -> None:
    init(*WHOLE, "是", folder=tmp_path)
    findings = examine(load_settings(tmp_path / "config.yaml"))
    assert [finding.what for finding in findings if not finding.well] == ["Telegram"]
    assert {"数据库", "密钥", "审计链", "默认区域"} <= {finding.what for finding in findings if finding.well}


def test_what_to_do_next_is_said_for_this_community(tmp_path: Path) -> None:
    done = init(*WHOLE, "是", folder=tmp_path / "新的 文件夹")
    assert list(codes(done.stdout)) == ["王芳", "陈静"]
    for words in (
        "/绑定群 幸福里第二网格 居民",
        "由陈静在那个群里发：/绑定群 幸福里社区 工作",
        "/setprivacy",
        "docs/platforms.md",
    ):
        assert words in done.stdout
    assert f"lianfang run --config '{tmp_path}/新的 文件夹/config.yaml'" in done.stdout


def test_a_wrong_answer_is_asked_again_with_what_is_allowed(tmp_path: Path) -> None:
    done = init(
        "", "临江区", "临江区", "清河街道", "幸福里社区", "看情况", "1-4", "4", "5,6", "", "王 芳", "王芳", "三", "2",
        "陈静", "", "", "微博", "telegram", "telegram.org", NOWHERE, "", "123", TOKEN, "也许", "否", "", "是", folder=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    for words in (
        "这一项要写", "上面已经有“临江区”了", "“看情况”看不懂", "4 栋写了两次", "姓名要 2 到 20 个字", "1 到 2 之间", "1 到 3 之间",
        "以 /bot 结尾", "这不像 @BotFather 给的令牌", "请写“是”或“否”",
    ):  # fmt: skip
        assert words in done.stdout


@pytest.mark.parametrize("known", range(len(WHOLE) + 1))
def test_the_end_of_the_answers_leaves_nothing_behind(tmp_path: Path, known: int) -> None:
    done = init(*WHOLE[:known], folder=tmp_path, end="\n" if known else "")
    assert (done.returncode, done.stderr.strip()) == (1, "停下了，什么都没有写。")
    assert everything(tmp_path) == []


def test_no_at_the_end_writes_nothing(tmp_path: Path) -> None:
    done = init(*WHOLE, "否", folder=tmp_path / "new")
    assert (done.returncode, done.stderr.strip()) == (1, "停下了，什么都没有写。")
    assert "请看一遍" in done.stdout
    assert everything(tmp_path) == []


OTHERS = {"config.yaml": "mine: 1\n", "secrets.env": "A=1\n", "data/key": "mine\n"}


def somebody_elses(folder: Path) -> None:
    (folder / "data").mkdir()
    for name, text in OTHERS.items():
        (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("way", ["1", ""])
def test_what_stands_there_is_left_alone(tmp_path: Path, way: str) -> None:
    somebody_elses(tmp_path)
    done = init(way, folder=tmp_path)
    assert "里已经有 config.yaml、secrets.env、data" in done.stdout
    assert done.returncode == 1
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in OTHERS} == OTHERS
    assert everything(tmp_path) == sorted([*OTHERS, "data"])


def test_another_folder_can_be_named(tmp_path: Path) -> None:
    somebody_elses(tmp_path)
    done = init("2", str(tmp_path / "two"), *WHOLE, "是", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in OTHERS} == OTHERS
    assert (tmp_path / "two" / "config.yaml").is_file()


def test_what_stands_there_is_kept_under_another_name(tmp_path: Path) -> None:
    somebody_elses(tmp_path)
    done = init("3", *WHOLE, "是", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    for name, text in OTHERS.items():
        top, _, rest = name.partition("/")
        [kept] = tmp_path.glob(f"{top}.2*")
        assert (kept / rest if rest else kept).read_text(encoding="utf-8") == text
    assert yaml.safe_load((tmp_path / "config.yaml").read_text(encoding="utf-8"))["community"]


def test_a_folder_that_is_none_is_asked_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    done = init(str(tmp_path / "two"), *WHOLE, "是", folder=tmp_path / "file")
    assert "写不进去" in done.stdout
    assert done.returncode == 0
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("broken", ["secrets.env", "config.yaml"])
def test_a_disk_that_fails_half_way_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    somebody_elses(tmp_path)
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.name == broken and writing.PREFIX in str(self):
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    done = init("3", *WHOLE, "是", folder=tmp_path)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in OTHERS} == OTHERS
    assert everything(tmp_path) == sorted([*OTHERS, "data"])


def test_a_secret_in_the_environment_is_pointed_out_before_anything_is_asked(tmp_path: Path) -> None:
    done = init(*WHOLE, "是", folder=tmp_path, LIANFANG_KEY="MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
    assert done.returncode == 2
    assert "LIANFANG_KEY" in done.stderr
    assert "MDEy" not in done.stderr
    assert everything(tmp_path) == []


def test_new_codes_for_who_has_not_bound_yet(tmp_path: Path) -> None:
    first = codes(init(*WHOLE, "是", folder=tmp_path).stdout)
    before = (tmp_path / "config.yaml").read_bytes()
    again = init("4", folder=tmp_path)
    assert again.returncode == 0, again.stdout + again.stderr
    second = codes(again.stdout)
    assert first.keys() == second.keys()
    assert not set(first.values()) & set(second.values())
    assert (tmp_path / "config.yaml").read_bytes() == before


def test_new_codes_where_nothing_can_be_opened(tmp_path: Path) -> None:
    somebody_elses(tmp_path)
    done = init("4", folder=tmp_path)
    assert done.returncode == 2
    assert "lianfang doctor" in done.stderr
    assert everything(tmp_path) == sorted([*OTHERS, "data"])


@pytest.mark.parametrize(
    ("lines", "part", "next_says"),
    [
        (("qq", "1", "", "", "", "是"), {"host": "127.0.0.1", "port": 6700},
         "地址：ws://127.0.0.1:6700/onebot/v11/ws"),
        (("1", "反向", "否", "6701", "twelve-chars", "否", "是"), {"host": "0.0.0.0", "port": 6701},
         "地址：ws://这台电脑的IP:6701/onebot/v11/ws"),
        (("qq", "2", "127.0.0.1:3001", "theirs", "否", "是"), {"listen": False, "forward": ["ws://127.0.0.1:3001"]},
         "地址：ws://127.0.0.1:3001"),
        (("微信", "127.0.0.1:8788", "否", "puppet_it's", "否", "是"), {"endpoint": "127.0.0.1:8788", "tls": False},
         "网关地址：127.0.0.1:8788"),
    ],
    ids=["QQ here, a token made up", "QQ elsewhere", "QQ forward", "WeChat"],
)  # fmt: skip
def test_every_platform(tmp_path: Path, lines: tuple[str, ...], part: dict[str, object], next_says: str) -> None:
    done = init(*TOWN, *STAFF, *lines, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert next_says in done.stdout
    [written] = yaml.safe_load((tmp_path / "config.yaml").read_text(encoding="utf-8"))["platforms"].values()
    assert part.items() <= written.items()
    settings = load_settings(tmp_path / "config.yaml")
    assert settings.missing_secrets() == {}
    token = settings.secrets.onebot_token or settings.secrets.wechat_token
    assert token
    assert token not in done.stdout
    given = [line for line in lines if line in ("twelve-chars", "theirs", "puppet_it's")]
    assert given in ([token], [])
    assert given or len(token) >= 32
