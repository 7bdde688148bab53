"""The one table of commands: trigger, role, help, examples. Help and docs/commands.md come from here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from community.work import Work
from handlers.request import Message, Reply
from storage.tables import RoleName

Handle = Callable[[Message, Any, Work], Reply | None]
Parse = Callable[[str, Message, Work], Any]


class Who(StrEnum):
    """Who may use a command, where it is not a set of roles."""

    ANYONE = "anyone"
    BOUND = "bound"


@dataclass(frozen=True, slots=True)
class Command:
    """A command as people type it, with everything that help shows."""

    name: str
    aliases: tuple[str, ...]
    who: Who | frozenset[RoleName]
    usage: str
    about: str
    examples: tuple[str, ...]
    parse: Parse
    handle: Handle
    calm: bool = False  # its words tell of a matter that people know already: danger in them raises no new alarm


COMMANDS: dict[str, Command] = {}
NAMES: dict[str, Command] = {}  # names and aliases


def command(
    name: str,
    *aliases: str,
    who: Who | Iterable[RoleName],
    about: str,
    usage: str = "",
    examples: tuple[str, ...] = (),
    args: Parse = lambda text, message, work: text,
    calm: bool = False,
) -> Callable[[Handle], Handle]:
    """Register a handler as `/name`; the English alias comes first among the aliases."""
    allowed = who if isinstance(who, Who) else frozenset(who)

    def register(handle: Handle) -> Handle:
        entry = Command(name, aliases, allowed, f"/{name} {usage}".strip(), about, examples, args, handle, calm)
        for key in (name, *aliases):
            if key in NAMES:
                raise ValueError(f"two commands are called {key}")
            NAMES[key] = entry
        COMMANDS[name] = entry
        return handle

    return register
