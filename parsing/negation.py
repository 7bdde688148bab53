"""Whether a symptom that is named is there: denied, over, feared, supposed, or really present."""

import re

from parsing.lexicon import Token
from parsing.symptoms import is_figure_of_speech
from parsing.temperature import sentence_start

_DENIED = re.compile(
    r"(?P<list>没有?再?(?:出现)?过?|没有?人|无人|没谁|没得|莫得|木有|冇|无|未(?:见|出现|有|发现|曾)?|否认|并无|没什么|没啥|均无|都无|排除|未再)(?:任何|明显|出现|什么|啥|再|有|过|觉得|感到|怎么|发现|一点|上述|以上|这些|:|了|说|听到|新的)*$|"
    r"(?P<one>不再?(?:怎么|大|太|是|会|觉得|感觉|感到|算|经常|见|带)?|唔|勿|别|不怎么|弗|没怎么|从来不|也不|毫无|停了|止住了|没在|没听见|没再|告别)$"
)
_LINK = re.compile(r"^[ 、和或及与跟,/]*(?:也|以及|还有|并|且|者|以及|或者|，)?(?:没有|无|不)?[ ]*$")
_SAME_LIST = re.compile(r"^(?:[ 、/]*(?:和|或|及|与|跟|以及|或者|还有)?[ ]*)$")
_COMMA_LIST = re.compile(r"^[ ,、/]*$")
_LIST_END = re.compile(
    r"(?:这些|那些|之类的?|等等?|等(?:任何)?)?(?:相关|不适|可疑|的|呼吸道|异常|任何|各种|常见|类似|以上|上述|这些|那些|其他)*(?:症状|情况|现象|表现|不适|毛病)"
)
_AFTER = re.compile(
    r"(?:这些|那些|之类的?|等等?|什么的?|啥的?|的?(?:症状|情况|现象|毛病|表现))*(?:[:( ]{0,2}|,(?=[都均全也]))(?:也|都|全|均|统统|通通|一概|一样|一个|早就?|已经?|就|现在|今天|这会儿|这些|基本|完全|总算|今早){0,4}(?P<but>倒是?|呢|是|的话|确实|真的?|暂时|反正|一点|丝毫){0,2}(?:也|都|还)?"
    r"(?:没有(?!好|退|缓|减|消|力|精|胃)|没得|没了|没(?=$|[,。;!?) 了])|无(?!力)|木有|冇|莫得|否|不存在|不明显了|好了(?!一?点|些|多)|好利索|好全|痊愈|消失|退了|止住|止了|×|✗|❌|已好|恢复正常|过去了|不见了|停了)"
)
_NOT_YET = re.compile(r"(?:之前|以前|的人|患者|病人|门诊|药|的药|咋办的|算|是指|包括|的标准|疫苗|属于)")
_FEARED = re.compile(
    r"(?:怕|担心|害怕|恐怕|生怕|会不会|是不是(?:要)?|以为(?:是|自己|我)?|预防|防止|避免|梦见|梦到|不要|千万别|容易|引起|导致|造成|疑似|万一|要是|如果|假如|一旦|谁要?|倘若|若|只要|假设|凡是|凡|有没有|有无|是否|能不能|算不算|"
    r"出现|什么|哪些|为了|防|治|得了|谁家|小心|如有|若有|一有|当)(?:[他她它我你半夜里又再突然也有点了孩子娃儿宝宝老人家上得自己去就会是真要]{0,8})$"
)
_ASKED_BEFORE = re.compile(r"(?:算|属于)[不是得上个]{0,3}$|\d[度℃]?(?:左右|多)?(?:这|就|也|还|应该|不)?是(?:个|不是)?$")
_ASKED_AFTER = re.compile(r"(?:了|啊)?(?:吗|么|嘛|不(?=$|[,。?!了])|呢|吧|没|\?|还是)")
_THEN = re.compile(r"[^,。;]{0,4},?[^,。;]{0,4}就(?:麻烦|惨|完|糟|坏|难办|没辙|要命|得(?:隔离|去|住|上报)|要隔离)")
_IF = re.compile(r"真要|要真|如果|要是|万一|假如|假设|倘若|谁要|哪怕|一旦|等我|梦")
_OVER_BEFORE = re.compile(
    r"(?:曾经?|之前|以前|过去|上次|小时候|当年|去年|原先|原来|早先|前阵子|前些天|前段时间)[^,。;]{0,8}$|发过(?:一次)?[高低]?$"
)
_OVER_AFTER = re.compile(r"(?:过(?!敏|头|来|去|分|多|后还|后仍|于)|完了?$)")
_STOPPED = re.compile(
    r"(?:不|没有?)再?(烧|发烧|发热|咳|咳嗽|喘|疼|痛|晕|吐|拉|流鼻涕|鼻塞|难受|打喷嚏|恶心|拉肚子)了|(退烧|烧退|退热|热退|烧都退|烧也退|体温降)了?|(不疼了|不痛了|不晕了|止住了|都好了|全好了|已经好|好利索|痊愈|彻底好|好透|恢复了|没事了|缓过来了)"
)
_THE_REST = re.compile("(?:别的|其[他它余]的?|另外的?|剩下的|别处)(?:地方|症状|方面)?(?:也|就)?$")
_STOPPED_CODES: dict[str, tuple[str, ...]] = {
    "烧": ("fever",), "发烧": ("fever",), "发热": ("fever",), "退烧": ("fever",), "烧退": ("fever",), "退热": ("fever",), "热退": ("fever",), "烧都退": ("fever",), "烧也退": ("fever",),
    "咳": ("cough",), "咳嗽": ("cough",), "喘": ("dyspnea",), "吐": ("vomiting",), "拉": ("diarrhea",), "拉肚子": ("diarrhea",), "流鼻涕": ("runny_nose",), "鼻塞": ("stuffy_nose",),
    "晕": ("dizziness",), "恶心": ("nausea",), "打喷嚏": ("sneezing",), "体温降": ("fever",),
    "疼": ("headache", "sore_throat", "abdominal_pain", "chest_pain", "myalgia"), "痛": ("headache", "sore_throat", "abdominal_pain", "chest_pain", "myalgia"), "难受": (),
}  # fmt: skip


