"""Personal names: they have no word list, so the place before a reading gives them away."""

from functools import lru_cache

from parsing.people.kin import CODES
from parsing.people.row_names import fits_slot
from parsing.people.surnames import is_full_name, is_nickname, is_pet_name, looks_like_name
from parsing.writing.lexicon import Pattern, Token

# What may stand between a name and its reading.
_FILLERS = (
    r"[ :,;、)(的|】\]【\[] 1\d{10} 今[天日早晚晨儿朝] 早上 中午 晚上 上午 下午 现在 刚才 刚刚 目前 体[温文闻] 提问 温度 额温 耳温 腋温 健康 状况 症状 情况 "
    "量的? 测的? 量了 测了 量出 量得 测得 是 为 有点儿? 有些 有 也 都 还 均 出现 已 报 一直 自述 自称 本人 复测 : → -> = — - 还是 又 最高 现 "
    "说是? 说(?:他|她)?(?:自己)? 讲(?:他|她)? 称 表示 反映 回复说? 回话 来电说? (?<=[说讲称])[他她] 显示 在家 当日 同样 一家 住户 这边 那边 她 他 大概 带点? 烧到 发来 报了 刚 昨晚 老是? 分别 依次 各自? 一起 上报 登记 打卡 填 一下 代报 报个?"
).split()
_FILLER = Pattern(f"(?:{'|'.join(_FILLERS)})+$")
_LEADS = (
    r"[ :,;、)(.·\-—+】\]【\[《》>_/|•●] \d{1,2}[.、)] \d{3,4}[室号]?的? 姓名 名字 住户 业主 户主 租户 患者 独居老人 独居的? 老人 孤老 邻居 隔壁 对门 家住 我是 我叫 本人 叫 是 的 替 帮 代 给 为 和 跟 与 还有 "
    "以及 然后 那个 另外 新增 室 房 号 上门 家 报告 报 今[天日] 今早 其中 户 量了 测了 再就是 顶上 楼[上下] 那家 我们?家? 咱们?家? 俺们?家? 们家? 我朋友 朋友 同事 同学 单身 小伙子? 小姑娘 姑娘 租客 房客 室友 学生 家长 员工 受托 转 网格内 组内 班里 队员"
).split()
_LEAD = Pattern(f"^(?:{'|'.join(_LEADS)})+")
_INTRODUCED = Pattern(
    r"(?:我是(?:[^,。;!?\n]{3,18}[\d零〇一二三四五六七八九室号户]的)?|我叫|我名字?叫|本人(?:是|叫)?|姓名[:是 ]*|名字[:是 ]*|户主[:是 ]+|叫)([\u4e00-\u9fff]{2,4})(?=[,。 \n:;!]|\d|体温|今|[我俺](?:刚|自己|今|早|现|量|这)|$)"
)
# "36.4是张三的", "37.6的是李四"
_OWNS = Pattern(r"(?<=[\d度℃五六七八九]),?的?是([\u4e00-\u9fff]{2,4}?)的?(?=[,。;!\n ]|$)")
_WITH_SEX = Pattern(r"(?:^|[\n,。;])([\u4e00-\u9fff]{2,4})[ ,:/|]+[男女](?=[ ,/|])")  # "王建军，男，45，36.5"
# "36.5张三 36.6李四", "36.5（张三）": names behind the readings.
_READING_FIRST = Pattern(r"(?:[\u4e00-\u9fff]{0,6}:)?[ ]*\d\d[.度]\d")
_AFTER_READING = Pattern(
    r"(?<=\d[.度]\d)[度℃]?[ (]*(?:室友|同屋|合租的|邻居|同事|对象|房东|租客|保姆|朋友)?([\u4e00-\u9fff]{2,4})(?=[ ,;、)\n]|$)"
)
_FIELD = Pattern(r"(?:姓名|名字)[:是 ]*([\u4e00-\u9fff·]{2,12}|[A-Z][A-Za-z ]{1,20})(?=[,。\n:;|]|$)")
# "胖虎（我儿）36.9": a word with the relation behind it is a name.
_EXPLAINED = Pattern(
    r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]{2,4})\((?:是|就是)?(?:我|俺|咱|额)?(?:家|们家)?的?([^()\d ]{1,5})\)"
)
_ROLES = frozenset("本人 自己 我 母 父 妻 夫 子 女 本 户主 儿 妈 爸".split())
# "隔壁小伙章程托我报个平安": the word before "托我" is the name, though it may mean something else as well.
_SENDS = Pattern(
    r"([\u4e00-\u9fff]{2,3})(?:委|拜)?(?:托|让|请|叫|喊)(?:我|俺)[^,。]{0,4}(?:报|登记|填|打卡|发|转|说|讲)"
)
_BREAK = Pattern(r"[,。;:!?\n→]")
_OURS = "我俺咱额们家的"
_AT_HOME = Pattern("^(?:[ :,(]|我|俺|咱|额|们|家|的|那个|今[天早])*$")
_EDGES = " ,。;:、\n("
_OWN_CLAUSE = Pattern(r"(?:^|[,。;!\n ])([\u4e00-\u9fff]{2,4})[ ,:;(]+$")
_JOINED = Pattern("[、和跟与及&/]|还有")
_BEFORE_NAME = frozenset("有是的叫班为户员长生")
_SHARED = Pattern("都|分别|依次|各|均|:")
_WORDISH = Pattern(r"^[\u4e00-\u9fff·]{2,4}$")


