"""People of another household who are called by words that also name one's own family ("邻居家孩子", "隔壁老王")."""

import re

from parsing.lexicon import Token
from parsing.people import RELATIONS, SURNAME_CLASS
from parsing.temperature import clause_start, sentence_start

NEIGHBOURS = re.compile("隔壁|邻居|对门|对面|楼[上下]|家(?:里?的?)?[孩娃宝儿女老爷奶爸妈小媳]")
_TITLED = rf"(?:[小老]?{SURNAME_CLASS}(?:大[爷妈娘叔婶姐哥]|奶奶|爷爷|阿姨|叔叔?|师傅|老师|姐|哥|工|总)?)"
_NEAR = "(?:隔壁|邻居|对门|对面|楼[上下])"
_OF_THEM = rf"(?:家里?|那[家户]|[的住那个位户]|他|她|们|老|小|有|一|[\d-]|[号楼栋室]|{_TITLED})"
_NEXT_DOOR = re.compile(rf"{_NEAR}{_OF_THEM}{{0,10}}$")
_OF_THEIR_HOME = re.compile(
    rf"{_NEAR}{_OF_THEM}{{0,8}}(?:家里?的?|他|她)$|(?<![我俺咱])(?:[小老]{SURNAME_CLASS}|{SURNAME_CLASS}(?:大[爷妈娘叔婶姐哥]|奶奶|爷爷|阿姨|叔叔?|师傅|姐|哥))(?:家里?的?|他|她)$"
)
_PASSED_ON = re.compile("[替帮代托][^。;!?\n]{0,14}(?:报|登记|填|打卡|测|量)|登记|上报|报[一下备]")
_NAMES = frozenset({"people.before_data", "people.titled", "people.introduced", "people.word"})
_OWN_UPSTAIRS = frozenset({"people.parents", "people.father", "people.mother"})
_NOT_KIN = frozenset({"people.self", "people.all", "people.?", "people.other", "people.pet", "people.member"})
_RULES = frozenset(f"people.{code}" for code in RELATIONS) - _NOT_KIN - {"people.word"}


def strangers(text: str, tokens: list[Token]) -> list[Token]:
    """Neighbours with a reading keep the word they are called by; those only said to be ill belong to nobody here."""
    return [
        _judged(text, token, tokens[place + 1 :])
        if token.kind == "person" and (token.rule in _RULES or token.rule in _NAMES)
        else token
        for place, token in enumerate(tokens)
    ]


def _judged(text: str, token: Token, following: list[Token]) -> Token:
    named = token.rule in _NAMES
    before = text[clause_start(text, token.start) : token.start]
    near = _OF_THEIR_HOME if token.rule in _OWN_UPSTAIRS else _NEXT_DOOR
    if not (near.search(before) or _OF_THEIR_HOME.search(before)):
        return token
    told: set[str] = set()
    for other in following:
        if other.kind == "person" and told:
            break
        told.add(other.kind)
    word = token.value if named else text[token.start : token.end]
    if "reading" in told or _PASSED_ON.search(text, sentence_start(text, token.start)):
        return token._replace(value=word)
    if named and not told & {"symptom", "unwell"}:
        return token
    return token._replace(value="other", rule="people.other")
