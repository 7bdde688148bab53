"""Whether a symptom that is named is there: denied, over, feared, supposed, or really present."""

from bisect import bisect_left
from operator import attrgetter

from parsing.health.marks import has_boxes, mark
from parsing.health.supposed import is_supposed
from parsing.health.symptoms import is_figure_of_speech
from parsing.health.temperature import sentence_start
from parsing.writing.lexicon import Pattern, Token

_NONE = (
    "没有?再?(?:出现)?过?|没有?人|无人|没谁|没有?谁|没得|莫得|木有|冇|无|未(?:见|出现|有|发现|曾)?|否认|并无|没什么|没啥|均无|都无|排除|未再|"
    "没有?一个|没有?哪个|没有?半[点个声]|没有?一[点丝声次]|没再|呒没|呒得|冒得|么得|既没有?|既无|也没有?|哪有|哪里有|哪来的|何来"
)
_OF_WHAT = "任何|明显|出现|什么|啥子?|再|有|过|觉得|感到|感觉到?|怎么|咋|发现|一点|半点|上述|以上|这些|:|了|说|听到|新的|人|谁|哪个|个|的|几声|一声|特别|太|一直"
_NOT = (
    "不再?(?:怎么|大|太|是|会|觉得|感觉|感到|算|经常|见|带|咋|很|那么|这么)?|唔|勿|别|不怎么|弗|没怎么|没咋|从来不|也不|毫无|停了|止住了|没在|没听见|没再|告别|"
    "(?:够|算|谈|说|称|达|论|构|扯|挨)(?:不|勿|唔)(?:上|到|着|成|是)(?:什么|啥)?|不至于|没到|还没到|未到|没达到|不属于|没够上|算不得|不能算|不叫|谁说(?:我|他|她|你|俺)?(?:在|是)?|"
    "远远?不是|并不|又不|绝不|压根不|根本不|一点也?都?不|丝毫不|从没|从未|还没|还不|离"
)
_DENIED = Pattern(f"(?P<list>{_NONE})(?:{_OF_WHAT}){{0,4}}$|(?P<one>{_NOT})$")
# "不是没有", "除了" and "忍不住" say yes; "要不" and "差不多" deny nothing.
_YES_AFTER_ALL = Pattern(
    "(?:不是没有?|不是不|没有?[一哪]?[处个块]?(?:地方)?不|要不|差不多|除了不|不得不|好不|还没停|没停过?|没断过?|没少|没完没了[地的]?|没日没夜[地的]?|没命[地的]?|[忍止受]不了?住?|时不时[地的]?|动不动就?|停不|"
    "是不是|有没有|会不会|算不算|能不能|有无|叫不叫|是否|不住[地的]?|不停[地的]?|不断[地的]?|不时[地的]?|不光是?|不仅仅?是?|不但|不止|不只是?|除了没有?|不知(?:道)?(?:怎么|咋|为啥)?|为什么|咋)$"
)
_COMPARED = Pattern(
    "(?:没有?|不像|不如|比起?|较|不及|不比)(?:之前|以前|昨[天晚夜日儿]|前[几两]?天|上次|上回|刚开始|那会儿)[^,。;]{0,6}$"
)
_EITHER = Pattern("不是$")  # "不是咳嗽就是打喷嚏"

