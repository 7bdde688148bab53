"""The whole program on a store of its own, with a clock and a platform that the transcript controls."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot import files
from bot.clock import ManualClock
from bot.messages import Chat, ChatKind, Inbound, Sender
from bot.program import Program
from bot.setup import build_program, install_sample
from storage.rows import Letter

PLATFORM = "sandbox"
STORE = "play.db"
_FILLED: dict[bytes, bytes] = {}  # a store with the sample in it, made once a process and copied for each play


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that reached a conversation."""

    to: str
    text: str
    key: str
    window: int
    file_kind: str | None = None
    file_content: bytes = b""


@dataclass(slots=True)
class Stage:
    """Plays the platform: records what is sent, can be lost for a while, delivers what was said meanwhile later."""

    folder: Path
    sample: dict[str, Any]
    key: bytes
    clock: ManualClock
    program: Program = field(init=False)
    sent: list[Sent] = field(default_factory=list)
    window: int = 0
    back_at: datetime | None = None
    waiting: list[Inbound] = field(default_factory=list)
    said: int = 0

    def __post_init__(self) -> None:
        kept = _FILLED.get(self._sample_key())
        if kept is not None:
            (self.folder / STORE).write_bytes(kept)
            self.boot()
            return
        self.boot()
        install_sample(self.program, self.sample)
        self.program.tick()
        self.program.engine.dispose()  # closes the last connection, so that the file holds everything
        _FILLED[self._sample_key()] = (self.folder / STORE).read_bytes()
        self.boot()

    def _sample_key(self) -> bytes:
        return repr((self.sample, self.key, self.clock.now())).encode()

    def boot(self) -> None:
        """Start the program on the store as it is; what was only in memory is gone."""
        self.program = build_program(
            f"sqlite:///{self.folder / STORE}", self.key, self.clock, platforms=(PLATFORM,),
            overrides=self.sample.get("rules", {}),
        )  # fmt: skip

    def crash(self) -> None:
        """Killed without warning, and started again on the same store."""
        self.program.engine.dispose()
        self.boot()
        self.settle()

    @property
    def online(self) -> bool:
        """Whether the platform is reachable."""
        return self.back_at is None or self.clock.now() >= self.back_at

    def receive(self, inbound: Inbound) -> None:
        """A message arrives now, or when the connection returns."""
        if self.online:
            self.program.handle([inbound])
            self.settle()
        else:
            self.waiting.append(inbound)

    def settle(self) -> None:
        """Do what is due at this moment, and send what may be sent."""
        if self.online and self.back_at is not None:
            self.back_at = None
            for inbound in self.waiting:
                self.program.handle([inbound])
            self.waiting.clear()
        self.program.tick()
        while self.online and (rows := self.program.outbox.due()):
            for row in rows:
                self._deliver(row)

    def _deliver(self, row: Letter) -> None:
        key = f"out-{row.id}"
        kind, content = None, b""
        if row.file is not None:
            rendered = files.render(files.plan(self.program, row.file))
            kind, content = rendered.kind.value, rendered.content
        self.sent.append(Sent(row.chat_id, row.text, key, self.window, kind, content))
        self.program.outbox.mark_sent([(row.id or 0, key)])

    def forward(self, until: datetime) -> None:
        """Move the clock; everything that falls due on the way happens at its own moment, in order."""
        while True:
            moment = self.program.next_moment(self.clock.now())
            if self.back_at is not None:
                moment = min(moment, self.back_at)
            if moment > until:
                break
            self.clock.set(max(moment, self.clock.now() + timedelta(microseconds=1)))
            self.settle()
        self.clock.set(until)
        self.settle()

    def inbound(self, who: str, where: str, text: str, **more: Any) -> Inbound:
        """A message as the platform would deliver it."""
        self.said += 1
        kind = ChatKind.PRIVATE if where == "private" else ChatKind.GROUP
        chat = Chat(PLATFORM, kind, who if kind is ChatKind.PRIVATE else where)
        return Inbound(
            account="bot", message_id=f"in-{self.said}", chat=chat, sender=Sender(who, is_bot=who.startswith("bot-")),
            text=text, at=self.clock.now(), **more,
        )  # fmt: skip
