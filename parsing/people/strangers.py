"""People of another household who are called by words that also name one's own family ("邻居家孩子", "隔壁老王")."""

from parsing.health.temperature import clause_start, sentence_start
from parsing.people.kin import RELATIONS
from parsing.people.surnames import SURNAME_CLASS
from parsing.writing.lexicon import Pattern, Token

NEIGHBOURS = Pattern("隔壁|邻居|对门|对面|楼[上下]|家(?:里?的?)?[孩娃宝儿女老爷奶爸妈小媳]")
_TITLED = rf"(?:[小老]?{SURNAME_CLASS}(?:大[爷妈娘叔婶姐哥]|奶奶|爷爷|阿姨|叔叔?|师傅|老师|姐|哥|工|总)?)"
_NEAR = "(?:隔壁|邻居|对门|对面|楼[上下])"
_OF_THEM = rf"(?:家里?|那[家户]|[的住那个位户]|他|她|们|老|小|有|一|[\d-]|[号楼栋室]|{_TITLED})"
_NEXT_DOOR = Pattern(rf"{_NEAR}{_OF_THEM}{{0,10}}$")
_OF_THEIR_HOME = Pattern(
    rf"{_NEAR}{_OF_THEM}{{0,8}}(?:家里?的?|他|她)$|(?<![我俺咱])(?:[小老]{SURNAME_CLASS}|{SURNAME_CLASS}(?:大[爷妈娘叔婶姐哥]|奶奶|爷爷|阿姨|叔叔?|师傅|姐|哥))(?:家里?的?|他|她)$"
)
_PASSED_ON = Pattern("[替帮代托][^。;!?\n]{0,14}(?:报|登记|填|打卡|测|量)|登记|上报|报[一下备]")
_NAMES = frozenset({"people.before_data", "people.titled", "people.introduced", "people.word"})
_OWN_UPSTAIRS = frozenset({"people.parents", "people.father", "people.mother"})
_NOT_KIN = frozenset({"people.self", "people.all", "people.?", "people.other", "people.pet", "people.member"})
_RULES = frozenset(f"people.{code}" for code in RELATIONS) - _NOT_KIN - {"people.word"}


# Those who live with somebody though they are no kin: "朋友住我家，36.7".
_STAYS = Pattern(
    "住(?:在)?[我俺咱]|在[我俺咱](?:们)?(?:家|这|屋)|(?:暂|借|寄|合|同)住|合租|一起住|住一起|来[我俺咱]家|托我|[替帮代][^,。]{0,4}报"
)
# Words for anybody of an age: of the household only with a reading, or where "我" says so.
_OCCUPANT = Pattern("(?:租户|住户|业主|租客|房客)[ ,:]*(?:体温|正常|\\d\\d|[三四]十)")  # "1-902租户，36.3": the sender
_AT_ADDRESS = Pattern(r"\d{2,4}[室号户]?的?$")  # "101大爷36.5" in a captain's list
_ANYBODY = frozenset(
    "护工 护理员 看护 小时工 钟点工 阿姨 叔叔 伯伯 亲戚 客人 老人 老人家 叔 婶 姨 伯 婶婶 伯伯 姑娘".split()
)


def of_the_house(text: str, tokens: list[Token]) -> list[Token]:
    """Lodgers get the word they are called by; anybody's aunt without a reading belongs to nobody here."""
    if not any(token.rule in ("people.other", "people.word") for token in tokens):
        return tokens
    return [
        _lodger(text, token, tokens[place + 1 :])
        if token.kind == "person" and token.rule in ("people.other", "people.word")
        else token
        for place, token in enumerate(tokens)
        if not (token.value == "other" and _OCCUPANT.match(text, token.start))
    ]


def _lodger(text: str, token: Token, following: list[Token]) -> Token:
    told = next((t.kind for t in following if t.kind == "reading" or (t.kind == "person" and t.value != "self")), "")
    word = text[token.start : token.end]
    if token.value == "other":
        stays = told == "reading" and (
            _STAYS.search(text) or _AT_ADDRESS.search(text, max(0, token.start - 6), token.start)
        )
        return token._replace(value=word, rule="people.word") if stays else token
    if (
        token.value in _ANYBODY
        and told != "reading"
        and text[token.start - 1 : token.start] not in ("我", "俺", "咱", "家")
    ):
        return token._replace(value="other", rule="people.other")
    return token


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
