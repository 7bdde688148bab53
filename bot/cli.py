"""The command line: `lianfang run`, `init`, `import`, `parse`, `ask`, `doctor`."""

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, TaskID, track

from bot.init.command import init
from bot.settings import DEFAULT_CONFIG, Settings, SettingsProblem, load_settings

if TYPE_CHECKING:
    from storage.engine import Engine

cli = typer.Typer(
    help="联防：住宅小区疫情防控助手。例：lianfang run", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False, rich_markup_mode="rich",
)  # fmt: skip
console = Console()
errors = Console(stderr=True)

KINDS = {"areas": "区域", "groups": "群", "staff": "工作人员", "members": "住户成员", "observations": "医学观察"}
ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="配置文件")]


def _settings(path: Path) -> Settings:
    try:
        return load_settings(path)
    except SettingsProblem as problem:
        errors.print(f"[red]配置有误，没有启动：[/red]\n{problem}", highlight=False)
        raise typer.Exit(2) from problem


cli.command()(init)


@cli.command()
def run(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """启动程序。例：lianfang run，或 lianfang run --config 我的配置.yaml"""
    settings = _settings(config)
    with _plainly("没有启动"):
        settings.check_secrets()
    from bot.app import build_app
    from bot.app import run as run_app
    from bot.logs import configure

    configure(settings.logging.level, settings.logging.json_lines)
    with _plainly("没有启动"):
        app = build_app(settings)
        _look_at_areas(app.program.engine, settings.community.default_area)
    try:
        asyncio.run(run_app(app, partial(_announce, settings)))
    except* OSError as problems:
        taken = next((error for error in problems.exceptions if isinstance(error, OSError)), None)
        errors.print(
            f"[red]没有启动：[/red]端口被占用或不能使用（{taken}）。请停掉占用的程序，或在配置里换 web.port / platforms.onebot.port"
        )
        raise typer.Exit(2) from None


@contextmanager
def _plainly(what: str) -> Iterator[None]:
    """A start that cannot be ends with code 2 and a sentence, not with a traceback."""
    from community.import_files import UnreadableFile
    from community.knowledge import KnowledgeError
    from community.rules import RulesError
    from storage.engine import StoreError
    from storage.vault import KeyProblem

    try:
        yield
    except (RulesError, KnowledgeError, KeyProblem, SettingsProblem, OSError, UnreadableFile) as problem:
        errors.print(f"[red]{what}：[/red]\n{escape(str(problem))}", highlight=False)
        raise typer.Exit(2) from problem
    except StoreError as problem:
        why = f"请检查配置里的 store.url；别的程序正在用它就过一会儿再试（{type(problem).__name__}）"
        errors.print(f"[red]{what}：[/red]数据库打不开，{why}", highlight=False)
        raise typer.Exit(2) from problem


def _look_at_areas(engine: "Engine", default_area: str) -> None:
    """Messages of strangers belong to the default area, so it must be there; an empty store only gets a hint."""
    from storage.engine import Session
    from storage.queries import places

    with Session(engine) as session:
        areas = {area.id: area for area in places.all_areas(session)}
    if not areas:
        errors.print("[yellow]还没有导入小区，消息没有人接：[/yellow]先运行 lianfang import 文件.xlsx，不用重启")
    elif default_area not in areas:
        engine.dispose()
        known = "、".join(f"{area.id}（{area.name}）" for area in areas.values() if area.level == "community")
        raise SettingsProblem(f"community.default_area：没有导入过“{default_area}”。已有的社区：{known or '没有'}")


def _announce(settings: Settings, address: str) -> None:
    if settings.sandbox.enabled:
        console.print(f"联防已启动，请用浏览器打开：[bold]{address}[/bold]（按 Ctrl-C 停止）")
    else:
        console.print(f"联防已启动，各平台的状态见：[bold]{address}platforms[/bold]（按 Ctrl-C 停止）")


@cli.command("import")
def import_(
    file: Annotated[Path | None, typer.Argument(help="Excel（.xlsx）或 YAML 文件")] = None,
    template: Annotated[Path | None, typer.Option("--template", help="写一个空的 Excel 模板到这里")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """导入区域、群、工作人员、住户、观察。例：lianfang import --template 模板.xlsx，填好后 lianfang import 模板.xlsx"""
    if template is not None:
        from templates.sheets.import_template import import_template

        if template.exists():
            errors.print(f"[red]{template} 已经在了，没有覆盖。[/red]请换一个名字，或先移走它。", highlight=False)
            raise typer.Exit(2)
        try:
            template.write_bytes(import_template())
        except OSError as problem:
            errors.print(f"[red]写不了 {template}：{problem.strerror}[/red]", highlight=False)
            raise typer.Exit(2) from problem
        console.print(f"模板已写到 {template}，填好后运行：lianfang import {template}")
        return
    if file is None:
        errors.print("请写上要导入的文件，或用 --template 先要一个模板。")
        raise typer.Exit(2)
    _import(_settings(config), file)


def _import(settings: Settings, file: Path) -> None:
    from bot.clock import SystemClock
    from bot.setup import install, program_of
    from community.import_files import UnreadableFile, read_file

    try:
        plan = read_file(file)
    except UnreadableFile as problem:
        errors.print(f"[red]{problem}[/red]", highlight=False)
        raise typer.Exit(2) from problem
    with Progress(console=errors, transient=True) as progress:
        bars: dict[str, TaskID] = {}

        def show(kind: str, done: int, total: int) -> None:
            if kind not in bars:
                bars[kind] = progress.add_task(kind, total=total)
            progress.update(bars[kind], completed=done)

        with _plainly("没有导入"):
            outcome = install(program_of(settings, SystemClock()), plan, show)
    for kind, count in outcome.taken.items():
        console.print(f"{KINDS[kind]}：{count} 行")
    for words in outcome.problems:
        errors.print(f"[yellow]未导入[/yellow] {words}", highlight=False)
    raise typer.Exit(1 if outcome.problems else 0)


@cli.command()
def parse(
    text: Annotated[str | None, typer.Argument(help="一句话")] = None,
    jsonl: Annotated[Path | None, typer.Option("--jsonl", help="每行一个 JSON 的文件")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="说明是哪条规则、在哪几个字上")] = False,
) -> None:
    """看一句话被理解成什么。例：lianfang parse "我36.5，老婆36.6"，或 lianfang parse --jsonl 文件.jsonl"""
    from bot.parse_command import answers, explained

    if jsonl is None and text is None:
        errors.print("请写上一句话，或用 --jsonl 给一个文件。")
        raise typer.Exit(2)
    if jsonl is None:
        sys.stdout.write(explained(text or "", traces=explain) + "\n")
        return
    _print_lines(jsonl, "parse", answers)


@cli.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="一个问题")] = None,
    jsonl: Annotated[Path | None, typer.Option("--jsonl", help="每行一个 {id, text} 的文件")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """看一个问题由知识库的哪个主题回答，还是转给人。例：lianfang ask "口罩能戴几天"，或 lianfang ask --jsonl 文件.jsonl"""
    from bot.ask_command import answers_to, explained
    from bot.content import answers

    if jsonl is None and question is None:
        errors.print("请写上一个问题，或用 --jsonl 给一个文件。")
        raise typer.Exit(2)
    with _plainly("没有查"):
        known = answers()
    if jsonl is not None:
        _print_lines(jsonl, "ask", lambda lines: answers_to(known, lines))
        return
    settings = _settings(config)
    today = datetime.now(ZoneInfo(settings.community.zone)).date()
    sys.stdout.write(explained(known, question or "", settings.community.rule_pack, today) + "\n")


def _print_lines(path: Path, what: str, answered: Callable[[Iterable[str]], Iterator[dict[str, object]]]) -> None:
    """Answer a file line by line, as JSON lines on standard output, with a progress bar for who looks on."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        errors.print(f"[red]读不了 {path}：请给一个 UTF-8 文件（{type(problem).__name__}）[/red]", highlight=False)
        raise typer.Exit(2) from problem
    shown = track(lines, what, console=errors, transient=True, disable=not errors.is_terminal)
    try:
        for answer in answered(shown):
            sys.stdout.write(orjson.dumps(answer).decode() + "\n")
    except ValueError as problem:
        errors.print(f"[red]{path}: {problem}[/red]", highlight=False)
        raise typer.Exit(2) from problem


@cli.command()
def doctor(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """检查配置、数据库、密钥、规则、审计链、队列。例：lianfang doctor"""
    from bot.doctor import examine

    findings = examine(_settings(config))
    for finding in findings:
        mark = "[green]正常[/green]" if finding.well else "[red]有问题[/red]"
        console.print(f"{mark} {finding.what}：{finding.words}", highlight=False)
    raise typer.Exit(0 if all(finding.well for finding in findings) else 1)


def main() -> None:
    """Entry point of the `lianfang` script."""
    cli()


if __name__ == "__main__":
    main()
