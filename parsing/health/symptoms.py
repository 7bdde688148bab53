"""Which symptoms a text names, and where; whether a symptom is denied, over or feared is decided elsewhere."""

import re
from bisect import bisect_left, insort
from functools import lru_cache
from operator import attrgetter

from parsing.health.body import complaints
from parsing.health.phrases import phrases
from parsing.health.symptom_words import NOT_SYMPTOMS, WORDS
from parsing.writing.lexicon import Pattern, Token
from parsing.writing.wordscan import WordScan

SYMPTOM_LABELS: dict[str, str] = {
    "fever": "发热", "chills": "寒战", "cough": "咳嗽", "sputum": "咳痰", "fatigue": "乏力", "stuffy_nose": "鼻塞",
    "runny_nose": "流涕", "sneezing": "打喷嚏", "sore_throat": "咽痛", "headache": "头痛", "dizziness": "头晕",
    "myalgia": "肌肉酸痛", "arthralgia": "关节痛", "anosmia": "嗅觉或味觉减退", "conjunctivitis": "结膜炎",
    "dyspnea": "呼吸困难", "chest_tightness": "胸闷", "chest_pain": "胸痛", "nausea": "恶心", "vomiting": "呕吐",
    "diarrhea": "腹泻", "abdominal_pain": "腹痛", "rash": "皮疹", "poor_appetite": "食欲不振", "insomnia": "失眠",
}  # fmt: skip

# "不" and "没" are other words in dialects: "睡唔着", "困勿着", "呒没胃口".
_DIALECT_NOT = {"不": "唔勿弗"}
_DIALECT_NONE = ("呒没", "呒得", "莫得", "木得", "冒得", "么得", "没得")


def _spellings(word: str) -> list[str]:
    """The word, and as dialects say it."""
    found = [word, *(word.replace("不", other) for other in _DIALECT_NOT["不"] if "不" in word)]
    if word[0] == "没" and len(word) > 2 and word[1] not in "有得什啥睡怎咋合吃":
        found += [other + word[1:] for other in _DIALECT_NONE]
    return found


def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for code, words in WORDS.items():
        for word in words.split():
            table[word] = code
            if "不" in word or word[0] == "没":
                table.update(dict.fromkeys(_spellings(word), code))
    table.update(dict.fromkeys(NOT_SYMPTOMS.split(), ""))
    return table


_WORDS = WordScan(_table())
_BOTH_WAYS = frozenset({"上吐下泻", "上吐下拉", "上呕下泻"})

# Food and things burn too; coughing and vomiting words stand inside others.
_BURNT = Pattern("[菜饭水鱼肉壶锅汤几香纸炭煤柴油火毁坏断掉光焦红]|一[锅壶桌顿盘把炷道]|[两三好]个菜|个菜")
_FIERY = Pattern("[燃焚红火壶水锅炉器油汤奶茶粥酒灶车电房楼家板线厨]$")
_BURNING = frozenset(
    "烧起来 烧着 烧起 烧了 烧得 烧成 烧到 烧着呢 烧上来 烧上去 烧一夜 烧呢 烧哩 烧咧 烧嘞 烧得很 烧得慌".split()
)
_BURNT_THINGS = Pattern(
    "照片|日记|信|纸|书|钱|衣|煤|炭|香|菜|饭|锅|房|车|线路|灯|保险丝|电视|主板|鞋|被子|垃圾|柴|草|东西|木|插头|机|器|开关|电|证|票|卡|嗓子|喉咙|胃|食道|嘴"
)
_ABLAZE = frozenset("烧了 烧起来 烧着 烧起 烧成 烧上来 烧上去".split())
_ONE_WHO_BURNS = Pattern(
    r"(?:[度℃多\d半我他她你娃孩儿女子妈爸爷奶婆公人们哥姐弟妹又突忽夜里晚就给在上午还再了直天家,。 ]|开始|一直|高)$"
)
_BARE_BURN = Pattern(r"(?:[还又在再没不退度℃直也就点发着不]|\d|又是|一直|继续|开始)$")
_THROWN_UP = Pattern("(?:[不没还又一直光在想就老,。 喂饭后完会总都全狂猛大连边刚没夜上早晚午口次回水奶药]|^)$")
_INTERJECTION = Pattern(r"[,!~…。](?=[^,。]{0,6}(?:\d|塞|疼|痛|烧|涕|晕|痰|三十|嗓|乏))")
_HEADY = Pattern(
    "[里外码念馒骨石老木镜钟年风回手拳枕罐龙浪口渡床车街桥村田带摇埋扭探出接插喷磕理剃烫染洗梳工对行灶屋心]"
)
_SORE_EYES = Pattern("[、,]?[眼痒肿流疼涩干充发屎血得]")
_AILING = Pattern(r"\d\d[.度点]|三十|[烧咳疼痛酸软晕腿脚乏吐泻拉]")
_NO_BODY = Pattern(
    "(?:[价市股]|经济|炒作|全民|网络)$|电磁炉|电饭锅|路由器|电脑|手机|主机|发动机|显卡|机箱|充电器|插座|插排|变压器|空调"
)
_CURED = Pattern("[止防治退镇]")
_NEVER_BEFORE: dict[str, str] = {
    "无力": "软随", "没劲": "", "发软": "止化", "痰": "止化祛去消", "红眼": "", "嗽": "止治镇", "疹": "麻", "酸软": "", "寒热": "", "冷": "",
}  # fmt: skip
_BODILY_BEFORE = Pattern("(?:[浑身腿手还挺都,也又人脚觉得真好很太 总是点咳疼痛晕]|有点|有些|^)$")

