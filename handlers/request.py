"""What a handler is given and what it gives back."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from community.outgoing import Target
from community.people import Actor
from parsing import Understanding
from storage.tables import ChatGroup


@dataclass(slots=True)
class Message:
    """One message with its sender and place, as handlers see it."""

    text: str
    at: datetime
    actor: Actor
    place: Target  # the conversation it was written in
    group: ChatGroup | None  # the bound group, if it was written in one
    in_group: bool
    addressed: bool  # private, a command, or mentions the bot
    reply_number: int | None  # the number of the bot's message that is being replied to
    photos: int
    inbound_id: int | None
    understanding: Understanding | None = None

    @property
    def group_area(self) -> str | None:
        """The area of the group it was written in."""
        return self.group.area_id if self.group else None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a template and its values; private unless `here`."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)
    here: bool = False
    matter: int | None = None


def reply(template: str, *, matter: int | None = None, here: bool = False, **values: Any) -> Reply:
    """Shorthand for a reply with values."""
    return Reply(template, values, here, matter)
