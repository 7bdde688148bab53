"""Pronouns and counts that stand for people named before: "她36.4", "他俩都流鼻涕", "三个人都36.7"."""

import re
from bisect import bisect_left

from parsing.writing.lexicon import Pattern, Token
from parsing.writing.taken import Taken

PLURAL, CALLED = (
    "\x1e",
    "\x1f",
)  # part the people in the value of one token, and each from the word for them
_CUE = Pattern("[他她伊渠它俩仨]|[两二三四五几个]个?[人位]?[都均全也统]|们[都俩仨几]|咱都|两个老的|[爷娘父母]")
_ONE = Pattern(
    r"(?<![其吉孩娃崽儿宝伢女子])[他她伊渠它](?:自己|本人)?(?![们家妈爸爹娘大奶爷姥俩人哥姐弟妹公婆那些说儿女孩的]|[^,。]{0,2}(?:说的|同事|同学|朋友))"
    r"|(?<=[,。;])[他她](?=的?体温|的是)"
)
_THEY = "[他她咱]?们?(?:俩|仨|[两三四几]个|两人|三人|[234]个|[娘爷姐哥]俩|[母父][子女])|[他她]们"
_WE = "(?:[我俺]们|咱们?|阿拉)(?:俩|仨|[几三两四]个)?人?(?=都|也都|全都|统统)"
_THOSE = "[这那](?:俩|两个|仨|几个)|两个老的|两位老人家?|俩老的?|小的们|前面那?几个|以上"
_NOUN = "人|老人|大人|孩子|娃|老的|小的|家人"
_BEFORE_TELLING = "(?:也|又|就|今天|现在|目前|这会儿|的?体温|量的|量了|,|:)*"
_SAYS = "说|讲|觉得|以为|笑|问|让|催|劝|叫|嫌|怪|不让"
_TELLING = rf"(?:都(?!{_SAYS})|均|全|统统|通通|一样|各|有|没|不|正常|\d\d|[三四]十|硬朗|好|精神|分别|依次|也|咳|发|烧|流|嗓|头)"
_MANY = Pattern(f"(?P<count>{_THEY}|{_WE}|{_THOSE})(?!口)(?P<noun>{_NOUN})?(?={_BEFORE_TELLING}{_TELLING})")
_YOUNG = frozenset("son daughter child grandchild".split())
_OLD = frozenset("father mother grandfather grandmother father_in_law mother_in_law".split())
_OF_NOUN = dict.fromkeys(("孩子", "娃", "小的"), _YOUNG) | dict.fromkeys(("老人", "老的"), _OLD)
_MACHINES = frozenset("电脑 手机 机器 服务器 CPU 显卡 发动机 主机".split())
_NUMBERS_FOLLOW = Pattern(r"[ ,:都是各分别体温依次]{0,6}(?:\d\d|[三四]十)")
_NUMBER = {
    "俩": 2,
    "两": 2,
    "2": 2,
    "仨": 3,
    "三": 3,
    "3": 3,
    "四": 4,
    "4": 4,
    "母": 2,
    "父": 2,
    "老": 2,
}
_SINGLE = frozenset(
    "spouse father mother son daughter child grandfather grandmother father_in_law mother_in_law grandchild sibling parents children".split()
)
_NOBODY = frozenset({"all", "?", "other", "pet"})
# What the last character of a word tells of the sex of the one it names.
_WOMAN = Pattern("(?:妈|娘|奶|婆|母|女|媳妇?|姐|妹|姑|姨|嫂|婶|太太|囡|丫头|妮|夫人|妻子?|姥姥|嬷|嫲|闺女|姑娘)$")
_MAN = Pattern("(?:爸|爹|爷|公|父|儿子|孙子|哥|弟|叔|伯|舅|丈人|先生|老头子?|女婿|小子|丈夫|老汉|崽|豆|窦)$")
_BY_NAME = frozenset({"people.member", "people.before_data", "people.titled", "people.word", "people.introduced"})
_DATA = frozenset({"reading", "symptom", "denied", "well", "well_weak", "unwell", "over"})
_STOP = Pattern("[,。;!?\n]")
_MENTIONED = 16  # people further back are not meant by a pronoun
_PLURAL_KIN = frozenset({"all", "parents", "children"})


