"""The command line: `lianfang run`, `import`, `parse`, `doctor`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, TaskID, track

from bot.settings import DEFAULT_CONFIG, Settings, SettingsProblem, load_settings

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


@cli.command()
def run(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """启动程序。例：lianfang run，或 lianfang run --config 我的配置.yaml"""
    settings = _settings(config)
    from bot.app import build_app
    from bot.app import run as run_app
    from bot.logs import configure
    from community.import_files import UnreadableFile
    from community.rules import RulesError
    from storage.engine import StoreError
    from storage.vault import KeyProblem

    configure(settings.logging.level, settings.logging.json_lines)
    try:
        app = build_app(settings)
    except (RulesError, KeyProblem, FileNotFoundError, UnreadableFile) as problem:
        errors.print(f"[red]没有启动：[/red]\n{problem}", highlight=False)
        raise typer.Exit(2) from problem
    except StoreError as problem:
        errors.print(
            f"[red]没有启动：[/red]数据库打不开，请检查配置里的 store.url（{type(problem).__name__}）", highlight=False
        )
        raise typer.Exit(2) from problem
    try:
        asyncio.run(run_app(app, _announce))
    except* OSError as problems:
        taken = next((error for error in problems.exceptions if isinstance(error, OSError)), None)
        errors.print(
            f"[red]没有启动：[/red]端口被占用或不能使用（{taken}）。请停掉占用的程序，或在配置里换 web.port / platforms.onebot.port"
        )
        raise typer.Exit(2) from None


def _announce(address: str) -> None:
    if address:
        console.print(f"联防已启动，请用浏览器打开：[bold]{address}[/bold]（按 Ctrl-C 停止）")
    else:
        console.print("联防已启动（按 Ctrl-C 停止）")


@cli.command("import")
def import_(
    file: Annotated[Path | None, typer.Argument(help="Excel（.xlsx）或 YAML 文件")] = None,
    template: Annotated[Path | None, typer.Option("--template", help="写一个空的 Excel 模板到这里")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """导入区域、群、工作人员、住户、观察。例：lianfang import --template 模板.xlsx，填好后 lianfang import 模板.xlsx"""
    if template is not None:
        from templates.sheets.import_template import import_template

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
    try:
        lines = jsonl.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        errors.print(f"[red]读不了 {jsonl}：请给一个 UTF-8 文件（{type(problem).__name__}）[/red]", highlight=False)
        raise typer.Exit(2) from problem
    shown = track(lines, "parse", console=errors, transient=True, disable=not errors.is_terminal)
    try:
        for answer in answers(shown):
            sys.stdout.write(orjson.dumps(answer).decode() + "\n")
    except ValueError as problem:
        errors.print(f"[red]{jsonl}: {problem}[/red]", highlight=False)
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
