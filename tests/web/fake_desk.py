"""A desk in memory with a few canned answers: what the page is developed and tested against."""

import asyncio
import io
import re
import struct
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, timezone

from openpyxl import Workbook

from web.desk import PRIVATE, Bubble, DeskEvent, DeskRefused, EventKind, FileRef, GroupView, Persona

ZONE = timezone(timedelta(hours=8))
START = datetime(2020, 2, 5, 8, 0, tzinfo=ZONE)
SENT_LIMIT = 5_000

PERSONAS = [
    Persona("zhou", "周敏", "subdistrict", "街道", "清河街道"),
    Persona("chen", "陈静", "committee", "居委会", "幸福里社区"),
    Persona("wang", "王芳", "grid_leader", "网格长", "幸福里第一网格"),
    Persona("liu", "刘强", "grid_leader", "网格长", "幸福里第二网格"),
    Persona("zhao", "赵医生", "doctor", "医生", "幸福里社区"),
    Persona("sun", "孙大爷", "captain", "楼栋长", "3栋"),
    Persona("lin", "林晓", "volunteer", "志愿者", "幸福里社区"),
    Persona("op", "管理员", "operator", "管理员", "临江区"),
    Persona("zhangwei", "张伟", "resident", "居民", "3-2-501"),
    Persona("limei", "李梅", "resident", "居民", "3-2-501"),
    Persona("wuhao", "吴昊", "resident", "居民", "2-1-301"),
    Persona("fengyu", "冯宇", "resident", "居民", "6-2-1102"),
    Persona("x-stranger", "路人", "stranger", "陌生人", ""),
]
GROUPS = [
    GroupView("g-xf1", "幸福里1-3栋居民群", "residents", frozenset({"wang", "sun", "zhangwei", "limei", "wuhao"})),
    GroupView("g-xf2", "幸福里4-6栋居民群", "residents", frozenset({"liu", "fengyu", "x-stranger"})),
    GroupView("g-xf-work", "幸福里网格工作群", "staff", frozenset({"chen", "wang", "liu", "zhao", "sun", "lin"})),
]
REPORT = """【日报】幸福里第一网格 2月5日
在观 2 户 4 人
应报4人　上午1人　下午0人
发热 0 人　症状 0 人
缺报：李梅、张小宝、吴昊
结论：零报告（缺报3人）
核对无误请回 /确认日报"""


@dataclass(frozen=True, slots=True)
class Line:
    """A stored bubble with the conversation it is in."""

    bubble: Bubble
    where: str
    viewer: str  # "" in a group


def picture() -> bytes:
    """A small valid PNG: soft stripes in the place of the report's picture."""
    width, height = 320, 180
    rows = b"".join(b"\0" + bytes(c for x in range(width) for c in _shade(x, y)) for y in range(height))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows))]
    body = b"".join(_chunk(kind, data) for kind, data in [*chunks, (b"IEND", b"")])
    return b"\x89PNG\r\n\x1a\n" + body


