"""How questions are put: in a terminal, or line by line where answers are piped in; secrets are never shown."""

import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from rich.console import Console
from rich.text import Text

from bot.init.reading import Wrong
from templates.render import render

T = TypeVar("T")
PROMPT = "> "


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """Something to ask."""

    words: str  # the template that asks
    read: Callable[[str], T]
    default: str | None = None  # what an empty answer means; None: there must be one
    hidden: bool = False  # what is typed is not shown

    def value(self, text: str) -> T:
        """What an answer means; raises `Wrong`."""
        said = text.strip()
        if not said and self.default is None:
            raise Wrong("init/wrong_empty")
        return self.read(said or self.default or "")


class Answers(Protocol):
    """Where answers come from; `EOFError` when there are no more."""

    def line(self) -> str:
        """The next one."""

    def secret(self) -> str:
        """The next one, which nobody may see."""


class Keyboard:
    """What somebody types."""

    def __init__(self) -> None:
        with suppress(ImportError):  # it only makes correcting Chinese comfortable
            import readline  # noqa: F401

    def line(self) -> str:
        """A line."""
        return input(PROMPT)

    def secret(self) -> str:
        """A line that is not shown."""
        return getpass.getpass(PROMPT)


class Piped:
    """Lines of standard input, which is no terminal."""

    def line(self) -> str:
        """A line."""
        if not (line := sys.stdin.readline()):
            raise EOFError
        return line

    secret = line


def answers() -> Answers:
    """Somebody at a terminal, or lines that are piped in."""
    return Keyboard() if sys.stdin.isatty() else Piped()


class Talk:
    """Asks until an answer can be used; a wrong one is asked again with what is allowed."""

    def __init__(self, console: Console, source: Answers) -> None:
        self._console = console
        self._source = source

    def say(self, words: str, style: str = "") -> None:
        """Long lines are left to the terminal, so that what is copied has no breaks in it."""
        self._console.print(Text(words, style), soft_wrap=True)

    def ask(self, question: Question[T], **values: object) -> T:
        """The answer to a question; `values` are for its words."""
        self.say("\n" + render(question.words, default=question.default, **values), "bold")
        while True:
            try:
                return question.value(self._source.secret() if question.hidden else self._source.line())
            except Wrong as wrong:
                self.say(render(wrong.words, **wrong.values), "red")
            except UnicodeDecodeError:
                self.say(render("init/wrong_encoding"), "red")

    @contextmanager
    def waiting(self, words: str) -> Iterator[None]:
        """Something takes a moment."""
        if not self._console.is_terminal:
            self.say(words)
            yield
            return
        with self._console.status(Text(words)):
            yield
