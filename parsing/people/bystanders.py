"""People who are named and yet not reported: the one spoken to, the one who asks, measures, lends, or is away with somebody."""

import re
from collections.abc import Iterable

from parsing.health.temperature import clause_start
from parsing.people.spoken_to import is_called, speaks_as_elder
from parsing.writing.lexicon import Pattern, Token
from parsing.writing.taken import Taken

_DATA = frozenset({"reading", "symptom", "denied", "well", "well_weak", "unwell", "over"})
_STOPS = ",。;!?\n"

_NEAR = 12  # tokens further on belong to another clause
_ME = Pattern("[我俺额咱]")

# "老婆催我量的36.5": the one who makes me do it. Those who have me pass it on ("托我报") are the ones reported.
_AGAIN = "(?:又|老|总|一直|天天|非|硬|都|还|今天|刚才?|又在|在|已经|特地|专门|反复|再三|一早|大早上){0,4}"
_URGES = (
    "催|逼|喊|叫|让|要|盯着?|提醒|劝|追着|问|骂|说|嫌|怪|夸|吵着?|缠着?|拉着?|帮|给|替|陪|教"
    "|喊着|押着|非?要|非让|硬要|硬让|拿|抓着?|按着?"
)
_MAKES_ME = Pattern(rf"{_AGAIN}(?:{_URGES})(?:着|了|过)?(?:我|俺|咱|额)(?!们?家)")
_NAGS = Pattern(
    "(?:又|老|一直|总|在|天天){0,3}(?:催|唠叨|念叨|叨叨|数落|嚷嚷|提醒|叮嘱|监督|作证|陪同|协助|代笔|打下手|护航|撑腰|坐镇|把关|助攻)"
    "(?:了|着|个|得|半|好|几|[一二两三]|遍|次|回|天|不停|下){0,6}(?=$|[,。])"
)
# "物业小王上门量的36.4": who came to measure.
_VISITS = Pattern(
    "(?:今天|刚才?|刚刚|早上|下午)?(?:上门|入户|来家里?|到家里?|过来|登门)(?:来|给我们?家?|帮我们?家?|给|帮)?(?:量|测)"
)
_NO_KIN = frozenset({"people.before_data", "people.titled"})
_MADE_BY = Pattern("被$")  # "被女儿拉着量的"
_MADE = Pattern("(?:拉|按|逼|催|押|盯|抓|喊|叫|摁|拽|追|揪|哄|劝|骗)(?:着|来|去|过|起来|醒){0,3}")
_PASSED_ON = Pattern(
    "[托让叫请喊要](?:我|俺|咱)(?:帮|代|替|给|来|跟|同|向){0,3}[^,。]{0,4}(?:报|登记|填|打卡|发|转|说|讲|告|知会)"
)

# "跟儿子视频", "陪老婆产检": somebody with me in something else.
_COMPANY = (
    "跟|和|陪着?|接|送|哄着?|喂完?|抱着?|带着?|等|背|扶|照顾|伺候|看着|同|与|找|想|骂|训|揍|辅导|给|帮|替|为|让"
    "|喊|叫|催|盯着|听|问|靠|怕|凶|教|亲|瞒着|背着|趁着?|等着?|随|怪"
)
_WITH = Pattern(
    f"(?:{_COMPANY})(?:邻居|隔壁|对门|对面|楼[上下])?[家的]?(?:完|好|了)?(?:我|俺|咱|额|阿拉|他|她)?(?:家|们家)?的?$"
)
_TOGETHER = Pattern(
    "(?:都|全|也|一起|一块儿?|一道|挨个|分别|今天|刚才?|两个?人?|俩|已经|各自){0,4}(?:[量测夹报填]|登记|打卡|试)"
)
_SAME = Pattern("[也都]{0,2}(?:一样|同|差不多|一致)")
_CHINESE = Pattern("[\u4e00-\u9fff]")
_TAKEN_CARE_OF = frozenset("给帮替为抱哄看盯趁瞒背")
_MEASURES = Pattern("[量测夹]|报|登记|填|打卡|体温|试表|试了|甩")
# "姑姑留下的温度计", "用我妈的体温枪": whose instrument it is.
_ONCE = "(?:以前|从前|之前|当年|上次|前年|去年|刚|新|特意|专门|从[^,。]{1,5}){0,3}"
_HANDED = "(?:留|送|给|买|借|寄|用|带|拿|捎|淘|海淘|网购|换|剩|搬)(?:下|来|给我|过来|回来|过|剩|去|了)?的?"
_MAKE = "(?:老|旧|新|洋|水银|电子|红外|玻璃|进口|智能|儿童|家用){0,3}"
_TOOL = "(?:体温[计表枪针]|温度[计表]|[额耳]温[枪计]|水银[计表柱]|手环|手表)"
_INSTRUMENT = Pattern(f"(?P<given>{_ONCE}{_HANDED})?(?P<of>的)?[那这]?[支个把只台]?{_MAKE}的?[^,。的]{{0,3}}{_TOOL}")
_TOOL_OF = Pattern(f"{_TOOL}[^,。]{{0,2}}(?:还?是|为|系)(?:我|俺|咱)?(?:家)?的?$")  # "体温计是老公海淘的"
_GIVEN = Pattern(f"{_ONCE}{_HANDED}")
_WITH_TOOL = Pattern("(?:用|拿|借|使|换)(?:了|的)?(?:我|俺|咱|他|她)?(?:家)?的?$")
_TOWARD_ME = Pattern("(?:跟|对|向|朝|冲|挨着?|离)$")  # "跟我同乘电梯的"
_LENDS = Pattern("(?:借|用|拿|找|向|从|问|帮|替|给|陪|送)(?:了)?$")  # "借邻居的量"
# "就我一个", "家里只有我": the sender, whoever was named before.
_SELF = "(?:我|俺|咱|额|老汉我|本人)"
_ALONE = "(?:一个[人儿]?|一人|自己|单独|独自|独苗)?(?:在家|留守|看家|在|的|住)?"
_TOLD_NEXT = r"(?=$|[,。;:! \n]|\d|[三四]十|体温|今|早|晚|中|量)"
_ONLY_ME = Pattern(
    f"(?:只有|就剩|只剩|[就只单光剩独净])[下有]?{_SELF}(?:自己|自个儿?|本人)?{_ALONE}{_TOLD_NEXT}"
    "|(?:报|说|填|量|测|登记|上报|打卡|报一?下)[我俺咱额](?:自己|本人|个人)?的(?!妈|爸|老|孩|娃|儿|女)"
)


