"""Whether a word for a person means one where it stands, by the class of the word."""

from collections.abc import Callable, Mapping

from parsing.writing.lexicon import Pattern

# "邓阿姨托我报36.3": I only pass it on.
_PASSES_ON = (
    "(?:帮(?:忙|她|他)?|代|来|替|给|把|跟|和|向|同)?(?:她|他|它|一下|大家|社区|群里|你们?|咱们?)?"
    "(?:上?报|填|登记|打卡|发|转|说|讲|话|告诉|知会|通知|带个?话|捎个?话|回个?话|量|测|交)"
)
_MESSENGER = Pattern(f"[托让叫请喊要求使嘱](?:付|咐)?我(?={_PASSES_ON})")

# Words of one character are people only where nothing around makes them part of another word.
_FREE_SHORT = frozenset("妈爸娘爹娃囡伢崽孩妮丫")
_NOT_BEFORE = "姑新老大干后阿的点会今昨明那这哪事劲味女男婴幼少小奶亲"
_NOT_AFTER = "呀咪们家科童歌粉茶瓶妈爸爹娘娃水气"
# What a person may follow without a stop: the reading of the one before, or a word for the time.
_LEADS_IN = Pattern(r"(?:[.度点。:]\d|\d[度℃]|00|今[天日早晚]|早上|中午|晚上|[上下]午|早晨|就是|就|只有|还有|单单|剩)$")
_MINE = frozenset("我俺咱额恁个他她")
_KIN_END = frozenset("公婆人夫妻妇伴子儿女娃妈爸爹娘孩哥姐弟妹爷奶")
_EDGES = frozenset(" ,。;、\n(和跟与!|")
_DATA_AFTER = Pattern(
    r"[ ,:、(]|\d|[三四]十|[也都还有没冇今早中晚体测量报说现就无低高流打嗓鼻头不好挺]|正常|咳|发[烧热]|36|3[4-9]"
)
_LONE_SELF = frozenset("额 吾 偶 伲 阿拉".split())
_MY_FATHER = frozenset("俺大 额大 俺达 额达".split())  # not "俺大姐"

# Forms of address for anybody: of the family only where nothing points at somebody else.
_HONOURED = frozenset(
    "姑娘 先生 太太 小子 男人 女人 女孩 男孩 对象 小弟 小妹 大哥 大姐 宝贝 小朋友 夫人 公主 小人 小鬼 老头儿 二哥 小哥 小姐 老弟 老哥 老姐 妹子 兄弟".split()
)
_POINTED_AT = Pattern(
    r"(?:[位个那这的小大]|单元|号楼|[栋室楼层家门户]|(?<![.\d度点])\d{3,4}|一|收银|前台|导购|服务|快递|外卖|推销|售货)$"
)

_OURS = Pattern("(?:[我俺咱额们自]家?的?|家里的?|屋里的?|屋头)$")

# "我们单元新来的", "我家楼下那个店": whose place it is, not who is reported.
_OF_A_PLACE = Pattern(
    "们?(?:这|那)?(?:个|栋|座|家)?(?:院|小区|楼[道上下里栋]?|单元|单位|公司|门口|村|班|厂|学校|店|街|巷|社区|群|隔壁|对门|对面)"
)

_STEP_KIN = frozenset("后妈 后爸 后爹 干妈 干爹 干儿子 干女儿".split())
_STEP_KIN_IN_WORDS = "然之以最随午饼今往幕前背"  # "然后妈妈37度"

_TELLING = Pattern(
    r"(?:人|的)? ?(?:都|均|也|全|没|无|正常|一切|\d|体温|的体温|发烧|发热|咳|[:]|挺|很|蛮|还|好|健康|安好|平安|统统|通通|各|依次|分别)"
)
# "大家都挺好" tells of the household, "大家都在说" of the group.
_ALL_ARE = Pattern(
    r"(?:今天|现在|目前)?(?:都|均|也都)?(?:挺|很|蛮|还|一切|是)?(?:好(?=$|[,。;!的着])|正常|没事|没[有症不]|无|健康|平安|\d\d|[三四]十)"
)
_NEEDS_TELLING = frozenset("其他 其余 其他的 剩下的 成员 余下的 人人 其他人 其余人 各人 全体 所有人 家庭成员".split())
_ELDER_OR_YOUNGER = Pattern(r"[ :,]?(?:\d|[三四]十|有|也|咳|发|流|没|都|那|呢|倒|正|烧|今)")
_ONE_OF_US = Pattern(
    r"(?:人|家人)? ?(?:也|又|在|还在?|正在?|正|老|总|有点|有些|一直|总是|突然|刚刚?|是|说|体温|的体温|昨晚|今早|今天|量了|测了|烧到|到|,|:)*"
    r"(?:\d|[三四]十|发烧|发热|咳|烧|不舒服|不适|头[疼痛晕]|嗓子|喉咙|拉肚子|腹泻|吐|流鼻|鼻塞|低烧|高烧|乏力|难受|感冒)"
)
_NUMBER_AFTER = Pattern(r"(?:人)? ?(?:的?体温|是|都|量|测|[: ])*(?:\d|[三四]十)")
_AT_HOME = Pattern("(?:家里?|屋里?头?|家中|我们|咱们?|俺们?|户内|其中)[^,。;]{0,4}$")
_ELSEWHERE = Pattern(
    "电梯|楼[道下上里梯]|门口|超市|小区|隔壁|对门|车[上里]|群里|店里?|菜场|市场|广场|路上|单位|公司|学校|地铁|公交|看见|看到|碰到|遇到|旁边|新闻|视频|听说"
)
_NOT_OURS = frozenset("有一个 有个 有位 一位 一个人 还有一个 一个 有一位".split())
_LONE = frozenset("有一个 有个 有位 一位 一个人 另一个 还有一个 一个 家里一个 有一位".split())