# What somebody or something made one feel is no illness: "笑得肚子疼", "股票跌得我心口疼", "真让人头疼".
_MADE_ME = "(?:我|人|我们|老子|俺|咱|大家|全家|老娘|老夫|他|她|孩子|直|都|脑壳|脑袋|肚子){0,3}"
_FIGURE_BEFORE = Pattern(
    "(?:笑|气|看|听|吵|忙|急|愁|烦|冻|热|吓|踢|打|玩|跑|累|馋|撑|困|美|唱|写|念|盯|熬|搬|想|教|闹|闲|宅|逛|辣|吃多|骂|唠叨|折腾|爬|跳|练|难|算|改|"
    f"作业|房价|学费|激动|感动|哭|甜|香|帅|萌|爽|高兴|开心|兴奋|害怕|紧张|尴尬|冷|抢|亏|跌|涨|赔|贵|穷)(?:得|到|的){_MADE_ME}$|"
    r"[^烧咳拉吐疼痛晕喘泻堵塞闷难受,。;!?\d](?:得|到)(?:我|人|我们|老子|俺|咱|大家|全家|老娘)[^,。;!?]{0,3}$|"
    "(?:让|叫|使|令|搞得|弄得|整得)(?:人|我|我们|大家|爸妈|老母亲|老父亲|人家)(?:都|很|感到|觉得|真的|真是|好|有点|太)*$|"
    "(?:这事|这题|作业|物业|账单|房贷|价格|工资|数学|这天气|这事儿|开会|股票|基金|物价|菜价|油价)[^,]{0,4}$|"
    "(?:一|每次|每回|只要)(?:想|看|提|听|说|见)(?:起|到|见|着)?(?![^,。;!?]{0,8}[饭吃油菜肉味药])[^,。;!?]{1,10}就$|"
    "(?:看见|看到|看完|一看|想起|想到|提起|听到|听完)(?![^,。;!?]{0,8}[饭吃油菜肉味药])[^,。;!?]{1,8}(?:就|还|都)$|替[你他她我谁]$"
)


def find_symptom_tokens(text: str) -> list[Token]:
    """Every symptom word with its place; whether it is denied or past is decided elsewhere."""
    found = _plain(text)
    for start, end, code, denied in complaints(text):
        near = _touching(found, start, end)
        if any(_covers(token, start, end, code) for token in near) or text.startswith(("汗", "药"), end):
            continue
        for token in near if denied else ():
            found.remove(token)
        insort(found, Token(start, end, "symptom", code, f"symptom.{'denied' if denied else 'part'}"), key=_BY_PLACE)
    for start, end, code in phrases(text):
        near = _touching(found, start, end)
        value = "fever" if code == "relieved" else code
        if not any(token.value == value or token.rule == "symptom.denied" for token in near):
            insort(found, Token(start, end, "symptom", value, f"symptom.{code}"), key=_BY_PLACE)
    found.sort(key=lambda token: (token.start, -token.end))
    return found


_BY_PLACE = attrgetter("start")


def _touching(found: list[Token], start: int, end: int) -> list[Token]:
    """The tokens, sorted by place, that overlap this stretch; none is longer than 40 characters."""
    near = []
    for place in range(bisect_left(found, start - 40, key=_BY_PLACE), len(found)):
        if found[place].start >= end:
            break
        if found[place].end > start:
            near.append(found[place])
    return near


def _covers(token: Token, start: int, end: int, code: str) -> bool:
    return token.start <= start and token.end >= end and (token.rule != "symptom.part" or token.value == code)


