"""The one spoken to: "妈，今天36.5", "王姐好，我家…", "儿子，妈今天36.5"."""

from parsing.writing.lexicon import Pattern, Token

_GREETING = Pattern(
    r"^(?:喂|哎|诶|嗨|哈喽|[你您]好|大家好?|各位|邻居们|家人们|早上好|早|报告|[亲敬]爱的|尊敬的|[@ ,!~。]){0,6}$"
)
# Someone who is called to is followed by a stop and by what is told, of somebody else.
_HAIL = "(?:[您你]?好|早(?:上好)?|晚上好|辛苦了?|[啊呀哎欸诶哦喂!~]){0,3}"
_ME = "(?:我|俺|咱|额)"
_KIN_OF_MINE = "[妈爸哥姐弟妹爷奶儿女]"
_TOLD = (
    f"(?:{_ME}|今|早|中午|晚|刚|体温|报|你|您|麻烦|这边|家里|全家|量|测|现在|按|请|跟|给|说|汇报|打扰"
    r"|\d+[-栋号]|[一二三四五六七八九十]+[栋号单])"
)
_CALLED = Pattern(rf"{_HAIL}(?:[,:!。~ ]+|(?={_ME}(?!{_KIN_OF_MINE}))|(?=你|您))(?=[你您]?{_TOLD})")
_CALLED_LOOSELY = Pattern(r"(?:[您你]?好|早(?:上好)?|晚上好|辛苦了?|[啊呀哎])+[,:!。~ ]*|[,:!~] *")
_TO_YOU = Pattern("[啊呀哎]?[,:!~ ]*(?:[你您]|[我俺咱](?!妈|爸|爷|奶))")
_OFFICE = Pattern(
    "(?:主任|书记|经理|队长|组长|楼长|老师|医生|大夫|护士|同志|管家|站长|所长|领导|师傅|工|总|姐|哥|妹|弟)$"
)
_CALLED_KIN = frozenset(
    f"people.{code}"
    for code in "father mother sibling spouse son daughter child grandmother grandfather parents word".split()
)
_YOUNGER = frozenset(f"people.{code}" for code in "son daughter child grandchild children".split())
_OLDER = frozenset(f"people.{code}" for code in "mother father grandmother grandfather".split())
_TO_THE_YOUNG = Pattern("^[啊呀哎]?(?:[,!~。 ]|你放心|放心|别担心|别惦记|你们?){1,4}$")
_DATA = frozenset({"reading", "symptom", "denied", "well", "well_weak", "unwell", "over"})


def is_called(text: str, people: list[Token], tokens: list[Token]) -> bool:
    """Whether the first one named is spoken to and not reported."""
    token = people[0]
    if token.start > 8 or not _GREETING.match(text[: token.start]):
        return False
    called, titled = _CALLED.match(text, token.end), _is_titled(text, token)
    if titled and len(people) < 3 and _OFFICE.search(token.value) and _CALLED_LOOSELY.match(text, token.end):
        return len(people) == 1 or people[1].value == "self" or called is not None
    if called is None or not (titled or token.rule in _CALLED_KIN):
        return False
    if not called[0].strip() and not _hailed(text, token, called.end()):
        return False  # "老婆我36.5": both, as far as one can tell
    if len(people) > 1 and people[1].value not in ("self", "all") and token.rule in _CALLED_KIN:
        return False  # "爸，今天36.5，妈，今天36.6"
    return any(t.kind in _DATA and t.start >= called.end() for t in tokens)


def _is_titled(text: str, token: Token) -> bool:
    """ "小王，我家…", but not "王秀英，早上36.5"."""
    named = token.rule == "people.before_data"
    return token.rule == "people.titled" or (named and bool(_TO_YOU.match(text, token.end)))


def _hailed(text: str, token: Token, place: int) -> bool:
    return text.startswith(("你", "您"), place) or (
        token.rule == "people.sibling" and text.startswith(("我", "俺"), place)
    )


def speaks_as_elder(text: str, people: list[Token]) -> bool:
    """ "儿子，妈今天36.5，别担心": a parent speaks of himself or herself."""
    if len(people) != 2 or people[0].rule not in _YOUNGER or people[1].rule not in _OLDER or people[0].start > 4:
        return False
    return bool(_TO_THE_YOUNG.match(text[people[0].end : people[1].start]))
