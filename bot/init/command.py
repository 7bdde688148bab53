"""`lianfang init` as a command; the command line hooks `init` in."""

import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

if TYPE_CHECKING:
    from bot.init.community import Codes
    from bot.init.questions import Told
    from bot.init.talk import Talk

WAIT_SECONDS = 120.0
STOPPED, USAGE = 1, 2
STOP, OTHER, ASIDE, CODES = WAYS = ("stop", "other", "aside", "codes")
NEW = "new"


@dataclass(frozen=True, slots=True)
class Place:
    """The folder, and what is to become of what stands there already."""

    folder: Path
    way: str = NEW


class Declined(Exception):
    """Nothing is to be written after all."""


class SetAlready(Exception):
    """The environment sets a secret; the message is its name."""


def init(
    folder: Annotated[Path, typer.Option("--folder", help="放配置、密钥和数据的文件夹")] = Path(),
    wait: Annotated[
        float, typer.Option("--wait", min=1, help="检查连接时，最多等 OneBot 程序连过来多少秒")
    ] = WAIT_SECONDS,
) -> None:
    """从零到一个真的群：问几个问题，检查连接，写好 config.yaml 和密钥。例：lianfang init --folder 幸福里"""
    from bot.init import writing
    from bot.init.talk import Talk, answers

    console, errors = Console(highlight=False), Console(stderr=True, highlight=False)
    talk = Talk(console, answers())
    try:
        place = _place(talk, folder)
        done = _set_up(talk, place, wait)
    except (KeyboardInterrupt, EOFError, Declined):
        _end(errors, STOPPED, "init/stopped")
    except SetAlready as found:
        _end(errors, USAGE, "init/environment", name=str(found))
    except writing.CannotWrite as problem:
        _end(errors, USAGE, "init/cannot_write", folder=str(place.folder), why=str(problem))
    except writing.CannotOpen as problem:
        config = _typed(place.folder / writing.CONFIG)
        _end(errors, USAGE, "init/cannot_open", folder=str(place.folder), why=str(problem), config=config)
    console.print("\n" + done, markup=False, soft_wrap=True)


def _set_up(talk: "Talk", place: Place, wait: float) -> str:
    """What to do next."""
    from bot.clock import SystemClock
    from bot.init import checking, questions, writing

    if place.way == CODES:
        return questions.codes_again(writing.renew(place.folder))
    if name := _set_already():
        raise SetAlready(name)
    talk.say(_words("init/welcome"))
    told = questions.interview(talk, lambda talk, platform: checking.connected(talk, platform, wait))
    talk.say("\n" + questions.summary(told, str(place.folder)))
    if not talk.ask(questions.CONFIRM):
        raise Declined
    old = SystemClock().now().astimezone() if place.way == ASIDE else None
    with talk.waiting(_words("init/writing")):
        codes = writing.write(place.folder, told, old)
    return _next(told, codes, place.folder)


def _place(talk: "Talk", folder: Path) -> Place:
    """Where it is written; nothing that stands there is overwritten, and nothing is moved aside without asking."""
    from bot.init import writing
    from bot.init.talk import Question

    while True:
        folder = folder.expanduser().absolute()
        if not writing.can_hold(folder):
            talk.say(_words("init/wrong_folder", folder=str(folder)), "red")
        elif not (names := writing.in_the_way(folder)):
            return Place(folder)
        else:
            way = _way(talk, folder, names, installed=writing.CONFIG in names)
            if way == STOP:
                raise Declined
            if way != OTHER:
                return Place(folder, way)
        folder = talk.ask(Question("init/ask_folder", Path))


def _way(talk: "Talk", folder: Path, names: list[str], *, installed: bool) -> str:
    from bot.init.reading import choice
    from bot.init.talk import Question

    ways = tuple((way,) for way in WAYS if installed or way != CODES)
    old = Question("init/ask_old", partial(choice, names=ways), "1")
    return talk.ask(old, folder=str(folder), names=names, installed=installed)


def _next(told: "Told", codes: "Codes", folder: Path) -> str:
    from bot.init import questions, writing
    from bot.settings import SECRETS_FILE

    return questions.next_steps(
        told, codes, config=_typed(folder / writing.CONFIG), secrets=_typed(folder / SECRETS_FILE),
        key=_typed(folder / writing.KEY), program=_program(),
    )  # fmt: skip


def _set_already() -> str:
    """A secret that the environment sets: it would win over what is written, and one day not be there."""
    from bot.settings import Secrets

    names = (f"LIANFANG_{field.upper()}" for field in Secrets.model_fields if field != "channels")
    return next((name for name in names if os.environ.get(name)), "")


def _end(errors: Console, code: int, words: str, /, **values: object) -> NoReturn:
    errors.print(_words(words, **values), style="red", markup=False, soft_wrap=True)
    raise typer.Exit(code)


def _words(template: str, /, **values: object) -> str:
    from templates.render import render

    return render(template, **values)


def _typed(path: Path) -> str:
    """A path as it is typed here."""
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _program() -> str:
    """How this program is called from here."""
    own = Path(sys.argv[0]).absolute()
    if shutil.which("lianfang") or own.name != "lianfang":
        return "lianfang"
    return _typed(own)