_BY_PLACE = attrgetter("start")
_OR = Pattern("[^,。;!?]{0,3}就是[^,。;!?]{0,3}")
_SAME_LIST = Pattern(r"^(?:[ 、/]*(?:和|或|及|与|跟|以及|或者|还有|啊|呀|哪)?[ 、]*)$")
_COMMA_LIST = Pattern(r"^[ ,、/啊呀]*(?:和|或|及|与|跟|以及|或者|还有)?[ ]*$")
_LIST_END = Pattern(
    r"(?:这些|那些|之类的?|等等?|等(?:任何)?)?(?:相关|不适|可疑|的|呼吸道|异常|任何|各种|常见|类似|以上|上述|这些|那些|其他)*(?:症状|情况|现象|表现|不适|毛病)"
)
# What follows a symptom, or a list of them, and denies it: "发烧咳嗽都没有", "一样没有", "啥的统统没得".
_AND_SUCH = "(?:这些|那些|之类的?|等等?|什么的?|啥的?|(?:的?(?:症状|情况|现象|毛病|表现)))*"
_WHOLLY = (
    "(?:也|都|全|均|统统|通通|一概|一样|一个|一项|一条|哪样|哪个|早就?|已经?|就|现在|今天|这会儿|这些|基本上?|完全|总算|今早|今儿|统共|压根|根本|半点|一丝|"
    "反正|谁|啥|什么|样样|一样样|影子|影儿|丝毫|一律|终于|一点|一下子|慢慢)"
)
_BUT = "(?P<but>倒是?|呢|是|的话|确实|真的?|暂时|反正|丝毫)"
_IS_NOT = (
    "没有(?!好|退|缓|减|消|力|精|胃|停|断|变|改|那么|昨|以前|之前)|没得|没了|没(?=$|[,。;!?) 了])|无(?!力)|木有|冇|莫得|呒没|冒得|否|不存在|不明显了|不见了?|"
    "好了(?!一?点|些|多|许多|一半|大半|没|吗)|好利索|好全|好透|好净|痊愈|消失|退了|退下|消了|消下|消退|褪了|褪下|下去了|止住|止了|×|✗|❌|已好|恢复正常|恢复了|过去了|停了|缓过来|扛过去|没有了"
)
_AFTER = Pattern(
    f"{_AND_SUCH}(?:[:( ]{{0,2}}|,(?={_WHOLLY}))(?:{_WHOLLY}){{0,4}}(?:{_BUT}){{0,2}}(?:也|都|还)?(?:{_IS_NOT})"
    "|,(?:也|都|已经|就|现在|慢慢){0,2}(?:退下|消下|消了|消退|褪了?下?|下去了)"
    "|(?:吗|么|没有?|不)?[?](?:没有|没|无|不|冇|莫得|木有)(?!力|劲|清|知|晓|好|退)"
)
_THE_SHADOW = Pattern("(?:的)?(?:影子|影儿|苗头|迹象)(?:都|也)?(?:没|不)")

_PAST = "曾经?|之前|以前|过去|上次|原先|原来|早先|前阵子|前些天|前段时间|那阵子?|上回|那会儿"
_LONG_AGO = Pattern(
    "(小时候|想?当年|(?:去年|前年)(?:的?今[天日])?|年轻那?时候?|那年|那回|那次|往年|从前|早几年|前几年|年前|上辈子|怀孕那|坐月子那|上学那|念书那|当兵那|早年|头一回)[^。;!?]{0,18}$"
)
_OVER_BEFORE = Pattern(
    f"(?:{_PAST})[^,。;]{{0,8}}$|发过(?:一次)?[高低]?$|(?:治好|赶走|熬过|扛过|挺过)(?:了)?[^,。;]{{0,3}}$"
)
_OVER_AFTER = Pattern(r"(?:过(?!敏|头|来|去|分|多|后还|后仍|于|一阵)(?!了?[一两三几好半]?[天夜小])|完了?$)")
_STOPPED = Pattern(
    r"(?<!还)(?<!才)(?:不|没有?|唔|勿)(?:再|怎么)?(烧|发烧|发热|咳|咳嗽|喘|疼|痛|晕|吐|拉|流鼻涕|鼻塞|难受|打喷嚏|恶心|拉肚子|流|堵|塞|痒)了(?!多久|几|一会|两)|"
    r"(退烧|烧退|退热|热退|烧都退|烧也退|烧全退|烧已经退|烧就退|烧早退|体温降)(?!药|贴|针|栓|片|门诊|灵|不|没|得|的时|的?办法)了?|"
    r"((?:烧|热|高烧|低烧)[^,。;!?不没]{0,7}(?:退(?:了|下[来去]|干净|完)|(?:才|已经?|也|都|全|早)退(?=$|[,。;! ])))(?!,?又|,?过后又|一点|些)|"
    r"(?<![没不未])(不疼了|不痛了|不晕了|止住了|都好了|全好了|已经好|好利索|痊愈|彻底好|好透|才止住|总算止住|恢复了|没事了|缓过来了|好全了)"
)
_STOPPED_LETTERS = frozenset("了退降好愈住")  # one of them stands in each of these
_NOT_STOPPED_BEFORE = Pattern("(?:还没|没有?|不|还不|未|没完全|没全|没彻底|还没有?全?)$")
_THE_REST = Pattern("(?:别的|其[他它余]的?|另外的?|剩下的|别处|倒是)(?:地方|症状|方面)?(?:也|就)?$")
_FEVERISH = dict.fromkeys(
    "烧 发烧 发热 退烧 烧退 退热 热退 烧都退 烧也退 烧全退 烧已经退 烧就退 烧早退 体温降".split(), ("fever",)
)
_SORE = ("headache", "sore_throat", "abdominal_pain", "chest_pain", "myalgia", "arthralgia")
_STOPPED_CODES: dict[str, tuple[str, ...]] = {
    **_FEVERISH, "咳": ("cough",), "咳嗽": ("cough",), "喘": ("dyspnea",), "吐": ("vomiting",), "拉": ("diarrhea",), "拉肚子": ("diarrhea",), "流鼻涕": ("runny_nose",),
    "流": ("runny_nose",), "鼻塞": ("stuffy_nose",), "堵": ("stuffy_nose",), "塞": ("stuffy_nose",), "晕": ("dizziness",), "恶心": ("nausea",), "打喷嚏": ("sneezing",),
    "疼": _SORE, "痛": _SORE, "痒": ("sore_throat", "rash"), "难受": (),
}  # fmt: skip
# "昨晚咳得凶，还好今天一声没咳": denied for now after it was told.
_NOW = Pattern("今|现在|这会|目前|已经|早就|刚|眼下|此刻|总算|终于|还好|好在|幸好|幸亏")

