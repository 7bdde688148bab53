"""What the parser answers: frozen values that other packages read and never change."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about the sender before reading: the open question, the registered household, its members."""

    expecting: str | None = None
    household: str | None = None
    members: tuple[str, ...] = ()  # the sender first


@dataclass(frozen=True, slots=True)
class Trace:
    """Which rule spoke, and where: offsets into the text exactly as it was given."""

    rule: str
    start: int
    end: int
    says: str = ""  # what it made of these words: a kind of person, a reading, denied, over, feared …


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One person's report; `person` is `self`, `all`, `?`, a relation code, or a name or word as written."""

    person: str = "self"
    address: str | None = None
    temperature: float | None = None  # degrees Celsius
    symptoms: tuple[str, ...] = ()
    when: str | None = None  # morning, noon, evening
    unclear: bool = False
    claimed: float | None = None  # the number as written where it cannot be believed, for asking back


@dataclass(frozen=True, slots=True)
class ChainLine:
    """One numbered line of a chain, with what it reports."""

    number: int
    text: str
    checkins: tuple[CheckIn, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain (接龙): a title and numbered lines, posted again and again with one more line."""

    title: str
    lines: tuple[ChainLine, ...] = ()
    unread: int = 0  # lines that were too many to be read; a person must look at them


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that one message means, and the rules that found it."""

    intents: tuple[str, ...] = ("chat",)
    checkins: tuple[CheckIn, ...] = ()
    chain: Chain | None = None
    traces: tuple[Trace, ...] = ()
