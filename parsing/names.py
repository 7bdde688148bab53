"""Personal names: they have no word list, so the place before a reading gives them away."""

import re

from parsing.lexicon import Token
from parsing.people import looks_like_name

_FILLER = re.compile(
    r"(?:[ :,;、)(的]|今[天日早晚晨]|早上|中午|晚上|上午|下午|现在|刚才|刚刚|目前|体[温文闻]|提问|温度|额温|耳温|腋温|健康|状况|症状|情况|量的?|测的?|量了|测了|是|为|有点|有些|有|也|都|还|均|出现|已|报|一直|自述|今儿|本人|复测|:|→|->|=|—|-|还是|又|最高|现|说|显示|在家|当日|同样|一家|住户)+$"
)
_LEAD = re.compile(
    r"^(?:[ :,;、)(.·\-—+】\]>_/|]|\d{1,2}[.、)]|姓名|名字|住户|业主|户主|租户|患者|独居老人|老人|孤老|邻居|隔壁|对门|家住|我是|我叫|本人|叫|是|的|替|帮|代|给|为|和|跟|与|还有|以及|然后|那个|另外|新增|室|房|号|上门|家|报告|报|今[天日]|今早|其中|户|量了|测了|再就是)+"
)
_INTRODUCED = re.compile(
    r"(?:我是|我叫|我名字?叫|本人(?:是|叫)?|姓名[:是 ]*|名字[:是 ]*|叫)([\u4e00-\u9fff]{2,4})(?=[,。 \n:;!]|\d|体温|今|$)"
)
_BREAK = re.compile(r"[,。;!?\n]")
_WORDISH = re.compile(r"^(?:[\u4e00-\u9fff·]{2,4}|[A-Za-z]{2,12})$")


def introduced(text: str) -> list[Token]:
    """Names that are said to be names ("我是张三", "姓名：王芳")."""
    return [
        Token(match.start(1), match.end(1), "person", match[1], "people.introduced")
        for match in _INTRODUCED.finditer(text)
        if looks_like_name(match[1])
    ]


def before_data(text: str, floor: int, place: int, in_list: bool) -> Token | None:
    """The name that stands between the last understood word and the data at `place`, if there is one."""
    if place - floor > 30:
        floor = place - 30
    segment = text[floor:place]
    pieces = _BREAK.split(segment)
    for back in (1, 2):  # "张三36.5", and "张三，36.5"
        if back > len(pieces):
            return None
        piece = pieces[-back]
        word = _LEAD.sub("", _FILLER.sub("", piece))
        if word:
            break
    else:
        return None
    if back == 2 and _LEAD.sub("", _FILLER.sub("", pieces[-1])):
        return None
    if " " in word:
        parts = [_LEAD.sub("", part) for part in reversed(word.split())]
        word = next((part for part in parts if _is_name(part, in_list)), "")
    if not word or not _is_name(word, in_list):
        return None
    start = text.rfind(word, floor, place)
    return Token(start, start + len(word), "person", word, "people.before_data")


def _is_name(word: str, in_list: bool) -> bool:
    return looks_like_name(word) or (in_list and bool(_WORDISH.match(word)) and word not in _LIST_WORDS)


_LIST_WORDS = frozenset(
    [
        "体温",
        "正常",
        "健康",
        "今天",
        "今日",
        "早上",
        "晚上",
        "中午",
        "上午",
        "下午",
        "全家",
        "温度",
        "无症状",
        "没有",
        "不在家",
        "没人",
        "空户",
        "出租",
        "收到",
        "已报",
        "已量",
        "单元",
        "在家",
        "外出",
        "全部",
        "情况",
        "打卡",
        "上报",
        "住户",
        "业主",
        "姓名",
        "ok",
        "OK",
    ]
)