_MEASURE = Pattern(
    "(?:轻微|轻度|有?少少|少许|有点儿?|有些|略有|略微|稍有|稍微|偶有|偶尔|一点点?|一丢丢|些许|些微|带点|持续|反复|间断|阵发|明显|严重|剧烈|轻轻|突然|昨[天晚夜]|前天|前晚|经常|老是)$"
)


def judge(text: str, tokens: list[Token]) -> list[Token]:
    """The symptom tokens again, those that are not there now renamed to `denied`, and those said of nobody dropped."""
    if not tokens:
        return []
    verdicts: list[str] = []
    boxed = has_boxes(text)
    carried = ""  # how the list that we are in was denied: "list" (没有…、…), "one" (不…), or not
    for index, token in enumerate(tokens):
        verdict, carried = _verdict(text, tokens, verdicts, index, carried, boxed)
        verdicts.append(verdict)
        after = None if verdict else _AFTER.match(text, token.end) or _THE_SHADOW.match(text, token.end)
        if after:
            _deny_backwards(text, tokens, verdicts, index, bool(after.groupdict().get("but")))
    _stop(text, tokens, verdicts)
    _denied_later(text, tokens, verdicts)
    return [
        Token(_with_measure(text, tokens, index), token.end, verdict or "symptom", token.value, token.rule)
        for index, (token, verdict) in enumerate(zip(tokens, verdicts, strict=True))
        if verdict != "dropped"
    ]


def _with_measure(text: str, tokens: list[Token], index: int) -> int:
    """Where the token begins with the words for how much or how often: they are nobody's name."""
    start = tokens[index].start
    measure = _MEASURE.search(text, max(0, start - 6), start)
    if not measure or (index and tokens[index - 1].end > measure.start()):
        return start
    return measure.start()


