"""Whether the way to the platform works: one look at it, or, where the other side connects here, a wait for it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from typing import Any

from bot.init import reading
from bot.init.line import Line, ask_line
from bot.init.talk import Question, Talk
from bot.platforms.building import settings_of
from bot.platforms.contract import State, Trouble
from templates.render import render

LOOK_SECONDS = 20.0  # each platform's own look is shorter
AGAIN, CHANGE, GO_ON = "again", "change", "go_on"
CHECK = Question("init/ask_check", reading.yes, "是")
AFTER_TROUBLE = Question("init/ask_after_trouble", partial(reading.choice, names=((AGAIN,), (CHANGE,), (GO_ON,))), "1")
NOT_ANSWERS = (Trouble.STARTING, Trouble.SILENT, Trouble.CLOSED, Trouble.LOGGED_OUT, Trouble.SCAN, Trouble.TAKEN)


def connected(talk: Talk, platform: str, wait: float) -> Line:
    """Ask for the way to a platform until it works, or until somebody goes on all the same."""
    while True:
        line = ask_line(talk, platform)
        if line.made_up:
            talk.say(render("init/check_later"), "yellow")
            return line
        if not talk.ask(CHECK, line=line):
            talk.say(render("init/skipped"), "yellow")
            return line
        if _agreed(talk, line, wait):
            return line


def _agreed(talk: Talk, line: Line, wait: float) -> bool:
    """Whether this line is to be used; False: it is asked for again."""
    while True:
        with talk.waiting(render("init/looking", line=line, seconds=round(wait))):
            state = look(line, wait)
        if state.trouble is None:
            talk.say(render("init/works", account=state.account, line=line), "green")
            return True
        talk.say(_what(line, state), "red")
        decision = talk.ask(AFTER_TROUBLE)
        if decision != AGAIN:
            return decision == GO_ON


def _what(line: Line, state: State) -> str:
    """What is wrong, and what to do where that is not in the answers that were just given."""
    known = {"platform": line.platform, "account": state.account, "detail": state.detail, "page": ""}
    wrong, *advice = render("flow/trouble", trouble=state.trouble, **known).splitlines()
    if state.trouble not in NOT_ANSWERS:
        advice = [render("init/look_again", line=line)]
    return "\n".join((wrong, *advice))


def look(line: Line, wait: float) -> State:
    """How the account at the other end is; `wait` are the seconds in which somebody has to connect to us."""
    states = asyncio.run(_look(line, wait))
    state = next((state for state in states if state.trouble is not None), states[0])
    if line.reverse and state.trouble is None and not state.account:  # a program of ours runs here, with the same token
        return replace(state, trouble=Trouble.TAKEN)
    return state


async def _look(line: Line, wait: float) -> Sequence[State]:
    """A platform's own look; its library is loaded only here."""
    own: Any = settings_of(line.settings())[line.platform]
    probe = import_module(f"bot.platforms.{line.section}.probe").probe
    try:
        async with asyncio.timeout(LOOK_SECONDS + (wait if line.reverse else 0)):
            found = await (probe(own, wait) if line.reverse else probe(own))
    except TimeoutError:
        return [State("", Trouble.UNREACHABLE, datetime.now(UTC))]
    except Exception as error:  # noqa: BLE001  the user decides what to do; its text may hold a token
        return [State("", Trouble.FAILING, datetime.now(UTC), type(error).__name__)]
    return [found] if isinstance(found, State) else found
