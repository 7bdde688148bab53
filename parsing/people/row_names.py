"""Names in the rows of a list, where the place tells them: behind a number or an address, before the data."""

import re
from collections.abc import Sequence

from parsing.people.kin import CODES
from parsing.people.surnames import FOREIGN_NAME
from parsing.writing.lexicon import Pattern, Token

# The word between the number or address and the data is the name, whatever else it could mean.
_SLOT = Pattern(
    r"(?:[ :,、.·\-—|/\[\]【】)]|\d{1,2}[:点]\d{2}分?|的|住户:?|租户:?|租客:?|房客:?|独居的?|业主:?|户主:?|室|号|家住|姓名:?)*"
    r"([\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8}){1,3}|[\u4e00-\u9fff]{2,4}|[A-Z][A-Za-z]{1,14}(?: [A-Z][a-z]{1,10})?)"
)
_SLOT_END = Pattern(r"[ :,、(|\t/—\-]|[一全]?家|$")
# "平平淡淡才是真 36.7": what somebody calls himself in a chat, before a reading.
_NICKNAME = Pattern(
    r"[^\u4e00-\u9fffA-Za-z0-9]{0,3}((?:[\u4e00-\u9fff]{1,10}|[A-Za-z]{2,12}){1,2})[ :]+(?=\d\d|[三四]十)"
)
_PLAIN_WORDS = Pattern("[今早晚午量测我家老爸妈报全人都度病烧咳疼痛]|体温|温度|正常|症状")
_NO_NAMES = frozenset(
    "体温 正常 健康 今天 今日 早上 晚上 中午 上午 下午 全家 温度 无症状 没有 不在家 没人 空户 出租 收到 已报 已量 单元 在家 外出 全部 情况 打卡 上报 住户 业主 姓名 户主 备注 说明 无恙 "
    "自己 本人 家人 老人 小孩 孩子 大人 报平安 平安无事 轻微 少少 有少少 有啲 有点 有些 一点点 稍微 略微 微微 昨天 昨晚 前天 明天 夜里 半夜 早晨 晨间 早间 晚间 午间 全身 浑身 身上 身体 头部 鼻子 嗓子 喉咙 "
    "胸口 肚子 关节 腰部 四肢 各位 大家 邻居 隔壁 楼上 楼下 对门 刚刚 刚才 现在 目前 已经 一直 还是 都是 均为 家庭 成员 口令 截止 请假 出差 上班 上学 隔离 居家 发烧 发热 咳嗽 头痛 头疼 腹泻 乏力 "
    "补报 补填 补录 更正 复测 早 中 晚 报 补 测温 体温计 额温 耳温 腋温 腋下 额头 电话 手机 备用 空着 空房 无人 拒测 未测 未量 未报 待测 缺 暂无 暂缺 搬走 搬家 装修 在外 外地 回老家 未回 报告 报备 登记 完成 已完成 完毕 "
    "全员 全体 一家 夫妻 父子 母女 其他 其余 合计 共计 总计 小计 人数 户数 总数 平均 最高 最低 室温 气温 水温 男 女 两口 三口 四口 五口 一口人 两口人 三口人 四口人 五口人 家里 家中 屋里 我们家 我家".split()
)
_NOT_IN_SLOT = Pattern(
    "[没未报测吗呢吧了的是都也还请谢量]|^[无不已在有把被从今昨明]|症状|正常|体温|[度℃]|我|你|他|她|们$|单元|口人"
)
_WORD = Pattern(r"^[\u4e00-\u9fff]{2,3}$")
_TAIL_NAME = Pattern(r"[ ,:(]*([\u4e00-\u9fff]{2,4})[ )]*(?=$|[,;|])")


def fits_slot(word: str) -> bool:
    """Whether a word in the place of a name can be one."""
    return word not in _NO_NAMES and not _NOT_IN_SLOT.search(word)


def in_rows(text: str, slots: Sequence[int], data: Sequence[Token], ends: Sequence[int]) -> list[Token]:
    """Names in a list: the word at each slot (behind a number or an address), if data of its own follows."""
    found: list[Token] = []
    for slot, end in zip(slots, ends, strict=True):
        match = _SLOT.match(text, slot, end) or _nickname(text, slot, end)
        if match is None:
            continue
        start, stop = match.span(1)
        following = [token for token in data if start <= token.start < end]
        first = next((token.start for token in following if token.kind == "reading"), end)
        stop = min(stop, first)
        if text[stop - 1] in "一全" and text[stop : stop + 1] == "家":
            stop -= 1  # "王建军一家三口"
        word = text[start:stop]
        if len(word) < 2 or not (_SLOT_END.match(text, stop) or stop == first):
            if nickname := _nickname(text, slot, end):
                found.append(Token(*nickname.span(1), "person", nickname[1], "people.before_data"))
            continue
        if _names_somebody(word, [t for t in following if t.start < stop], any(t.start >= stop for t in following)):
            found.append(Token(start, stop, "person", word, "people.before_data"))
    return found


def _nickname(text: str, slot: int, end: int) -> re.Match[str] | None:
    match = _NICKNAME.match(text, slot, end)
    return match if match and not _PLAIN_WORDS.search(match[1]) and match[1] not in _NO_NAMES else None


def company(text: str, starts: Sequence[int], ends: Sequence[int]) -> bool:
    """Whether every reading has one word before it and nothing else: "秋菊36.4，冬梅36.5，春兰36.6"."""
    if len(starts) < 3:
        return False
    floors = [0, *ends[:-1]]
    words = [text[floor:start].strip(" ,;、。:\n|/") for floor, start in zip(floors, starts, strict=True)]
    return all(_WORD.match(word) and fits_slot(word) and word not in CODES for word in words)


def _names_somebody(word: str, inside: list[Token], told: bool) -> bool:
    if not told or not (FOREIGN_NAME.match(word) or word[0].isascii() or fits_slot(word)):
        return False
    return all(token.kind == "well_weak" for token in inside)


def behind_reading(text: str, place: int, end: int) -> Token | None:
    """The name that a row of a list gives after the reading ("36.5 祝融")."""
    match = _TAIL_NAME.match(text, place, end)
    if match is None or not fits_slot(match[1]):
        return None
    return Token(match.start(1), match.end(1), "person", match[1], "people.before_data")