def _shade(x: int, y: int) -> tuple[int, int, int]:
    bar = 40 < x < 280 and y % 36 > 18 and x < 60 + (y // 36) * 50
    return (60, 130, 105) if bar else (244, 239, 230)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def sheet() -> bytes:
    """A small valid workbook."""
    book, out = Workbook(), io.BytesIO()
    book.active.append(["姓名", "上午", "下午"])
    book.save(out)
    return out.getvalue()


class FakeDesk:
    """Implements `web.desk.Desk`."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._begin()

    def _begin(self) -> None:
        self._clock = START
        self._personas, self._groups = [*PERSONAS], [*GROUPS]
        self._lines: list[Line] = []
        self._happened: list[DeskEvent] = []

    async def personas(self) -> list[Persona]:
        return self._personas

    async def groups(self) -> list[GroupView]:
        return self._groups

    async def history(self, viewer: str, conversation: str, after: int = 0, limit: int = 200) -> list[Bubble]:
        owner = viewer if conversation == PRIVATE else ""
        found = [line.bubble for line in self._lines if (line.where, line.viewer) == (conversation, owner)]
        return [b for b in found if b.id > after][:limit] if after else found[-limit:]

    async def now(self) -> datetime:
        return self._clock

    async def file(self, id: str) -> tuple[str, str, bytes]:
        if id == "f-png":
            return "日报-2月5日.png", "image/png", picture()
        if id == "f-xlsx":
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            return "日报-2月5日.xlsx", kind, sheet()
        raise DeskRefused("没有这个文件。")

    async def say(self, who: str, where: str, text: str, reply_to: int | None, photo: bool) -> None:
        if text == "坏了":
            raise RuntimeError(f"broken by {text}")
        await self._add(who, where, who, text, reply_to=reply_to, photo=photo)
        if where == PRIVATE:
            await self._answer(who, text)
        elif text == "/绑定群 工作":
            self._groups = [replace(g, members=frozenset({"wang"})) if g.id == where else g for g in self._groups]
            await self._add(None, where, "", "这个群现在是工作群。")

    async def _answer(self, who: str, text: str) -> None:
        name = _name(who)
        reading = re.search(r"3[5-9]\.\d|4[0-2]\.\d", text)
        if len(text) > SENT_LIMIT:
            await self._add(None, PRIVATE, who, "这段话太长了，请分几次发。")
        elif text == "/帮助":
            await self._add(None, PRIVATE, who, "\n".join(f"/命令{n}：能做的事" for n in range(60)))
        elif text == "/任命 吴昊 楼栋长":
            captain = Persona("wuhao", "吴昊", "captain", "楼栋长", "2栋")
            self._personas = [captain if p.id == captain.id else p for p in self._personas]
            await self._add(None, PRIVATE, who, "已任命吴昊。")
        elif "收到" in text:
            await self._add(None, PRIVATE, who, "#1 已接手。请在 /处置 1 里写下经过。")
        elif not reading:
            await self._add(None, PRIVATE, who, "没看懂。报体温请直接写：36.5\n更多见 https://example.org/help 。")
        elif float(reading[0]) < 37.3:
            await self._add(None, PRIVATE, who, f"已登记 {name} {reading[0]}℃，2月5日上午。医学观察第2/14天。")
        else:
            await self._add(None, PRIVATE, who, f"已登记 {reading[0]}℃。请不要外出，网格长和医生会马上联系您。")
            for staff in ("liu", "zhao"):
                alert = f"【发热警报 #1】{name}　6-2-1102\n体温 {reading[0]}℃，观察第1天\n接手请回：收到 1"
                await self._add(None, PRIVATE, staff, alert)

    async def forward(self, to: datetime) -> None:
        if to <= self._clock:
            raise DeskRefused("时间只能往前走。")
        start, self._clock = self._clock, to
        nine, six, seven = (datetime.combine(start.date(), time(h), ZONE) for h in (9, 18, 19))
        if start < nine <= to:
            await self._add(None, PRIVATE, "wuhao", "上午好，今天上午的体温还没收到。请量一下，直接回数字。", at=nine)
        if start < six <= to:
            await self._add(None, PRIVATE, "wang", REPORT, at=six)
        if start < seven <= to:
            picture, table = FileRef("f-png", "png", "日报-2月5日.png"), FileRef("f-xlsx", "xlsx", "日报-2月5日.xlsx")
            await self._add(None, "g-xf-work", "", "【日报】幸福里社区 2月5日　应报5人", at=seven)
            await self._add(None, "g-xf-work", "", "", at=seven, file=picture)
            await self._add(None, "g-xf-work", "", "", at=seven, file=table)
        await self._tell(DeskEvent(EventKind.CLOCK, self._clock))

    async def reset(self) -> None:
        self._begin()
        async with self._changed:
            self._changed.notify_all()

    async def events(self, after: int) -> AsyncIterator[DeskEvent]:
        happened = self._happened  # a reset begins a new list
        sent = len(happened)
        for event in happened[:sent]:
            if event.kind is EventKind.BUBBLE and event.bubble > after:
                yield event
        while happened is self._happened:
            for event in happened[sent:]:
                sent += 1
                yield event
            async with self._changed:
                while happened is self._happened and len(happened) == sent:
                    await self._changed.wait()
        yield DeskEvent(EventKind.RESET, self._clock)

    async def _add(self, who: str | None, where: str, viewer: str, text: str, **more: object) -> None:
        at = more.pop("at", self._clock)
        bubble = Bubble(len(self._lines) + 1, who, _name(who), text, at)
        owner = viewer if where == PRIVATE else ""
        self._lines.append(Line(replace(bubble, **more), where, owner))
        await self._tell(DeskEvent(EventKind.BUBBLE, self._clock, bubble.id, where, owner, who))

    async def _tell(self, event: DeskEvent) -> None:
        self._happened.append(event)
        async with self._changed:
            self._changed.notify_all()


def _name(who: str | None) -> str:
    return next((p.name for p in PERSONAS if p.id == who), "小联")