# What noise or spice does is no illness, and what somebody laughs about is hardly one; a reading says that it is meant.
_READ_OUT = Pattern(r"3[5-9]|4[0-2]|三[十七八九]")
_LAUGHED = Pattern("哈哈|😂|🤣|\\(笑\\)|嘿嘿|嘻嘻")
_LAUGHED_AT = frozenset(
    {"headache", "dizziness", "fatigue", "nausea", "insomnia", "chest_tightness", "dyspnea", "vomiting"}
)
_NOISE = Pattern("吵|噪音|响个|响得|响了|叫了一|装修|音乐|广场舞|打呼|热得|蚊子|狗叫|发情|激动|兴奋|时差|咖啡|喝茶")
_SPICE = Pattern("洋葱|芥末|辣椒|辣子|酸辣|麻辣|辣得|辣到|剁椒|火锅|胡椒|油烟|花椒")
_SPICED = frozenset({"runny_nose", "sneezing", "cough", "sore_throat", "conjunctivitis"})


def is_figure_of_speech(text: str, token: Token, floor: int) -> bool:
    """Whether the complaint is an exaggeration about something else."""
    around = (max(0, token.start - 80), token.end + 80)
    if not _READ_OUT.search(text, *around):
        if token.value in _LAUGHED_AT and _LAUGHED.search(text, *around):
            return True
        if token.value == "insomnia" and _NOISE.search(text, floor, token.start):
            return True
        if token.value in _SPICED and _SPICE.search(text, floor, token.start):
            return True
    return token.value != "fever" and _exaggerates(text[max(floor, token.start - 16) : token.start])


@lru_cache(maxsize=1024)  # mostly the same few words ("有点", "没有") stand before a symptom
def _exaggerates(before: str) -> bool:
    return bool(_FIGURE_BEFORE.search(before))


def _plain(text: str) -> list[Token]:
    found: list[Token] = []
    for start, end, code in _WORDS.scan(text):
        if code and not _stray(text, start, end):
            found.append(Token(start, end, "symptom", code, f"symptom.{code}"))
            if text[start:end] in _BOTH_WAYS:
                found.append(Token(start, end, "symptom", "vomiting", "symptom.vomiting"))
    return found


def _stray(text: str, start: int, end: int) -> bool:
    """Whether the word belongs to another one, or is said of a thing."""
    word, before, after = text[start:end], text[max(0, start - 1) : start], text[end : end + 1]
    if word[0] == "烧":
        return _is_fire(text, word, start, end)
    if word in ("吐", "呕"):
        return not _THROWN_UP.search(before) or after in "槽司字舌丝气露核籽血瓜毛泡"
    if word in ("喘", "喘着") and after == "气":
        return before not in ("直", "大", "粗")
    if word in ("咳", "喘"):
        lone = word == "咳" and bool(after) and after in ",!~…。" and before in ("", *",。!…—\n ")
        return (
            (after in "咳息口" and bool(after)) or (before in "咳气止" and bool(before))
            or (lone and not _INTERJECTION.match(text, end))
        )  # fmt: skip
    if word in _NEVER_BEFORE:
        return (word == "没劲" and not _is_bodily(text, start)) or (before in _NEVER_BEFORE[word] and bool(before))
    if word == "眼红":  # mostly envy
        return before not in "、,双两左右" and not _SORE_EYES.match(text, end)
    if word == "吐了":
        return (before in "我看听" and bool(before) and after in "!啊呀" and bool(after)) or (
            after in "血槽" and bool(after)
        )
    if word in ("高烧", "高烧不退", "发烧") and _NO_BODY.search(text, max(0, start - 12), start):
        return True
    if word[0] == "头" and _HEADY.match(before):
        return True
    if word.endswith("吐") and after and after in "血槽舌露毛泡":
        return True
    return (after == "药" and bool(after)) or bool(_CURED.match(before))


def _is_bodily(text: str, start: int) -> bool:
    """ "没劲" said of oneself, not of the rain or the film."""
    if text[start - 1 : start] in (",", " ") and not _AILING.search(text):
        return False
    return bool(_BODILY_BEFORE.search(text[max(0, start - 2) : start]))


def _is_fire(text: str, word: str, start: int, end: int) -> bool:
    before = text[max(0, start - 2) : start]
    if (
        "烧烤" in text
        or _FIERY.search(before)
        or (word[-1] in "了成着得" and _BURNT_THINGS.search(text, max(0, start - 6), start))
    ):
        return True
    if word == "烧":
        return not _BARE_BURN.search(before) and not re.match(
            "(?:[到得着]|[一两三好几][天夜宿晚]|整[夜宿晚天])", text[end : end + 2]
        )
    if word in _BURNING and _BURNT.match(text, end):
        return True
    return word in _ABLAZE and start > 0 and not _ONE_WHO_BURNS.search(before) and before[-1:] not in ",。 \n"
