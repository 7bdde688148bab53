"""Plays a script on a stage and checks every step."""

import io
import re
import tempfile
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from bot.clock import ManualClock
from bot.messages import Inbound
from tests.runner.script import Malformed, Script, Step, is_regex, moment_of
from tests.runner.stage import Sent, Stage

KEY = bytes(range(32))
PNG_HEAD = b"\x89PNG\r\n\x1a\n"


class Failed(Exception):
    """A step did not hold; says what was expected and what was sent instead."""


@dataclass(slots=True)
class Player:
    """One play of one script."""

    stage: Stage
    people: frozenset[str]
    groups: frozenset[str]
    saved: dict[str, str] = field(default_factory=dict)
    last: Inbound | None = None

    def play(self, step: Step) -> None:
        """Carry out or check one step; raises `Failed` or `Malformed`."""
        if step.kind in ("say", "clock", "crash", "redeliver", "offline"):
            self.stage.window += 1
        getattr(self, f"_{step.kind}")(step.values)

    def _say(self, values: dict[str, Any]) -> None:
        who, where = values["who"], values["where"]
        if who not in self.people and not who.startswith(("x-", "bot-")):
            raise Malformed(f"unknown person {who!r}")
        if where != "private" and where not in self.groups and not where.startswith("x-"):
            raise Malformed(f"unknown group {where!r}")
        reply_to = self._last_sent(who if where == "private" else where) if "reply_to" in values else None
        photo = ("sandbox:photo",) if values.get("photo") else ()
        text = self._filled(values["text"])
        mentions = bool(values.get("mentions_bot"))
        self.last = self.stage.inbound(who, where, text, reply_to=reply_to, images=photo, mentions_bot=mentions)
        self.stage.receive(self.last)

    def _last_sent(self, to: str) -> str:
        found = [message.key for message in self.stage.sent if message.to == to]
        if not found:
            raise Failed("reply_to: last, but the bot never wrote there")
        return found[-1]

    def _redeliver(self, _values: Any) -> None:
        if self.last is None:
            raise Malformed("redeliver before any say")
        self.stage.receive(self.last)

    def _clock(self, value: Any) -> None:
        moment = moment_of(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.stage.program.house.zone)
        if moment < self.stage.clock.now():
            raise Malformed("the clock only moves forward")
        self.stage.forward(moment)

    def _crash(self, _values: Any) -> None:
        self.stage.crash()

    def _offline(self, values: dict[str, Any]) -> None:
        self.stage.back_at = self.stage.clock.now() + timedelta(minutes=values["platform_minutes"])

    def _expect(self, values: dict[str, Any]) -> None:
        heard = self._heard(values["to"], self.stage.window)
        fits = [message for message in heard if self._fits(message.text, values)]
        times = values.get("times")
        if times is not None and len(fits) != times:
            raise Failed(f"{times} × {self._wanted(values)}, sent instead ({len(fits)} fit): {_shown(heard)}")
        if not fits and times is None:
            raise Failed(f"{self._wanted(values)}, sent instead: {_shown(heard)}")
        for name, pattern in values.get("save", {}).items():
            self._save(name, pattern, fits, heard)

    def _save(self, name: str, pattern: str, fits: list[Sent], heard: list[Sent]) -> None:
        for message in fits:
            found = self._search(pattern, message.text)
            if found and found.groups():
                self.saved[name] = found[1]
                return
        raise Failed(f"something to save as {name} by {pattern}, sent instead: {_shown(heard)}")

    def _silence(self, values: dict[str, Any]) -> None:
        heard = self._heard(values["to"], self.stage.window)
        if heard:
            raise Failed(f"silence to {values['to']}, sent instead: {_shown(heard)}")

    def _never(self, values: dict[str, Any]) -> None:
        for message in self._heard(values["to"], 0):
            for text in values["has"]:
                if self._holds(message.text, text):
                    raise Failed(f"never {text!r} to {values['to']}, sent: {_shown([message])}")

    def _file(self, values: dict[str, Any]) -> None:
        heard = self._heard(values["to"], self.stage.window)
        files = [message for message in heard if message.file_kind == values["kind"]]
        if not files:
            raise Failed(f"a {values['kind']} to {values['to']}, sent instead: {_shown(heard)}")
        wanted = values.get("has", [])
        if not any(all(self._holds(_text_of(message), text) for text in wanted) for message in files):
            raise Failed(f"a {values['kind']} that holds {wanted}, sent instead: {[_text_of(m)[:300] for m in files]}")

    def _heard(self, to: str, since: int) -> list[Sent]:
        if to not in self.people | self.groups | {"all"} and not to.startswith(("x-", "bot-")):
            raise Malformed(f"unknown person or group {to!r}")
        return [message for message in self.stage.sent if message.window >= since and to in ("all", message.to)]

    def _fits(self, text: str, values: dict[str, Any]) -> bool:
        return all(self._holds(text, part) for part in values.get("has", [])) and not any(
            self._holds(text, part) for part in values.get("lacks", [])
        )

    def _holds(self, text: str, part: str) -> bool:
        if is_regex(part):
            return self._search(part, text) is not None
        return fold(self._filled(part)) in fold(text)

    def _search(self, pattern: str, text: str) -> re.Match[str] | None:
        filled = re.sub(r"\{([a-z_]\w*)\}", lambda m: re.escape(self._value(m[1])), pattern[1:-1])
        return re.search(fold(filled), fold(text))

    def _filled(self, text: str) -> str:
        return re.sub(r"\{([a-z_]\w*)\}", lambda m: self._value(m[1]), text)

    def _value(self, name: str) -> str:
        if name not in self.saved:
            raise Failed(f"{{{name}}} was never saved")
        return self.saved[name]

    def _wanted(self, values: dict[str, Any]) -> str:
        parts = [f"{key} {values[key]}" for key in ("has", "lacks", "save") if key in values]
        return f"to {values['to']}: {', '.join(parts)}"


