"""How the platforms are, for `lianfang doctor`: what a running program says of them, else what a quick look finds."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from bot.finding import Finding
from bot.platforms.building import settings_of
from bot.platforms.contract import State, Trouble
from bot.settings import Settings, SettingsProblem
from bot.watch import page_of
from community import troubles
from community.troubles import Kept, Standing
from storage.engine import Session, StoreError, open_to_look
from templates.render import render

RUNNING = timedelta(minutes=2)  # a running program writes its states down every half minute
_VARIABLE = re.compile(r"LIANFANG_\w+")
LONGEST = 10.0  # seconds for all looks together
WAIT = 5.0  # in which those who connect to us have to come


def platform_findings(settings: Settings) -> list[Finding]:
    """A finding for each account of each platform that is switched on."""
    missing = settings.missing_secrets()
    found = [_missing(name, problem) for name, problem in missing.items()]
    kept = _kept(settings)
    running = kept is not None and datetime.now(UTC) - kept.at < RUNNING
    found += _running(kept, settings) if kept is not None and running else _looked(settings)
    return _told_apart(found)


def _kept(settings: Settings) -> Kept | None:
    """What a running program wrote down, if the store can be read."""
    if not settings.store_file.exists():
        return None
    engine = open_to_look(settings.store_file)
    try:
        with Session(engine) as session:
            return troubles.kept(session)
    except (StoreError, TypeError, KeyError, ValueError):  # no store of ours, or of another version
        return None
    finally:
        engine.dispose()


def _missing(name: str, problem: str) -> Finding:
    platform, _, account = name.partition("/")
    variable = _VARIABLE.search(problem)
    words = render("flow/secret_missing", variable=variable[0]) if variable else problem
    return Finding(_called(platform, account), False, words)


def _running(kept: Kept, settings: Settings) -> Iterator[Finding]:
    """What the running program says; it read its configuration when it was started."""
    part = settings.platforms
    wanted = (*part.chats, *(("channels",) if part.channels else ()))
    for standing in kept.standings:
        if standing.platform in wanted:
            yield _finding(standing, settings, running=True)
    for name in wanted:
        if all(standing.platform != name for standing in kept.standings):
            yield Finding(_called(name, ""), False, render("flow/not_started"))


def _looked(settings: Settings) -> Iterator[Finding]:
    try:
        wanted = settings_of(settings)
    except SettingsProblem as problem:
        yield Finding("平台", False, str(problem))
        return
    for standing in asyncio.run(_probed(wanted)):
        yield _finding(standing, settings, running=False)


async def _probed(wanted: dict[str, Any]) -> list[Standing]:
    """One quick look at each platform, at all of them at the same time."""
    found = await asyncio.gather(*(_probe(name, own) for name, own in wanted.items()))
    return [
        Standing(name, state.account, str(state.trouble or ""), state.since, state.detail)
        for name, states in zip(wanted, found, strict=True)
        for state in states
    ]


async def _probe(name: str, own: Any) -> Sequence[State]:
    try:
        async with asyncio.timeout(LONGEST):
            found = await _probe_of(name)(own)
    except TimeoutError:
        return [State("", Trouble.SILENT, datetime.now(UTC))]
    except Exception as error:  # noqa: BLE001  the others are to be seen all the same
        return [State("", Trouble.FAILING, datetime.now(UTC), type(error).__name__)]
    return [found] if isinstance(found, State) else found


def _probe_of(name: str) -> Any:
    """A platform's library is loaded only where it is used."""
    if name == "qq":
        from bot.platforms.onebot.probe import probe as of_onebot

        return partial(of_onebot, wait=WAIT)
    if name == "wechat":
        from bot.platforms.wechat.probe import probe as of_wechat

        return of_wechat
    if name == "telegram":
        from bot.platforms.telegram.probe import probe as of_telegram

        return of_telegram
    from bot.platforms.channels.probe import probe as of_channels

    return of_channels


def _finding(standing: Standing, settings: Settings, *, running: bool) -> Finding:
    words = render(
        "flow/standing", platform=standing.platform, account=standing.account, trouble=standing.trouble,
        detail=standing.detail, since=standing.since.astimezone(settings.zone), running=running,
        page=page_of(settings.web), waits=_waits(standing, settings),
    )  # fmt: skip
    return Finding(_called(standing.platform, standing.account), not standing.trouble, words)


def _waits(standing: Standing, settings: Settings) -> str:
    """The address that has to be filled in on the other side."""
    part = settings.platforms.onebot
    return f"ws://{part.host}:{part.port}{part.path}" if standing.platform == "qq" and part and part.listen else ""


def _called(platform: str, account: str) -> str:
    return render("flow/account", platform=platform, account=account)


def _told_apart(findings: list[Finding]) -> list[Finding]:
    """Two addresses of one platform are nameless both."""
    seen: Counter[str] = Counter()
    told = []
    for finding in findings:
        seen[finding.what] += 1
        number = seen[finding.what]
        told.append(finding if number == 1 else replace(finding, what=f"{finding.what}（第 {number} 个）"))
    return told
