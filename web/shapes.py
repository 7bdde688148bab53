"""What goes over the wire between the sandbox page and its endpoints; sizes are checked here."""

from datetime import datetime, tzinfo
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from web.desk import Bubble, GroupView

ID = Annotated[str, StringConstraints(min_length=1, max_length=100)]
# Long texts are let through so that the program itself answers them, politely and by its own rule.
Text = Annotated[str, StringConstraints(max_length=200_000)]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SayIn(_Strict):
    """One message of the visitor."""

    who: ID
    where: ID
    text: Text
    reply_to: Annotated[int, Field(ge=1, lt=10**15)] | None = None
    photo: bool = False


class ClockIn(_Strict):
    """Where to move the clock: so many minutes on, to the next HH:MM, or to a date and time."""

    minutes: Annotated[int, Field(ge=1, le=44_640)] | None = None
    next: ClockTime | None = None
    to: datetime | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if sum(value is not None for value in (self.minutes, self.next, self.to)) != 1:
            raise ValueError("one of minutes, next, to")
        return self


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)


class Done(_Out):
    """It was taken."""

    ok: bool = True


class ClockOut(_Out):
    """The clock after a move."""

    now: datetime


class PersonaOut(_Out):
    """Somebody to write as."""

    id: str
    name: str
    role: str
    role_label: str
    place: str


class GroupOut(_Out):
    """A group; members are sorted so that answers are stable."""

    id: str
    name: str
    kind: str
    members: list[str]

    @classmethod
    def of(cls, group: GroupView) -> Self:
        """From the desk's view."""
        return cls(id=group.id, name=group.name, kind=group.kind, members=sorted(group.members))


class StateOut(_Out):
    """What the page needs before its first conversation."""

    scene: str
    now: datetime
    personas: list[PersonaOut]
    groups: list[GroupOut]


class FileOut(_Out):
    """A file of a bubble."""

    id: str
    kind: str
    name: str


class BubbleOut(_Out):
    """One message; `at` carries the sample's own zone, so that the page need not know zones."""

    id: int
    who: str | None
    who_name: str
    text: str
    at: datetime
    file: FileOut | None
    reply_to: int | None
    photo: bool

    @classmethod
    def of(cls, bubble: Bubble, zone: tzinfo | None) -> Self:
        """From the desk's bubble, with its time in `zone`."""
        return cls.model_validate(bubble).model_copy(update={"at": bubble.at.astimezone(zone)})