def _verdict(
    text: str, tokens: list[Token], verdicts: list[str], index: int, carried: str, boxed: bool
) -> tuple[str, str]:
    token = tokens[index]
    if ticked := mark(text, token.start, token.end, boxed):
        return ("denied" if ticked == "no" else ""), ""
    floor = sentence_start(text, token.start)
    before = text[max(floor, token.start - 24) : token.start]
    clause = before.rpartition(",")[2]
    if token.rule == "symptom.denied":
        return "denied", "one"
    if token.rule == "symptom.relieved":  # "烧退了"
        return "over", ""
    denial = _DENIED.search(clause)
    if denial and not _YES_AFTER_ALL.search(clause) and not _either(text, tokens, index, clause):
        return "denied", "list" if denial["list"] else "one"
    if index and carried and verdicts[index - 1] == "denied" and _continues(text, tokens, index, carried):
        return "denied", carried
    if is_figure_of_speech(text, token, floor) or _long_ago(before):
        return "dropped", ""
    fear = is_supposed(text, token, clause)
    if fear or _feared_list(text, tokens, verdicts, index):
        return fear or "feared", ""
    if _COMPARED.search(clause):
        return "", ""
    if _OVER_AFTER.match(text, token.end) or _OVER_BEFORE.search(clause):
        return "over", ""
    return "", ""


def _long_ago(before: str) -> bool:
    """Told of a year long past, and nothing since brings it back to today."""
    told = _LONG_AGO.search(before)
    return bool(told) and not _NOW.search(before, told.end(1) if told else 0)


def _either(text: str, tokens: list[Token], index: int, clause: str) -> bool:
    """ "不是咳嗽就是打喷嚏" says both; "不是咳嗽，就是嗓子干" denies the first."""
    following = tokens[index + 1].start if index + 1 < len(tokens) else 0
    between = text[tokens[index].end : following]
    return bool(following and _EITHER.search(clause) and _OR.fullmatch(between))


def _continues(text: str, tokens: list[Token], index: int, carried: str) -> bool:
    between = text[tokens[index - 1].end : tokens[index].start]
    if _SAME_LIST.match(between):
        return True
    if carried != "list" or not _COMMA_LIST.match(between):
        return False
    last = index
    while last + 1 < min(len(tokens), index + 12) and _COMMA_LIST.match(
        text[tokens[last].end : tokens[last + 1].start]
    ):
        last += 1
    return bool(_LIST_END.match(text[tokens[last].end : tokens[last].end + 16])) or last - index >= 1


def _feared_list(text: str, tokens: list[Token], verdicts: list[str], index: int) -> bool:
    return bool(
        index
        and verdicts[index - 1] == "feared"
        and _SAME_LIST.match(text[tokens[index - 1].end : tokens[index].start])
    )


def _deny_backwards(text: str, tokens: list[Token], verdicts: list[str], index: int, contrast: bool) -> None:
    """ "发烧咳嗽都没有" denies the whole list that stands before it; "咳嗽，发烧倒没有" only the one."""
    link = _SAME_LIST if contrast else _COMMA_LIST
    while True:
        verdicts[index] = "denied"
        if not index or verdicts[index - 1] or not link.match(text[tokens[index - 1].end : tokens[index].start]):
            return
        index -= 1


def _stop(text: str, tokens: list[Token], verdicts: list[str]) -> None:
    """ "夜里咳得厉害，这会儿不咳了": what stopped later is over."""
    for match in () if _STOPPED_LETTERS.isdisjoint(text) else _STOPPED.finditer(text):
        word = match[1] or match[2] or ("退烧" if match[3] else "")
        codes = _STOPPED_CODES.get(word) if word else None
        before = text[max(0, match.start() - 6) : match.start()]
        if _THE_REST.search(before) or (not match[1] and _NOT_STOPPED_BEFORE.search(before)):
            continue  # "鼻子还堵，别的都好了", "咳嗽还没好利索"
        place = match.end() if match[3] else match.start()
        for index in range(bisect_left(tokens, match.start() - 40, key=_BY_PLACE), len(tokens)):
            if tokens[index].end > place:
                break
            if not verdicts[index] and (codes is None or tokens[index].value in codes):
                verdicts[index] = "over"


def _denied_later(text: str, tokens: list[Token], verdicts: list[str]) -> None:
    """ "昨晚咳得凶，还好今天一声没咳": what is denied for now is over where it was told before."""
    for index in (at for at, verdict in enumerate(verdicts) if verdict == "denied"):
        for earlier in range(bisect_left(tokens, tokens[index].start - 44, key=_BY_PLACE), index):
            same = tokens[earlier].value == tokens[index].value and not verdicts[earlier]
            if same and _NOW.search(text, tokens[earlier].end, tokens[index].start):
                verdicts[earlier] = "over"
