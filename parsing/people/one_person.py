"""Two words for one person: "我老婆李梅", "女婿我", "我丈夫的父亲"; or two people side by side: "我和老婆"."""

from parsing.people.kin import RELATIONS
from parsing.writing.lexicon import Pattern, Token

NAMES = frozenset({"people.member", "people.introduced", "people.before_data", "people.titled"})
SHY = frozenset({"self", "other", "pet", "?", "all"})  # people only where the clause tells something

_LONGEST_GAP = 14  # characters between two words that belong together
_JOIN = Pattern(
    r"^[ 、和跟与及,&+/]*(?:还有|以及|同|连同|加上|带)?[ ]*(?:我|俺|咱|额|(?<=[和跟与同])[他她])?(?:家|们家)?的?个?[ ]*$"
)
_JOIN_TIGHT = Pattern(r"^(?:[ 、和跟与及&+/同我俺咱额家的个]|还有|以及|连同|加上)*$")
_JOINT = Pattern("[和跟与及、,&+/同]|还有|以及|连同|加上")
_OWN = Pattern("^(?:[家的里们屋头自那这边个他她大小嘞滴一])*$")
_NAMED = Pattern(r"^[ (:是叫,]?(?:叫|是|名叫|的)?$")
_POSSESSED = frozenset("的 他 她 家 家的 那边的 他家 滴 嘞".split())
_COMPOSED: dict[tuple[str, str], str] = {  # "我丈夫的父亲"
    ("spouse", "father"): "father_in_law", ("spouse", "mother"): "mother_in_law", ("spouse", "parents"): "公婆",
    ("father", "father"): "grandfather", ("father", "mother"): "grandmother", ("mother", "father"): "grandfather",
    ("mother", "mother"): "grandmother",
} | {
    (older, younger): "grandchild"
    for older in ("son", "daughter", "child") for younger in ("son", "daughter", "child")
}  # fmt: skip
_OF_A_CHILD = {"father": "spouse", "mother": "spouse", "grandmother": "grandmother", "grandfather": "grandfather"}
_ONESELF = frozenset("自己 本人 个人 自个 自个儿".split())
_ONE_OF = {
    "children": frozenset("child son daughter sibling".split()),
    "parents": frozenset({"father", "mother"}),
}
_OLD_SELF = frozenset("老太婆 老婆子 老婆婆子 老头子 老头儿".split())
# "孩子我给量了", "老婆我都正常": the second is somebody beside the first.
_BESIDE = Pattern("[们和都也俩跟]|(?:刚|又|一|才|刚刚|今早|早上|现在)?(?:给|帮|替|量|测|摸|看|抱|报|陪|带)")


def side_by_side(between: str) -> bool:
    """Whether the words between two people make them a list: "我和老婆"."""
    return len(between) < _LONGEST_GAP and bool(_JOIN_TIGHT.match(between) or _JOIN.match(between))


def joined(between: str) -> bool:
    """Whether a word or a stop joins two people: "我跟我老婆", not "我家我"."""
    return bool(_JOINT.search(between))


def one_person(text: str, tokens: list[Token], last: Token, token: Token, code: str, previous: str) -> str | None:
    """Whom the last word for a person and this one mean together, or None where they are two people."""
    between = text[last.end : token.start]
    if len(between) >= _LONGEST_GAP:
        return None
    if _is_name_for(last, token, previous, between):
        return code
    if between == "" and (meant := _adjacent(text, tokens, last, token, code, previous)):
        return meant
    if code in _ONE_OF.get(previous, ()):
        return code  # "三个娃，老大36.5"
    if previous in SHY - {"pet"} and code != "self" and _OWN.match(between):
        return code  # "我家孩子"
    if previous == "self" == code and _OWN.match(between):
        return "self"
    if previous == "child" and between in ("", "的", "他", "她"):
        return code if token.rule == "people.word" else _OF_A_CHILD.get(code) or _COMPOSED.get((previous, code))
    possessed = between in _POSSESSED and (previous == "spouse" or between not in ("他", "她"))
    return _COMPOSED.get((previous, code)) if possessed else None


def _is_name_for(last: Token, token: Token, previous: str, between: str) -> bool:
    """ "我老婆李梅", "儿子（小明）", "姐夫叫张三"."""
    if token.rule not in NAMES or (last.rule in NAMES and token.rule != "people.titled"):
        return False
    return between in ("", "是", "叫", " ", ":", "(") if previous == "self" else bool(_NAMED.match(between))


def _adjacent(text: str, tokens: list[Token], last: Token, token: Token, code: str, previous: str) -> str | None:
    """Two words without anything between them."""
    named, word = last.rule in NAMES, text[token.start : token.end]
    if code == "self" and word in _ONESELF:
        return previous  # "张姐自己36.6"
    if code == "self" and last.rule == "people.introduced":
        return previous  # "我是刘芳我刚才量的36.7"
    if code == "all" and named:
        return previous  # "王建军一家三口"
    if code == "self" and previous != "self" and not named:
        beside = next_person(tokens, token) or _BESIDE.match(text, token.end)
        return None if beside else "self"  # "女婿我36.8"
    if previous == "self" and last.rule == "people.self" and _is_old_self(text, tokens, token):
        return "self"
    return code if previous == "child" and code in ("son", "daughter", "grandchild") else None  # "宝贝女儿"


def next_person(tokens: list[Token], token: Token) -> bool:
    """Whether another word for a person follows at once."""
    return any(t.kind == "person" and t.start == token.end for t in tokens)


def explains(text: str, last: Token, token: Token, previous: str, named_at: int) -> bool:
    """ "胖虎（我儿）36.9": a name, and in brackets who that is."""
    if token.rule in NAMES or (last.rule not in NAMES and previous in SHY):
        return False
    opened = text.rfind("(", named_at, token.start + 1)
    closed = text.find(")", token.end, token.end + 5)
    return opened >= 0 and closed >= 0 and not any(figure in text[opened:closed] for figure in "0123456789")


def is_relation(code: str) -> bool:
    """Whether this is kin, not a name, and not one of those who need something told."""
    return code in RELATIONS and code not in SHY


def _is_old_self(text: str, tokens: list[Token], token: Token) -> bool:
    """ "我老太婆36.1" is the speaker, "我老头子36.5" only beside a wife."""
    word = text[token.start : token.end]
    if word not in _OLD_SELF or any(t.value == "self" and t.end != token.start for t in tokens):
        return False
    return not word.startswith("老头") or any(t.value == "spouse" and t is not token for t in tokens)