def resolve(text: str, tokens: list[Token]) -> list[Token]:
    """The tokens with pronouns that are told something replaced by those they stand for."""
    if not _CUE.search(text):
        return tokens
    named = [token for token in tokens if token.kind == "person"]
    starts = [token.start for token in named]
    single = Taken(len(text), (token for token in named if token.value not in _PLURAL_KIN))
    plural = Taken(len(text), (token for token in named if token.value in _PLURAL_KIN))
    added: list[Token] = []
    ends = {token.end for token in named}
    for match in _MANY.finditer(text):
        if match.start() not in ends and not single.meets(*match.span()):  # "公婆俩" is told by its own word
            before = named[: bisect_left(starts, match.start())][-_MENTIONED:]
            added += _many(text, match, before, plural.meets(*match.span()))
    others = Taken(len(text), (token for token in [*named, *added] if token.value != "self"))
    told = [token for token in tokens if token.kind in _DATA or token.kind == "person"]
    told_at = [token.start for token in told]
    for match in _ONE.finditer(text):
        if not others.meets(*match.span()) and (after := bisect_left(told_at, match.end())) < len(told):
            before = named[: bisect_left(starts, match.start())][-_MENTIONED:]
            added += _single(text, match, before, told[after])
    if not added:
        return tokens
    replaced = Taken(len(text), added)
    kept = [t for t in tokens if t.kind != "person" or not replaced.meets(t.start, t.end)]
    return sorted([*kept, *added], key=lambda token: (token.start, -token.end))


def _many(text: str, match: re.Match[str], named: list[Token], kin: bool) -> list[Token]:
    """The token for several; `kin` where a word such as "爸妈" or "全家" already stands there."""
    stands = _several(text, match, named)
    if len(stands) < 2 and not kin:
        stands = _household(text, match, stands)
    if len(stands) > 1 or (stands and not kin):
        return [Token(*match.span(), "person", PLURAL.join(stands), "people.they")]
    return []


def _several(text: str, match: re.Match[str], named: list[Token]) -> list[str]:
    """The last so many who were named, or all of them where no number is said."""
    mentioned = list(dict.fromkeys(_called(text, token) for token in named if token.value not in _NOBODY))
    word = match["count"]
    if word[0] in "我俺咱阿" and not any(person.startswith("self") for person in mentioned):
        return []
    if match["noun"] in _OF_NOUN or word in ("两个老的", "两位老人", "俩老", "俩老的"):
        kind = _OF_NOUN.get(match["noun"], _OLD)
        mentioned = [person for person in mentioned if person.partition(CALLED)[0] in kind]
    number = next((_NUMBER[c] for c in word if c in _NUMBER), 0)
    if word[0] in "他她":
        mentioned = [person for person in mentioned if not person.startswith("self")]
    return mentioned[-number:] if number else mentioned


def _household(text: str, match: re.Match[str], stands: list[str]) -> list[str]:
    """Whom a count means where fewer were named: the parents or children of one word, or all who live here."""
    word = match["count"]
    if stands and stands[0].partition(CALLED)[0] in ("parents", "children"):
        return stands if word[0] in "他她" or "俩" in word or "两" in word else []
    if stands:
        return []
    alone = bool(_NUMBERS_FOLLOW.match(text, match.end())) and word[0] not in "我俺咱阿这那他她"
    return ["all"] if alone or (word[0] in "他她" and "们" in word) else []


def _called(text: str, token: Token) -> str:
    word = "" if token.value == "self" else text[token.start : token.end]
    return f"{token.value}{CALLED}{word}"


def _single(text: str, match: re.Match[str], named: list[Token], following: Token) -> list[Token]:
    """The one last named whom the pronoun fits, where the clause tells something of them."""
    gap = text[match.end() : following.start]
    if following.kind == "person" or len(gap) > 24 or _STOP.search(gap):
        return []
    stranger = next((t for t in reversed(named) if t.value != "self"), None)
    if stranger and following.kind != "reading" and _is_strange(text, stranger):
        return [Token(*match.span(), "person", f"other{CALLED}", "people.they")]
    if whom := _whom(text, match[0][0], named):
        return [Token(*match.span(), "person", _called(text, whom), "people.they")]
    if following.kind != "reading" or text[match.start() - 1 : match.start()] in ("给", "帮", "替"):
        return []
    return [Token(*match.span(), "person", f"?{CALLED}", "people.they")]  # "我36.5，他36.6"


def _is_strange(text: str, token: Token) -> bool:
    return token.value in ("other", "pet") and text[token.start : token.end] not in _MACHINES


def _whom(text: str, pronoun: str, named: list[Token]) -> Token | None:
    """The last one named of the right sex, or of any: many write 他 for everybody."""
    shut_out = _MAN if pronoun == "她" else _WOMAN if pronoun == "他" else None
    mentioned = [t for t in reversed(named) if t.value in _SINGLE or t.rule in _BY_NAME]
    fitting = [t for t in mentioned if not (shut_out and shut_out.search(text, t.start, t.end))]
    return next(iter(fitting or mentioned), None)
