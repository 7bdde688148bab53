"""The whole of it: a message in, its meaning out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from parsing.addresses_in_text import Located, headless, locate
from parsing.dangers.hearing import hear
from parsing.health.negation import judge
from parsing.health.states import states
from parsing.health.symptoms import find_symptom_tokens
from parsing.health.temperature import readings
from parsing.model import Chain, ChainLine, CheckIn, Context, Trace, Understanding
from parsing.reports import bare, chains
from parsing.reports.checkins import read
from parsing.reports.entries import entries
from parsing.reports.groups import Report
from parsing.reports.quick_rows import quick_row
from parsing.reports.surroundings import blank
from parsing.shapes import LONGEST as LONGEST_SHAPE
from parsing.shapes import Answer, Shape, answer_of, common_head, filled, sample, shape_of, with_address
from parsing.wants import intents
from parsing.writing.characters import SIMPLIFIED
from parsing.writing.lexicon import Pattern, Token
from parsing.writing.text import Folded, fold

LONGEST = 20_000  # characters of a chain; what follows is left to a person, danger in it is still heard
LONGEST_REPORT = 600  # of one message without numbered lines
LONGEST_LINE = 200
MOST_LETTERS = 4_000  # of all lines of a chain that are not plain: about 250 lines, read in 50 ms
MOST_HEADS = 12  # lines without a number in which the building may be named
LEAST_LEAN = -0.88  # of the learned weights towards a report, for one without any reading
_NO_CONTEXT = Context()
_PARTED = frozenset("0123456789\n| ")
_STORY = Pattern(
    r"新闻(?:里|上|说|联播|报)|(?:电视|连续)剧|电影|小说|做(?:了个?)?(?:噩)?梦|梦[见到]|演习|演练|游戏里|抖音|朋友圈看|据报道|报道称|段子|小时候|转发[:]|讲座|科普[:]|听(?:说|人说)"
)
_MENTION = Pattern(r"@[^\s@,。:]{1,16}[ \u2005]?")
_INTENT_CUE = Pattern("[\u4e00-\u9fffA-Za-z]")
_WORDS = Pattern("[\u4e00-\u9fff]{2}|[\u4e00-\u9fff][了吗]")
_ASKS = Pattern("[吗嘛]|是不是|算不算|(?<!差)不$")
_PLAIN = Pattern(
    "体温|今天|今日|今早|现在|刚才|量的?|测的?|度|都|也|还|有点|是|分别|早上|晚上|中午|的|了|就|一直|一下|好|其他|除了|报告|本人|打卡|左右|大概|有些|说|觉得|家里?"
)
# A chain's title that says which round of the day it is: "今日体温（晚）", "早间测温".
_PART_OF_DAY = Pattern(
    r"[(\[【]([早晨午晚]|早上|上午|中午|下午|晚上|晚间|早间|午间)[)\]】]|(早上?|晨|上午|早间|晨间|中午|午间|下午|晚上?|晚间)(?:的)?(?:体温|测温|量体温|打卡|上报)(?!截|前)"
)
_PARTS = (
    dict.fromkeys("早 晨 早上 上午 早间 晨间".split(), "morning")
    | dict.fromkeys("午 中午 午间".split(), "noon")
    | dict.fromkeys("晚 下午 晚上 晚间".split(), "evening")
)
_WRITTEN = frozenset({"people.before_data", "people.introduced", "people.titled", "people.word"})  # values are words
_PLAINLY_ASKED = Pattern("怎么办|咋办|真的假的|是真的吗")  # whatever the weights hear in the rest
_NOW = Pattern("了|有点|一直|今天|今早|现在|刚|我|俺|还在|这两天|开始|得厉害|好几|几天|昨晚|昨天|又|起")


def parse(text: str, context: Context = _NO_CONTEXT) -> Understanding:
    """Read one message; never raises, whatever the text."""
    folded = fold(text)
    return _as_written(text, folded, _remembered(folded, context) or _understood(folded, context))


def _remembered(folded: Folded, context: Context) -> Understanding | None:
    """What a message of the same shape was understood as, with the readings and the address of this one."""
    if folded.offsets is not None or len(folded.text) > LONGEST_SHAPE:
        return None
    text, written, common = common_head(folded.text)
    members = tuple(member for member in context.members if _last(member) in text)  # others cannot be meant
    if found := shape_of(text):
        answer = _answer_of(found[0], context.expecting, members)
        understood = answer and filled(found[0], answer, found[1])
    else:
        understood = _answer_to(text, context.expecting, members)
    return with_address(understood, written, common) if understood and written else understood


@lru_cache(maxsize=4096)
def _answer_of(shape: Shape, expecting: str | None, members: tuple[str, ...]) -> Answer | None:
    return answer_of(shape, _understood(Folded(sample(shape)), Context(expecting, None, members)))


@lru_cache(maxsize=4096)
def _answer_to(text: str, expecting: str | None, members: tuple[str, ...]) -> Understanding:
    return _understood(Folded(text), Context(expecting, None, members))


@lru_cache(maxsize=4096)
def _last(name: str) -> str:
    return name.translate(SIMPLIFIED)[-1:]


def _understood(folded: Folded, context: Context) -> Understanding:
    body = folded.text
    dangers, heard = hear(body)
    traces = list(heard)
    if len(body) > LONGEST:
        cut = body.rfind("\n", 0, LONGEST)
        body = body[: cut if cut > 0 else LONGEST]
    lines = chains.split(body)
    if lines is not None:
        return _chain(body, lines, folded, dangers, traces, context)
    body = body[:LONGEST_REPORT]
    if "@" in body:
        body = _MENTION.sub(lambda match: " " * len(match[0]), body)
    checkins, tokens, kinds = _message(body, context, dangers)
    return _answer(kinds | dangers, tuple(checkins), None, folded, traces + tokens)


def _as_written(text: str, folded: Folded, answer: Understanding) -> Understanding:
    """The answer with personal names in the script that they were written in."""
    if not answer.checkins or folded.text == text:
        return answer
    written: dict[str, str] = {}
    for trace in answer.traces:
        if trace.rule in _WRITTEN:
            name = text[trace.start : trace.end]
            if (simplified := name.translate(SIMPLIFIED)) != name:
                written[simplified] = name
    if not written:
        return answer

    def renamed(checkins: tuple[CheckIn, ...]) -> tuple[CheckIn, ...]:
        return tuple(replace(checkin, person=written.get(checkin.person, checkin.person)) for checkin in checkins)

    chain = answer.chain
    if chain:
        chain = replace(chain, lines=tuple(replace(line, checkins=renamed(line.checkins)) for line in chain.lines))
    return replace(answer, checkins=renamed(answer.checkins), chain=chain)


def find_symptoms(text: str) -> tuple[str, ...]:
    """The codes of the symptoms that the text says are there, sorted."""
    body = fold(text).text
    return tuple(sorted({token.value for token in judge(body, find_symptom_tokens(body)) if token.kind == "symptom"}))


def to_json(id: str, understanding: Understanding) -> dict[str, Any]:
    """The answer in the form of the labelled sets."""
    rows = [
        {
            "person": checkin.person, "address": checkin.address, "temperature": checkin.temperature,
            "symptoms": list(checkin.symptoms), "when": checkin.when, "unclear": checkin.unclear,
        }
        for checkin in understanding.checkins
    ]  # fmt: skip
    return {"id": id, "intents": list(understanding.intents), "checkins": rows}


def _answer(
    intents: set[str] | frozenset[str],
    checkins: tuple[CheckIn, ...],
    chain: Chain | None,
    folded: Folded,
    tokens: list[Token],
) -> Understanding:
    traces = tuple(
        Trace(token.rule, *folded.span(token.start, token.end), _says(token)) for token in tokens if token.rule
    )
    return Understanding(tuple(sorted(intents)) or ("chat",), checkins, chain, traces)


def _says(token: Token) -> str:
    """What a token stands for, in a word: the reading, whose it is, or what became of a symptom."""
    if token.kind == "reading":
        return str(token.number if token.number is not None else f"{token.claimed} (not believable)")
    return f"{token.kind} {token.value}".strip()


def _message(text: str, context: Context, dangers: frozenset[str]) -> tuple[list[CheckIn], list[Token], set[str]]:
    expecting = context.expecting == "checkin"
    if statement := bare.read(text):
        if not (expecting or statement.strong):
            return [], [], set()
        return [CheckIn(statement.person)], [Token(0, len(text), "", "", "bare.well")], {"checkin"}
    if _tells_nothing(text) and (not (found := _find_wants(text)) or _asks(text)):
        return [], found, {token.kind for token in found}
    report = read(text, context.members, expecting, False)
    found = _wants(text, report)
    kinds = {token.kind for token in found}
    checkins = entries(text, report, False)
    if checkins and not _is_report(text, report, kinds, expecting, dangers):
        checkins = []
    if checkins:
        kinds.add("checkin")
        found += [token for token in report.tokens if token.rule]
    return checkins, found, kinds


def _tells_nothing(text: str) -> bool:
    """No figure, no symptom and no word for how somebody is: whoever is spoken of, nothing is reported."""
    if not _PARTED.isdisjoint(text):
        return False  # what is read in pieces has to be asked in pieces
    return not (readings(text) or find_symptom_tokens(text) or states(text))


def _wants(text: str, report: Report) -> list[Token]:
    """What the message wants beside its report, by the learned weights."""
    return _find_wants(text) if _rest(text, report) else []


def _find_wants(text: str) -> list[Token]:
    if len(text) < 3 or not _INTENT_CUE.search(text):
        return []
    found = intents.find(text, intents.WANTS)
    if (asked := _PLAINLY_ASKED.search(text)) and all(t.kind != "question" for t in found) and not hear(text)[0]:
        found.append(Token(*asked.span(), "question", "", "question.plain"))
    return found


def _wants_of_line(text: str, report: Report) -> list[Token]:
    """What one line of a chain wants beside name, address and reading."""
    bare_text = blank(text, [token for token in report.tokens if token.kind in ("person", "address", "reading")])
    return _wants(bare_text, report) if len(_WORDS.findall(bare_text)) > 1 else []


def _rest(text: str, report: Report) -> bool:
    """Whether anything is left to understand beside the report: most check-ins end here, and quickly."""
    if _asks(text) or any(token.value == "other" for token in report.tokens):
        return True
    pieces, place = [], 0
    for token in report.tokens:
        if token.start > place:
            pieces.append(text[place : token.start])
        place = max(place, token.end)
    pieces.append(text[place:])
    return any(_WORDS.search(_PLAIN.sub("", piece)) for piece in pieces)


def _asks(text: str) -> bool:
    return "?" in text or bool(_ASKS.search(text))


def _is_report(text: str, report: Report, kinds: set[str], expecting: bool, dangers: frozenset[str]) -> bool:
    groups = [group for group in report.groups if group.has_data and not group.skip]
    if any(group.readings for group in groups):
        return True
    if dangers or _STORY.search(text) or intents.scores(text)[intents.REPORT] < LEAST_LEAN:
        return False
    symptoms = any(group.symptoms or group.unwell for group in groups)
    named = any(group.named and (group.symptoms or group.unwell or group.strong) for group in groups)
    if symptoms:
        if "tip" in kinds and not named:
            return False
        return not ("question" in kinds and not named and not _NOW.search(text))
    if report.had_past and any(group.told for group in groups):
        return True  # "昨天拉肚子今天好了"
    if expecting:
        return not kinds & {"help", "tip"} or any(group.strong for group in groups)
    strong = [group for group in groups if group.strong]
    if not strong:
        return any(group.named and group.persons == ["all"] for group in groups) and not kinds
    return not ("question" in kinds or "tip" in kinds) or any(group.named for group in strong)


def _chain(
    text: str, raw: list[chains.RawLine], folded: Folded, dangers: frozenset[str], traces: list[Token], context: Context
) -> Understanding:
    title = " ".join(line.text.strip() for line in raw if line.number is None and line.text.strip())
    health = bool(re.search("体温|健康|打卡|测温|症状|上报|报平安", title))
    goods = bool(re.search("团购|拼单|团菜|团长|价格|下单|套餐|接龙买", title)) and not health
    heads = [line.text[:LONGEST_LINE] for line in raw if line.number is None and line.text.strip()][:MOST_HEADS]
    header = next((place for head in heads for place in locate(head) if place.is_header), None)
    kinds: set[str] = set(dangers)
    numbered = [line for line in raw if line.number is not None and line.text.strip()]
    rows = _rows(numbered, header or headless(line.text for line in numbered), context)
    health = health or any(row.reads for row in rows)
    lines: list[ChainLine] = []
    for row in rows:
        told = row.checkins if health and not goods else ()
        lines.append(ChainLine(row.line.number or 0, row.line.text.strip(), told))
        wants = _wants_of_line(row.line.text[:LONGEST_LINE], row.report) if row.report and not dangers else []
        kinds |= {token.kind for token in wants}
        traces += [
            token._replace(start=token.start + row.line.start, end=token.end + row.line.start)
            for token in [*(row.tokens if told else ()), *wants]
        ]
    if part := _PART_OF_DAY.search(title):
        when = next(word for word in part.groups() if word)
        lines = [replace(line, checkins=tuple(_at(told, _PARTS[when]) for told in line.checkins)) for line in lines]
    checkins = tuple(checkin for line in lines for checkin in line.checkins)
    if checkins:
        kinds.add("checkin")
    unread = sum(row.report is None and not row.tokens for row in rows)
    return _answer(kinds, checkins, Chain(title, tuple(lines), unread), folded, traces)


@dataclass(frozen=True, slots=True)
class _Row:
    """One numbered line with what it reports; neither report nor tokens: it was not read."""

    line: chains.RawLine
    checkins: tuple[CheckIn, ...] = ()
    tokens: Sequence[Token] = ()
    report: Report | None = None
    reads: bool = False  # it holds a reading


@lru_cache(maxsize=2048)  # a chain is posted again with every line that is added
def _read_row(text: str, members: tuple[str, ...], header: Located | None) -> tuple[tuple[CheckIn, ...], Report, bool]:
    report = read(text, members, False, True, header)
    told = tuple(
        checkin if checkin.person != "self" or report.groups[0].named else _unnamed(checkin)
        for checkin in entries(text, report, True)
    )
    return told, report, any(group.readings for group in report.groups)


def _rows(lines: Sequence[chains.RawLine], header: Located | None, context: Context) -> list[_Row]:
    """Each line read, plain ones at a glance; of the others not more than a community's chain holds."""
    rows, left = [], MOST_LETTERS
    for line in lines:
        text = line.text[:LONGEST_LINE]
        if header is None and (quick := quick_row(text.lstrip())):
            indent = len(text) - len(text.lstrip())
            tokens: Sequence[Token] = quick[1]
            if indent:
                tokens = [t._replace(start=t.start + indent, end=t.end + indent) for t in tokens]
            rows.append(_Row(line, (quick[0],), tokens, None, True))
        elif left > 0:
            left -= len(text)
            members = tuple(member for member in context.members if _last(member) in text)
            told, report, reads = _read_row(text, members, header)
            rows.append(_Row(line, told, report.tokens, report, reads))
        else:
            rows.append(_Row(line))
    return rows


def _at(checkin: CheckIn, when: str) -> CheckIn:
    return replace(checkin, when=when) if checkin.when is None and checkin.temperature is not None else checkin


def _unnamed(checkin: CheckIn) -> CheckIn:
    return replace(checkin, person="?")