def introduced(text: str) -> list[Token]:
    """Names that are said to be names ("我是张三", "姓名：王芳")."""
    found = [match for match in _INTRODUCED.finditer(text) if looks_like_name(match[1])]
    if _READING_FIRST.match(text):
        found += [match for match in _AFTER_READING.finditer(text) if looks_like_name(match[1])]
    if "男" in text or "女" in text:
        found += [match for match in _WITH_SEX.finditer(text) if looks_like_name(match[1], True)]
    if "是" in text:
        found += [match for match in _OWNS.finditer(text) if looks_like_name(match[1])]
    if "名" in text:
        found += [match for match in _FIELD.finditer(text) if fits_slot(match[1])]
    if "(" in text:
        found += [m for m in _EXPLAINED.finditer(text) if (m[2] in _ROLES or CODES.get(m[2])) and fits_slot(m[1])]
    tokens = [Token(match.start(1), match.end(1), "person", match[1], "people.introduced") for match in found]
    return [*tokens, *_senders(text)] if "我" in text or "俺" in text else tokens


def _senders(text: str) -> list[Token]:
    found = []
    for match in _SENDS.finditer(text):
        whole = is_full_name(match[1]) or looks_like_name(match[1])
        word = match[1] if whole else match[1][-2:]
        if whole or is_full_name(word) or looks_like_name(word):
            found.append(
                Token(
                    match.end(1) - len(word),
                    match.end(1),
                    "person",
                    word,
                    "people.introduced",
                )
            )
    return found


def before_data(text: str, floor: int, place: int, in_list: bool, after_kin: bool, measured: bool) -> list[Token]:
    """The names that stand between the last understood word and the data at `place`: "张三", "张三和李四分别"."""
    floor = max(floor, place - 30)
    piece, alone, near, word = _last_piece(text[floor:place])
    if after_kin and alone and is_nickname(word):
        return _tokens(text, [word], floor, place)
    edge = not floor or text[floor - 1] in _EDGES or not alone
    raw = piece.strip(" :,、")
    if edge and raw != word and looks_like_name(raw, True):
        return _tokens(text, [raw], floor, place)  # "陈刚 36.5"
    if not measured and not near:
        return []
    if not measured and word == piece.strip():
        return _tokens(text, _names(word, piece, False, edge), floor, place)  # "哗哗淌鼻涕" names nobody
    if is_pet_name(word) and (edge or text[floor - 1] in _OURS) and _AT_HOME.match(piece[: piece.find(word)]):
        return _tokens(text, [word], floor, place)
    return _tokens(
        text,
        _names(word, piece, in_list, edge and word == piece.strip(" :,、")),
        floor,
        place,
    )


def before_address(text: str, floor: int, place: int) -> list[Token]:
    """ "李娜 3栋2单元501 36.5": a name that is a clause of its own before the address."""
    match = _OWN_CLAUSE.search(text, floor, place)
    if match is None or not looks_like_name(match[1], True):
        return []
    return [Token(match.start(1), match.end(1), "person", match[1], "people.before_data")]


@lru_cache(maxsize=1024)  # mostly the same few words stand before what is told
def _last_piece(segment: str) -> tuple[str, bool, bool, str]:
    """The clause that can hold a name ("张三36.5", "张三，36.5"), whether it is all there is, whether the data follow,
    and what it holds beside the words that lead to them.
    """
    pieces = _BREAK.split(segment)
    for back in range(1, min(len(pieces), 3) + 1):  # "张三，体温：36.5"
        if word := _LEAD.sub("", _FILLER.sub("", pieces[-back])):
            return pieces[-back], len(pieces) == 1, back == 1, word
    return "", False, False, ""


def _names(word: str, piece: str, in_list: bool, whole: bool) -> list[str]:
    if not word:
        return []
    if _is_name(word, in_list, whole):
        return [word]
    if " " in word:
        parts = [_LEAD.sub("", part) for part in reversed(word.split())]
        return [part for part in parts if _is_name(part, in_list, False)][:1]
    for length in (3, 2):  # "偏高的有王五"
        if word[-length - 1 : -length] in _BEFORE_NAME and looks_like_name(word[-length:]):
            return [word[-length:]]
    joined = _JOINED.split(word)
    if len(joined) > 1 and all(looks_like_name(part) for part in joined):
        return joined
    if _SHARED.search(piece) and (run := _run(word)):
        return run
    front = _LEAD.sub("", piece)  # "老尤说他一切": the words behind the name are no fillers
    return [front[:n] for n in (3, 2) if looks_like_name(front[:n]) and _FILLER.fullmatch(front[n:])][:1]


def _run(word: str) -> list[str]:
    """ "张三李四王五依次…": names written without a stop between them."""
    if len(word) < 4 or len(word) > 9:
        return []
    for length in (2, 3):
        if looks_like_name(word[:length]):
            rest = word[length:]
            if looks_like_name(rest):
                return [word[:length], rest]
            if run := _run(rest):
                return [word[:length], *run]
    return []


def _tokens(text: str, words: list[str], floor: int, place: int) -> list[Token]:
    found: list[Token] = []
    end = place
    for word in reversed(words):
        start = text.rfind(word, floor, end)
        found.insert(0, Token(start, start + len(word), "person", word, "people.before_data"))
        end = start
    return found


def _is_name(word: str, in_list: bool, whole_clause: bool) -> bool:
    if looks_like_name(word, whole_clause):
        return True
    return in_list and bool(_WORDISH.match(word)) and fits_slot(word)
