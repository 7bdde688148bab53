"""Who people are: names of contacts and of members of groups, asked once and believed for a while."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from grpclib.exceptions import GRPCError, StreamTerminatedError

from bot.platforms.wechat import words
from bot.platforms.wechat.codec import OFFICIAL, Face
from bot.platforms.wechat.faults import NotConnected
from bot.platforms.wechat.link import Link

REMEMBERED = 8192

_Key = tuple[str, str]  # group, person; without a group: as they call themselves


@dataclass(frozen=True, slots=True)
class _Entry:
    face: Face
    until: float


class Faces:
    """Outlives a connection; a name that cannot be had is empty, and is asked for again with the next message."""

    def __init__(self, age: float) -> None:
        self._age = age
        self._known: OrderedDict[_Key, _Entry] = OrderedDict()
        self._changes = 0  # what was asked for before the last change may be what is not true any more

    async def person(self, link: Link, who: str) -> Face:
        """Somebody as they call themselves."""
        return await self._find(link, ("", who))

    async def member(self, link: Link, group: str, who: str) -> Face:
        """Somebody as a group shows them."""
        return await self._find(link, (group, who))

    async def names(self, link: Link, group: str, who: str) -> set[str]:
        """By which names somebody may be spoken to in a group."""
        return {(await self.member(link, group, who)).name, (await self.person(link, who)).name} - {""}

    def forget_group(self, group: str) -> None:
        """Its members may have changed, or their names in it."""
        self._forget([key for key in self._known if key[0] == group])

    def forget_person(self, who: str) -> None:
        """Somebody may have another name, in any group too."""
        self._forget([key for key in self._known if key[1] == who])

    def forget_all(self) -> None:
        """Nobody told what has changed."""
        self._forget(list(self._known))

    def _forget(self, keys: list[_Key]) -> None:
        self._changes += 1
        for key in keys:
            del self._known[key]

    async def _find(self, link: Link, key: _Key) -> Face:
        now = asyncio.get_running_loop().time()
        entry = self._known.get(key)
        if entry and entry.until > now:
            return entry.face
        changes = self._changes
        try:
            face = await _ask(link, key)
        except (GRPCError, StreamTerminatedError, NotConnected, OSError):  # a time-out is an OSError
            return Face()
        if changes == self._changes:
            self._known[key] = _Entry(face, now + self._age)
            self._known.move_to_end(key)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return face


async def _ask(link: Link, key: _Key) -> Face:
    group, who = key
    if group:
        member = await link.call(lambda stub: stub.room_member_payload(id=group, member_id=who))
        return Face(_name(member.room_alias) or _name(member.name))
    person = await link.call(lambda stub: stub.contact_payload(id=who))
    return Face(_name(person.name), int(person.type) == OFFICIAL)


def _name(name: str) -> str:
    return " ".join(words.clean(name).split())