def meant(text: str, start: int, word: str, code: str) -> str:
    """The code of the word where it means a person here, else "" (or "other" for a person of elsewhere)."""
    end = start + len(word)
    if word in _HONOURED and _is_pointed_at(text, start):
        return "other"
    sense = _SENSES.get(word) or (_by_code if len(word) > 1 or code in ("pet", "self") else _single)
    if sense(text, start, end, code):
        return code
    return "other" if word in _NOT_OURS and _ONE_OF_US.match(text, end) else ""  # "有一个咳得直不起腰"


def _is_pointed_at(text: str, start: int) -> bool:
    pointed = _POINTED_AT.search(text, max(0, start - 5), start)
    return bool(pointed) and not _OURS.search(text, max(0, start - 4), start)


def _by_code(text: str, start: int, end: int, code: str) -> bool:
    if code == "self" and _OF_A_PLACE.match(text, end):
        return False
    if code == "self":
        return not (start and _MESSENGER.match(text, start - 1))
    return not (code == "?" and _ELSEWHERE.search(text[max(0, start - 10) : start]))


def _single(text: str, start: int, end: int, code: str) -> bool:
    if text[start] not in _FREE_SHORT:
        return stands_alone(text, start, end)
    before, after = text[start - 1 : start], text[end : end + 1]
    if before == "的" and text[start - 2 : start - 1] in _KIN_END:
        return True  # "我老公的妈"
    if text[start] in "妈娘爹" and after == "的" and before not in _MINE | {"他", "她", "是", "为"}:
        return False
    return not (before and before in _NOT_BEFORE) and not (after and after in _NOT_AFTER)


def stands_alone(text: str, start: int, end: int, code: str = "") -> bool:
    """ "哥36.2，姐36.5" and "我姐有点咳", not "小哥送货" or "爷们"."""
    before = text[start - 1 : start]
    if before and before in _MINE:
        return text[end : end + 1] not in ("们", "科", "歌", "弟", "妹", "夫", "兄")
    if before == "(" and text[end : end + 1] == ")":
        return True  # "36.7（妻）"
    if text[start] == "女" and before in (" ", "|", "("):
        return False  # the column of a form
    edge = not before or before in _EDGES or bool(_LEADS_IN.search(text, max(0, start - 3), start))
    return edge and bool(_DATA_AFTER.match(text, end)) and text[start - 3 : start] != "性别:"


def _lone_self(text: str, start: int, end: int, code: str) -> bool:
    at_home = text[start] == "额" and text[end : end + 1] in ("家", "屋", "们", "大", "爸", "妈")
    return at_home or stands_alone(text, start, end)


def _addressed(text: str, start: int, end: int, code: str) -> bool:
    called = text[end : end + 1] in ("啊", "呀", "们", "你", "您", "哎", ",")
    return not called or (start > 0 and text[start - 1] in _MINE | {"是", "为", ":", "和", "跟"})


def _my_father(text: str, start: int, end: int, code: str) -> bool:
    return end == len(text) or text[end] in "额俺我和跟" or bool(_DATA_AFTER.match(text, end))


def _by_age(text: str, start: int, end: int, code: str) -> bool:
    edge = start == 0 or text[start - 1] in ",;。、 \n(" or bool(_LEADS_IN.search(text, max(0, start - 3), start))
    return edge and bool(_ELDER_OR_YOUNGER.match(text, end))


def _telling(text: str, start: int, end: int, code: str) -> bool:
    return bool(_TELLING.match(text, end))


def _step_kin(text: str, start: int, end: int, code: str) -> bool:
    return not (start and text[start - 1] in _STEP_KIN_IN_WORDS)


def _all_are(text: str, start: int, end: int, code: str) -> bool:
    return bool(_ALL_ARE.match(text, end))


def _oneself(text: str, start: int, end: int, code: str) -> bool:
    return bool(_TELLING.match(text, end)) or (start > 0 and text[start - 1] in "和跟与、及")


def _one_of_us(text: str, start: int, end: int, code: str) -> bool:
    if _NUMBER_AFTER.match(text, end):
        return True
    return bool(_ONE_OF_US.match(text, end) and _AT_HOME.search(text[max(0, start - 8) : start]))


_Sense = Callable[[str, int, int, str], bool]
_SENSES: Mapping[str, _Sense] = (
    dict.fromkeys(_LONE_SELF, _lone_self)
    | dict.fromkeys(_HONOURED, _addressed)
    | dict.fromkeys(_MY_FATHER, _my_father)
    | dict.fromkeys(("大的", "小的"), _by_age)
    | dict.fromkeys(_STEP_KIN, _step_kin)
    | dict.fromkeys(_NEEDS_TELLING, _telling)
    | {"自己": _oneself, "大家": _all_are}
    | dict.fromkeys(_LONE, _one_of_us)
)
