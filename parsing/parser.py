"""The whole of it: a message in, its meaning out."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from parsing import bare, chains, declarations, questions, requests, tips
from parsing.characters import SIMPLIFIED
from parsing.checkins import read
from parsing.danger import look
from parsing.entries import entries
from parsing.groups import Report
from parsing.lexicon import Token
from parsing.model import Chain, ChainLine, CheckIn, Context, Trace, Understanding
from parsing.negation import judge
from parsing.symptoms import find_symptom_tokens
from parsing.text import Folded, fold

LONGEST = 20_000  # characters of a chain; what follows is left to a person, danger in it is still heard
LONGEST_REPORT = 3_000  # of one message without numbered lines
LONGEST_LINE = 300
_NO_CONTEXT = Context()
_STORY = re.compile(
    r"新闻(?:里|上|说|联播|报)|(?:电视|连续)剧|电影|小说|做(?:了个?)?(?:噩)?梦|梦[见到]|演习|演练|游戏里|抖音|朋友圈看|据报道|报道称|段子|小时候|转发[:]|讲座|科普[:]|听(?:说|人说)"
)
_MENTION = re.compile(r"@[^\s@,。:]{1,16}[ \u2005]?")
_INTENT_CUE = re.compile("[\u4e00-\u9fffA-Za-z]")
_OWN = re.compile("我|俺|咱|老公|老婆|爱人|媳妇|儿子|女儿|闺女|孩子|爸|妈|岳|一家[三四五两]口|报备|自驾")
_WORDS = re.compile("[\u4e00-\u9fff]{2}|[\u4e00-\u9fff][了吗]")
_ASKS = re.compile("[吗嘛]|是不是|算不算|(?<!差)不$")
_PLAIN = re.compile(
    "体温|今天|今日|今早|现在|刚才|量的?|测的?|度|都|也|还|有点|是|分别|早上|晚上|中午|的|了|就|一直|一下|好|其他|除了|报告|本人|打卡|左右|大概|有些|说|觉得|家里?"
)
# A chain's title that says which round of the day it is: "今日体温（晚）", "早间测温".
_PART_OF_DAY = re.compile(
    r"[(\[【]([早晨午晚]|早上|上午|中午|下午|晚上|晚间|早间|午间)[)\]】]|(早上?|晨|上午|早间|晨间|中午|午间|下午|晚上?|晚间)(?:的)?(?:体温|测温|量体温|打卡|上报)(?!截|前)"
)
_PARTS = (
    dict.fromkeys("早 晨 早上 上午 早间 晨间".split(), "morning")
    | dict.fromkeys("午 中午 午间".split(), "noon")
    | dict.fromkeys("晚 下午 晚上 晚间".split(), "evening")
)
_NOW = re.compile("了|有点|一直|今天|今早|现在|刚|我|俺|还在|这两天|开始|得厉害|好几|几天|昨晚|昨天|又|起")


def parse(text: str, context: Context = _NO_CONTEXT) -> Understanding:
    """Read one message; never raises, whatever the text."""
    folded = fold(text)
    body = folded.text
    dangers, traces = look(body)
    if len(body) > LONGEST:
        cut = body.rfind("\n", 0, LONGEST)
        body = body[: cut if cut > 0 else LONGEST]
    lines = chains.split(body)
    if lines is not None:
        return _as_written(text, folded, _chain(body, lines, folded, dangers, traces, context))
    body = body[:LONGEST_REPORT]
    if "@" in body:
        body = _MENTION.sub(lambda match: " " * len(match[0]), body)
    checkins, tokens, intents = _message(body, context, dangers, traces)
    return _as_written(text, folded, _answer(intents | dangers, tuple(checkins), None, folded, traces + tokens))


def _as_written(text: str, folded: Folded, answer: Understanding) -> Understanding:
    """The answer with personal names in the script that they were written in."""
    if not answer.checkins or folded.text == text:
        return answer
    written: dict[str, str] = {}
    for trace in answer.traces:
        if trace.rule in ("people.before_data", "people.introduced"):
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
    traces = tuple(Trace(token.rule, *folded.span(token.start, token.end)) for token in tokens if token.rule)
    return Understanding(tuple(sorted(intents)) or ("chat",), checkins, chain, traces)


def _message(
    text: str, context: Context, dangers: frozenset[str], heard: Sequence[Token]
) -> tuple[list[CheckIn], list[Token], set[str]]:
    expecting = context.expecting == "checkin"
    if statement := bare.read(text):
        if not (expecting or statement.strong):
            return [], [], set()
        return [CheckIn(statement.person)], [Token(0, len(text), "", "", "bare.well")], {"checkin"}
    report = read(text, context.members, expecting, False)
    found = _intents(text, report, dangers, heard)
    kinds = {token.kind for token in found}
    checkins = entries(text, report, False)
    if checkins and not _is_report(text, report, kinds, expecting, dangers):
        checkins = []
    if checkins:
        kinds.add("checkin")
        found += [token for token in report.tokens if token.rule]
    return checkins, found, kinds


def _intents(text: str, report: Report, dangers: frozenset[str], heard: Sequence[Token] = ()) -> list[Token]:
    if len(text) < 3 or not _INTENT_CUE.search(text) or not _rest(text, report):
        return []
    story = bool(_STORY.search(text)) and not re.search("听说|听人说", text)
    helps = [] if story else requests.find(text)
    tipped = [] if story or "emergency" in dangers else tips.find(text)
    checked = any(group.has_data and not group.skip for group in report.groups)
    asked = questions.find(text, [requests.clause_span(text, token) for token in helps], bool(tipped), checked)
    declared = [] if story else declarations.find(text, bool(asked))
    if report.many_addresses and declared:  # a captain's list tells of others
        declared = [t for t in declared if not any(place.end <= t.start < place.end + 10 for place in report.addresses)]
    if "crisis" in dangers:  # "怎么才能死" asks for no information
        asked = [t for t in asked if not any(h.start < t.end + 3 and t.start < h.end + 3 for h in heard)]
    numbers = [token for token in report.tokens if token.kind == "reading"]
    tipped = [t for t in tipped if not any(t.start <= number.start < t.end for number in numbers)]
    tipped = [t for t in tipped if t.rule != "tip.cough" or not _reported(text, t, report)]
    if dangers:
        helps = []
    if tipped and helps and {t.rule for t in helps} <= {"help.ask", "help.do_for_me", "help.alone", "help.care"}:
        if any(t.rule in ("help.alone", "help.care") for t in helps):
            tipped = []
        else:
            helps = []
    if tipped and declared:
        if _OWN.search(text) and (re.search("我|俺|咱", text) or not declarations.STRANGERS.search(text)):
            tipped = [t for t in tipped if t.rule not in ("tip.arrive", "tip.hide")]
        else:
            declared = []
    if (
        tipped
        and any(t.rule == "question.hearsay" and t.start > 4 for t in asked)
        and re.search("楼上|楼下|对门|隔壁", text)
    ):
        asked = [t for t in asked if t.rule != "question.hearsay"]
    if helps and any(t.rule == "tip.dirt" for t in tipped):
        helps, tipped = (helps, []) if "家" in text else ([], tipped)
    elif helps and {t.rule for t in helps} == {"help.out_of"} and tipped:
        helps = []
    if any(t.rule == "question.hearsay" for t in asked):
        tipped, declared = [], []
    return [*declared, *helps, *tipped, *asked]


def _reported(text: str, tip: Token, report: Report) -> bool:
    """Whether the one who coughs is reported with a reading: "601老李咳嗽37.1", not "对门有人发烧"."""
    return any(
        reading.start < tip.end + 8
        and reading.end > tip.start - 8
        and group.start < tip.end
        and not re.search("[。;!?\n]", text[tip.end : reading.start])
        for group in report.groups
        if group.named and not group.skip
        for reading, _ in group.readings
    )


def _rest(text: str, report: Report) -> bool:
    """Whether anything is left to understand beside the report: most check-ins end here, and quickly."""
    if "?" in text or _ASKS.search(text) or any(token.value == "other" for token in report.tokens):
        return True
    pieces, place = [], 0
    for token in report.tokens:
        if token.start > place:
            pieces.append(text[place : token.start])
        place = max(place, token.end)
    pieces.append(text[place:])
    return any(_WORDS.search(_PLAIN.sub("", piece)) for piece in pieces)


def _is_report(text: str, report: Report, kinds: set[str], expecting: bool, dangers: frozenset[str]) -> bool:
    groups = [group for group in report.groups if group.has_data and not group.skip]
    if any(group.readings for group in groups):
        return True
    if dangers:
        return False
    if _STORY.search(text):
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
    header = next(
        (
            place
            for line in raw
            if line.number is None
            for place in read(line.text[:LONGEST_LINE], (), False, True).addresses
            if place.is_header
        ),
        None,
    )
    reports = [
        (line, read(line.text[:LONGEST_LINE], context.members, False, True, header))
        for line in raw
        if line.number is not None and line.text.strip()
    ]
    health = health or any(group.readings for _, report in reports for group in report.groups)
    intents: set[str] = set(dangers)
    rows: list[ChainLine] = []
    for line, report in reports:
        told = [] if goods or not health else entries(line.text[:LONGEST_LINE], report, True)
        told = [
            checkin if checkin.person != "self" or report.groups[0].named else _unnamed(checkin) for checkin in told
        ]
        rows.append(ChainLine(line.number or 0, line.text.strip(), tuple(told)))
        moved = [token._replace(start=token.start + line.start, end=token.end + line.start) for token in report.tokens]
        if told:
            traces = traces + moved
        if not dangers:
            found = [
                t
                for t in _intents(line.text[:LONGEST_LINE], report, dangers)
                if t.kind in ("question", "declare") or (t.kind in ("help", "tip") and not told and health)
            ]
            intents |= {token.kind for token in found}
            traces = traces + [
                token._replace(start=token.start + line.start, end=token.end + line.start) for token in found
            ]
    if part := _PART_OF_DAY.search(title):
        when = next(word for word in part.groups() if word)
        rows = [replace(row, checkins=tuple(_at(checkin, _PARTS[when]) for checkin in row.checkins)) for row in rows]
    checkins = tuple(checkin for row in rows for checkin in row.checkins)
    if checkins:
        intents.add("checkin")
    return _answer(intents, checkins, Chain(title, tuple(rows)), folded, traces)


def _at(checkin: CheckIn, when: str) -> CheckIn:
    return replace(checkin, when=when) if checkin.when is None and checkin.temperature is not None else checkin


def _unnamed(checkin: CheckIn) -> CheckIn:
    return replace(checkin, person="?")
