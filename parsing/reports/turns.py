"""Those who are people only where something is told of them: the sender, all, somebody, strangers, pets."""

from parsing.health.temperature import clause_start
from parsing.writing.lexicon import Pattern, Token

DATA = frozenset({"reading", "symptom", "denied", "well", "well_weak", "unwell", "over"})
_STOPS = ",。;!?\n"
_NEAR = 12  # tokens further on belong to another clause
# "我在自己家，36.5": the sender's turn, though the clause itself tells nothing.
_TURN = Pattern(
    "(?:自己|本人|个人|这边|这里|呢|嘛|么|倒|则|也|还|一直|就|是|没|现在|今天|今早){0,5}(?:在|住|,|没事|一样|同样|好|$)"
)
_LEADS_TO = Pattern("(?:今[天日]|体温|分别|依次|[ ,:。、为是各共]|成员){0,9}")
_MEASURED = Pattern("[量测]|体温")
_AT_THE_VET = Pattern("兽医|宠物医院|宠物店|它|肛温|狗粮|猫粮")


def clause_tells(text: str, tokens: list[Token], place: int) -> bool:
    """Whether the clause tells something of the person at this place in the tokens."""
    token, stop = tokens[place], _clause_end(text, tokens[place].end)
    following = [t for t in tokens[place + 1 : place + _NEAR] if token.end < t.end]
    if token.value == "all" and following and _leads_to(text, token, following[0]):
        return True
    if any(t.start < stop and (t.kind in DATA or t.kind == "person") for t in following):
        return True
    if text[stop : stop + 1] == "。" and any(t.start < stop < t.end for t in following):
        return True
    clause = text[clause_start(text, token.start) : stop].strip(" :")
    alone = len(clause) <= token.end - token.start + 1 and token.value not in ("other", "pet")  # "我，36.5"
    return alone or bool(_MEASURED.search(text, token.end, stop))


def _leads_to(text: str, token: Token, following: Token) -> bool:
    """ "家庭成员3人，36.4、36.5、36.7"."""
    return following.kind == "reading" and bool(_LEADS_TO.fullmatch(text, token.end, following.start))


def ails(text: str, tokens: list[Token], place: int) -> bool:
    """ "电梯里一女的，边咳边打电话": it is the stranger who coughs, where no reading and nobody else follows."""
    token = tokens[place]
    following = [
        t for t in tokens[place + 1 :] if t.kind in DATA or (t.kind == "person" and t.value not in ("other", "pet"))
    ]
    if token.value == "pet":
        return bool(_AT_THE_VET.search(text)) and not any(t.kind == "person" for t in following)
    if token.value != "other" or not following or following[0].start - token.end >= 20:
        return False
    return following[0].kind in ("symptom", "unwell") and not any(t.kind in ("reading", "person") for t in following)


def takes_turn(text: str, tokens: list[Token], place: int) -> bool:
    """ "我妈住9栋，36.3；我在自己家，36.5": my turn after somebody else's."""
    token = tokens[place]
    if clause_start(text, token.start) != token.start or not _TURN.match(text, token.end):
        return False
    following = next((t for t in tokens[place + 1 :] if t.kind in DATA or t.kind == "person"), None)
    return following is not None and following.kind == "reading" and following.start - token.end < 16


def _clause_end(text: str, place: int) -> int:
    stop, limit = place, min(len(text), place + 40)
    while stop < limit and text[stop] not in _STOPS:
        stop += 1
    return stop
