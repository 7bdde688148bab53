"""The knowledge base: reviewed answers with issuer, date and link, and the forms in which residents ask for them."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

UNANSWERED = "unanswered.yaml"


class KnowledgeError(Exception):
    """A file of the knowledge base is wrong; the message names the file, the key and what is allowed."""


class Confidence(StrEnum):
    """How sure the source of an entry is."""

    OFFICIAL = "official"  # the issuer's own site
    MIRROR = "mirror"  # a copy of the official text elsewhere
    LOCAL = "local"  # a local authority's page
    UNVERIFIED = "unverified"  # general knowledge that was not looked up


class Reason(StrEnum):
    """Why a question is left to a person, where that is known from its words."""

    DOSAGE = "dosage"
    DIAGNOSIS = "diagnosis"
    OTHERS_HEALTH = "others_health"
    UNRELATED = "unrelated"


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(_Checked):
    """One reviewed answer; the rule pack that is switched on decides which entry of a topic applies."""

    packs: tuple[str, ...]  # rule packs it belongs to; empty: holds under any
    edition: str
    short: Annotated[str, Field(min_length=1, max_length=120)]  # complete in itself
    details: Annotated[str, Field(max_length=400)] = ""
    issuer: str
    document: str
    date: dt.date
    link: Annotated[str, Field(pattern=r"^(https?://\S+)?$")]
    confidence: Confidence
    valid_until: dt.date


class Topic(_Checked):
    """What residents ask about under one id, with its answers and the forms in which it is asked."""

    topic: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    title: Annotated[str, Field(max_length=16)]
    entries: Annotated[tuple[Entry, ...], Field(min_length=1)]
    forms: Annotated[tuple[str, ...], Field(min_length=1)]

    def entry(self, pack: str, today: dt.date) -> Entry | None:
        """The valid answer for a rule pack: its own, else one that holds under any."""
        valid = [entry for entry in self.entries if entry.valid_until >= today]
        own = next((entry for entry in valid if pack in entry.packs), None)
        return own or next((entry for entry in valid if not entry.packs), None)


class _Group(_Checked):
    reason: Reason
    forms: tuple[str, ...]


class _Unanswered(_Checked):
    groups: tuple[_Group, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All topics, and the questions that none of them answers."""

    topics: Mapping[str, Topic]
    unanswered: Mapping[Reason, tuple[str, ...]]


def load_knowledge(folder: Path) -> Knowledge:
    """Read and check every file of a folder; raises `KnowledgeError` naming file and key."""
    topics: dict[str, Topic] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name == UNANSWERED:
            continue
        topic = _read(path, Topic)
        if topic.topic != path.stem:
            raise KnowledgeError(f"{path.name}: topic: must be the file's name, {path.stem}")
        topics[topic.topic] = topic
    if not topics:
        raise KnowledgeError(f"{folder}: no topics")
    unanswered = _read(folder / UNANSWERED, _Unanswered)
    _agree(topics, unanswered)
    return Knowledge(topics, {group.reason: group.forms for group in unanswered.groups})


_Kind = TypeVar("_Kind", bound=BaseModel)


def _read(path: Path, kind: type[_Kind]) -> _Kind:
    try:
        raw: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise KnowledgeError(f"{path.name}: unreadable: {error}") from error
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise KnowledgeError(f"{path.name}: {where}: {first['msg']}") from error


def _agree(topics: Mapping[str, Topic], unanswered: _Unanswered) -> None:
    """No form may belong to two places: the matcher could not tell them apart."""
    seen: dict[str, str] = {}
    for form, place in _placed(topics, unanswered):
        if seen.setdefault(form, place) != place:
            raise KnowledgeError(f"{place}: forms: '{form}' stands in {seen[form]} too")


def _placed(topics: Mapping[str, Topic], unanswered: _Unanswered) -> Iterator[tuple[str, str]]:
    for topic in topics.values():
        yield from ((form, f"{topic.topic}.yaml") for form in topic.forms)
    for group in unanswered.groups:
        yield from ((form, f"{UNANSWERED} ({group.reason})") for form in group.forms)
