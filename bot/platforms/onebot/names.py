"""The names of group members, for those who are mentioned by number only; never written to a log."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from bot.platforms.contract import SendError
from bot.platforms.onebot.codec import shown_name
from bot.platforms.onebot.faults import check
from bot.platforms.onebot.wire import Call, Json, fields, items, number

GROUPS = 64
MEMBERS = 3000  # of one group
KEPT = 3600.0  # seconds
AGAIN = 60.0  # seconds before a group is asked about again after it gave no answer
AT_ONCE = 8  # members asked about one by one

Ask = Callable[[Call, str], Awaitable[Json]]


@dataclass(slots=True)
class _Group:
    """What is known of one group: the name, or empty where nobody knows it."""

    until: float
    asked: bool = False  # for the list of its members
    late: bool = False  # whoever asks now does not wait: somebody has waited in vain
    names: dict[str, str] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)  # who is being asked about one by one
    work: set[asyncio.Task[None]] = field(default_factory=set)

    def in_time(self) -> None:
        """Once all is answered, the next to ask may wait again."""
        self.late = self.late and bool(self.work)


class Names:
    """Names by group, asked for once for many; an answer that comes too late for one message serves the next."""

    def __init__(self) -> None:
        self._groups: OrderedDict[str, _Group] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def known(self, group: str, users: Iterable[str]) -> dict[str, str] | None:
        """Their names; None if somebody has to be asked first."""
        found = self._current(group)
        if found is None or not found.names.keys() >= set(users):
            return None
        return {user: found.names[user] for user in users if found.names[user]}

    async def look(self, ask: Ask, group: str, users: set[str], seconds: float) -> dict[str, str]:
        """Names as far as they are known within this time."""
        deadline = asyncio.get_running_loop().time() + seconds
        found = self._current(group) or self._begin(group)
        if not found.asked:
            found.asked = True
            self._start(found, self._list(ask, group, found))
        await self._settle(found, deadline)
        missing = sorted(users - found.names.keys())[:AT_ONCE]
        if missing and not found.late:
            for user in missing:
                if user not in found.pending:
                    found.pending.add(user)
                    self._start(found, self._one(ask, group, user, found))
            await self._settle(found, deadline)
        return {user: name for user in users if (name := found.names.get(user))}

    def note(self, event: Json) -> None:
        """Forget who has come, gone, or changed the name."""
        if event.get("notice_type") in ("group_card", "group_increase", "group_decrease"):
            found = self._groups.get(number(event.get("group_id")))
            if found is not None:
                found.names.pop(number(event.get("user_id")), None)

    def close(self) -> None:
        """Stop asking."""
        for task in self._tasks:
            task.cancel()

    def _current(self, group: str) -> _Group | None:
        found = self._groups.get(group)
        if found is None:
            return None
        if found.until <= _now() and not found.work:
            del self._groups[group]
            return None
        self._groups.move_to_end(group)
        return found

    def _begin(self, group: str) -> _Group:
        found = self._groups[group] = _Group(_now() + AGAIN)
        if len(self._groups) > GROUPS:
            self._groups.popitem(last=False)
        return found

    def _start(self, found: _Group, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        for tasks in (found.work, self._tasks):
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        task.add_done_callback(lambda _: found.in_time())

    async def _settle(self, found: _Group, deadline: float) -> None:
        if found.work and not found.late and (left := deadline - _now()) > 0:
            _, unfinished = await asyncio.wait(found.work, timeout=left)
            found.late = bool(unfinished)

    async def _list(self, ask: Ask, group: str, found: _Group) -> None:
        with suppress(SendError):
            told = await _get(ask, Call("get_group_member_list", {"group_id": int(group)}), f"members/{group}")
            for member in items(told)[:MEMBERS]:
                found.names[number(member.get("user_id"))] = shown_name(member)
            found.until = _now() + KEPT

    async def _one(self, ask: Ask, group: str, user: str, found: _Group) -> None:
        call = Call("get_group_member_info", {"group_id": int(group), "user_id": int(user)})
        name = ""  # who cannot be looked up is asked about once
        try:
            with suppress(SendError):
                name = shown_name(fields(await _get(ask, call, f"member/{group}/{user}")))
        finally:
            found.pending.discard(user)
            found.names[user] = name


async def _get(ask: Ask, call: Call, echo: str) -> object:
    answer = await ask(call, echo)
    check(answer, call.action)
    return answer.get("data")


def _now() -> float:
    return asyncio.get_running_loop().time()