def fold(text: str) -> str:
    """Full-width and half-width digits and punctuation are the same."""
    return unicodedata.normalize("NFKC", text).replace("。", ".").replace("、", ",")


def _shown(messages: list[Sent]) -> str:
    if not messages:
        return "nothing"
    return " ‖ ".join(f"→{m.to}: {m.text}{f' [{m.file_kind}]' if m.file_kind else ''}" for m in messages)


def _text_of(message: Sent) -> str:
    """What a sent file says; a picture says nothing, but must be one."""
    if message.file_kind == "png":
        if not message.file_content.startswith(PNG_HEAD):
            raise Failed("the png is no picture")
        return ""
    if message.file_kind == "xlsx":
        book = load_workbook(io.BytesIO(message.file_content), read_only=True)
        cells = [str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row if c is not None]
        return "\n".join(cells)
    return message.file_content.decode("utf-8", "replace")


def ids_of(sample: dict[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """The people and groups that a transcript may name."""
    members = [member for home in sample["households"] for member in home["members"]]
    people = {row["id"] for row in [*sample["staff"], *members] if "id" in row}
    return frozenset(people), frozenset(group["id"] for group in sample["groups"])


def play_script(script: Script, sample: dict[str, Any]) -> None:
    """Play all steps; raises `Failed` or `Malformed` with the step's number in front."""
    merged = {**sample, **{key: value for key, value in script.overrides.items() if key != "rules"}}
    merged["rules"] = {**sample.get("rules", {}), **script.overrides.get("rules", {})}
    start = datetime.fromisoformat(str(merged["rules"]["clock_starts"]))
    people, groups = ids_of(merged)
    with tempfile.TemporaryDirectory() as folder:
        player = Player(Stage(Path(folder), merged, KEY, ManualClock(start)), people, groups)
        for step in script.steps:
            try:
                player.play(step)
            except Failed as problem:
                raise Failed(f"step {step.number}: {problem}") from problem
            except Malformed as problem:
                raise Malformed(f"step {step.number}: {problem}") from problem
        player.stage.program.engine.dispose()
