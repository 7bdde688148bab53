"""The conversation: what is asked in which order, and what the answers come to."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from bot.init import line, reading
from bot.init.community import COMMUNITY as COMMUNITY_ID
from bot.init.community import VALID, Codes, Duty, Staffer, Town
from bot.init.line import Line
from bot.init.talk import Question, Talk
from storage.tables import RoleName
from templates.render import render

MOST_GRIDS = 60
STEPS = 4

LEADER = Question("init/ask_leader", reading.person)
COMMITTEE = Question("init/ask_committee", reading.person_or_nobody, "")
DOCTOR = Question("init/ask_doctor", reading.person_or_nobody, "")
CONFIRM = Question("init/ask_confirm", reading.yes)


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that was said."""

    town: Town
    staff: tuple[Staffer, ...]  # the grid leader first
    line: Line


def interview(talk: Talk, connected: Callable[[Talk, str], Line]) -> Told:
    """Ask everything; `connected` asks for the way to a platform and looks whether it works."""
    _step(talk, 1)
    town = _town(talk)
    _step(talk, 2)
    staff = _staff(talk, town)
    _step(talk, 3)
    platform = talk.ask(line.PLATFORM)
    _step(talk, 4)
    return Told(town, staff, connected(talk, platform))


def _step(talk: Talk, number: int) -> None:
    talk.say("\n" + render("init/step", number=number, total=STEPS), "bold cyan")


def _town(talk: Talk) -> Town:
    names: list[str] = []
    for words in ("init/ask_district", "init/ask_subdistrict", "init/ask_community"):
        names.append(talk.ask(Question(words, partial(reading.place, others=tuple(names)))))
    grids = [talk.ask(Question("init/ask_grid", reading.buildings), number=1)]
    while len(grids) < MOST_GRIDS:
        taken = {building for grid in grids for building in grid}
        more = partial(reading.buildings_or_none, elsewhere=taken)
        if not (found := talk.ask(Question("init/ask_grid", more, ""), number=len(grids) + 1)):
            break
        grids.append(found)
    district, subdistrict, community = names
    return Town(district, subdistrict, community, tuple(grids))


def _staff(talk: Talk, town: Town) -> tuple[Staffer, ...]:
    """Who is there first; somebody who is named twice is one person with two duties."""
    leader = talk.ask(LEADER)
    found = {leader: Staffer(leader, (Duty(RoleName.GRID_LEADER, _which_grid(talk, leader, town)),))}
    operator = Question("init/ask_operator", reading.person, leader)
    for question, role in (
        (COMMITTEE, RoleName.COMMITTEE), (DOCTOR, RoleName.DOCTOR), (operator, RoleName.OPERATOR),
    ):  # fmt: skip
        if name := talk.ask(question):
            known = found.get(name, Staffer(name, ()))
            found[name] = replace(known, duties=(*known.duties, Duty(role)))
    return tuple(found.values())


def _which_grid(talk: Talk, leader: str, town: Town) -> int:
    names = town.grid_names()
    if len(names) == 1:
        return 1
    read = partial(reading.number, most=len(names))
    return talk.ask(Question("init/ask_leader_grid", read, "1"), name=leader, grids=names)


def summary(told: Told, folder: str) -> str:
    """What will be written, for a last look."""
    people = [
        (who.name, "、".join(f"{told.town.where(duty.grid)}{duty.label}" for duty in who.duties)) for who in told.staff
    ]
    grids = list(zip(told.town.grid_names(), told.town.grids, strict=True))
    return render("init/summary", folder=folder, town=told.town, grids=grids, people=people, line=told.line)


def next_steps(told: Told, codes: Codes, **paths: str) -> str:
    """What is still to be done by people."""
    leader = told.staff[0]
    committee = next((who.name for who in told.staff if any(d.role == RoleName.COMMITTEE for d in who.duties)), "")
    return render(
        "init/next", committee=committee, line=told.line, leader=leader.name, grid=told.town.where(leader.duties[0].grid),
        community=told.town.community, area=COMMUNITY_ID, codes=codes, hours=_hours(),
        **paths,
    )  # fmt: skip


def codes_again(codes: Codes) -> str:
    """New codes of an installation that stands already."""
    return render("init/codes", codes=codes, hours=_hours()) if codes else render("init/codes_none")


def _hours() -> int:
    return round(VALID.total_seconds() / 3600)