def without(text: str, tokens: list[Token]) -> list[Token]:
    """The tokens without people who only stand by; "就我一个" becomes a token for the sender."""
    people = [token for token in tokens if token.kind == "person"]
    speaker = [Token(*match.span(), "person", "self", "people.only") for match in _only_me(text)]
    if not people:
        return sorted([*tokens, *speaker], key=lambda token: (token.start, -token.end)) if speaker else tokens
    dropped: set[int] = set()
    if speaker:
        covered = Taken(len(text), speaker)
        dropped = {id(token) for token in people if covered.meets(token.start, token.end)}
    if speaks_as_elder(text, people):
        dropped |= {id(people[0]), id(people[1])}
        speaker.append(people[1]._replace(value="self", rule="people.only"))
    elif is_called(text, people, tokens):
        dropped.add(id(people[0]))
    for place, token in enumerate(tokens):
        if token.kind == "person" and id(token) not in dropped and _is_bystander(text, place, tokens):
            dropped.add(id(token))
    if not dropped and not speaker:
        return tokens
    kept = [token for token in tokens if id(token) not in dropped]
    return sorted([*kept, *speaker], key=lambda token: (token.start, -token.end))


def _only_me(text: str) -> Iterable[re.Match[str]]:
    return _ONLY_ME.finditer(text) if _ME.search(text) else ()


def _is_bystander(text: str, place: int, tokens: list[Token]) -> bool:
    token = tokens[place]
    if token.value == "self":
        toward = _TOWARD_ME.search(text, max(0, token.start - 2), token.start)
        return bool(toward) and not _data(tokens, place, _clause_end(text, token.end))
    if token.value in ("all", "?", "pet"):
        return False
    if token.value == "other":
        lends = _LENDS.search(text, max(0, token.start - 3), token.start)
        return bool(lends or _VISITS.search(text, token.end, token.end + 12))
    return _stands_by(text, place, tokens)


def _data(tokens: list[Token], place: int, stop: int) -> bool:
    """Whether something is told behind the token at this place and before `stop`."""
    end = tokens[place].end
    return any(t.kind in _DATA and end <= t.start < stop for t in tokens[place + 1 : place + _NEAR])


def _stands_by(text: str, place: int, tokens: list[Token]) -> bool:
    token = tokens[place]
    stop = _clause_end(text, token.end)
    rest, before = text[token.end : stop], text[clause_start(text, token.start) : token.start]
    told = _data(tokens, place, stop)
    if (tool := _INSTRUMENT.match(rest)) and (tool["given"] or tool["of"] or _WITH_TOOL.search(before)):
        return True
    if _TOOL_OF.search(before) and _GIVEN.match(rest):
        return True
    if _MAKES_ME.match(rest) and not _PASSED_ON.search(rest):
        return not told or bool(_MEASURES.search(rest))
    if token.rule in _NO_KIN and _VISITS.match(rest):
        return True
    if _MADE_BY.search(before) and _MADE.match(rest):
        return True
    if told or _SAME.match(rest) or token.rule == "people.introduced":
        return False  # "跟老婆一样"
    return bool(_NAGS.match(rest)) or _is_company(rest, before, tokens[place + 1 : place + _NEAR], stop)


def _is_company(rest: str, before: str, following: list[Token], stop: int) -> bool:
    """Somebody with me in something else than measuring: "刚跟儿子视频完", not "给娃量了"."""
    beside = _WITH.search(before)
    if not beside or _MEASURES.search(before) or not _CHINESE.search(rest):
        return False
    if _MEASURES.search(rest) and (
        beside[0][0] in _TAKEN_CARE_OF or (beside[0][0] in "跟和同与" and _TOGETHER.match(rest))
    ):
        return False
    return not any(t.kind == "person" and t.start < stop for t in following)


def _clause_end(text: str, place: int) -> int:
    limit = min(len(text), place + 40)
    while place < limit and text[place] not in _STOPS:
        place += 1
    return place