def judge(text: str, tokens: list[Token]) -> list[Token]:
    """The symptom tokens again, those that are not there now renamed to `denied`, and those said of nobody dropped."""
    verdicts: list[str] = []
    carried = ""  # how the list that we are in was denied: "list" (没有…、…), "one" (不…), or not
    for index, token in enumerate(tokens):
        floor = sentence_start(text, token.start)
        before = text[max(floor, token.start - 24) : token.start]
        clause = before.rpartition(",")[2] if "," in before else before
        verdict = ""
        denial = _DENIED.search(clause)
        if token.rule == "symptom.denied":
            verdict, carried = "denied", "one"
        elif denial and not _double(clause):
            carried = "list" if denial["list"] else "one"
            verdict = "denied"
        elif index and carried and verdicts[index - 1] == "denied" and _continues(text, tokens, index, carried):
            verdict = "denied"
        else:
            carried = ""
            if is_figure_of_speech(text, token, floor) or _NOT_YET.match(text, token.end):
                verdict = "dropped"
            elif (
                (_ASKED_BEFORE.search(clause) and _ASKED_AFTER.match(text, token.end))
                or (clause.endswith(("真", "要", "真的")) and _THEN.match(text, token.end))
                or _FEARED.search(clause)
                or _IF.search(clause)
                or _feared_list(text, tokens, verdicts, index)
            ):
                verdict = "feared"
            elif _OVER_AFTER.match(text, token.end) or _OVER_BEFORE.search(clause):
                verdict = "over"
        verdicts.append(verdict)
        if not verdict and (after := _AFTER.match(text, token.end)):
            _deny_backwards(text, tokens, verdicts, index, bool(after["but"]))
    _stop(text, tokens, verdicts)
    return [
        token._replace(kind=verdict or "symptom")
        for token, verdict in zip(tokens, verdicts, strict=True)
        if verdict != "dropped"
    ]


def _double(clause: str) -> bool:
    """ "不是没有", "没有不" and "除了" say yes; "要不" and "差不多" deny nothing."""
    return clause.endswith(
        (
            "不是没",
            "不是没有",
            "不是不",
            "要不",
            "差不多",
            "除了不",
            "不得不",
            "好不",
            "还没停",
            "忍不住",
            "止不住",
            "时不时",
            "动不动",
            "停不",
            "是不是",
            "有没有",
            "会不会",
            "算不算",
            "能不能",
            "有无",
        )
    )


def _continues(text: str, tokens: list[Token], index: int, carried: str) -> bool:
    between = text[tokens[index - 1].end : tokens[index].start]
    if _SAME_LIST.match(between):
        return True
    if carried != "list" or not _COMMA_LIST.match(between):
        return False
    last = index
    while last + 1 < len(tokens) and _COMMA_LIST.match(text[tokens[last].end : tokens[last + 1].start]):
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
    for match in _STOPPED.finditer(text):
        word = match[1] or match[2]
        codes = _STOPPED_CODES.get(word) if word else None
        if _THE_REST.search(text, max(0, match.start() - 6), match.start()):
            continue  # "鼻子还堵，别的都好了"
        for index, token in enumerate(tokens):
            if token.end > match.start():
                break
            if token.start < match.start() - 40 or verdicts[index]:
                continue
            if codes is None or token.value in codes:
                verdicts[index] = "over"
