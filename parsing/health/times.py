"""Words for the part of the day that a reading belongs to, and for days that are not today."""

from bisect import bisect_left

from parsing.writing.lexicon import Pattern, Token
from parsing.writing.wordscan import WordScan

_WHEN: dict[str, str] = {
    "morning": "早上 早晨 清晨 凌晨 上午 起床 今早 早间 一早 大清早 早起 晨起 今晨 清早 早 晨 大早上 朝早 今朝早 晨间 早上起来 睡醒 早班 一起床 刚起床 起床后 起床时 一睁眼 睁眼 一睡醒 刚睡醒 "
    "一大早 一清早 大早 清早起来 早起头 早起上 早上头 今朝早上 朝头早 朝晨 上昼 上晝 前晌 头晌 早晌 头午 上半天 上半日 早饭前 早饭后 早饭吃过 早饭吃完 早饭吃好 早餐前 早餐后 吃早饭前 吃早饭后 吃完早饭 吃过早饭 天刚亮 天蒙蒙亮 天亮 鸡叫 后半夜 "
    "大清早上 一早起来 早起来 早头 晨早 早七点 早八点 早六点 早上好几点 晨检 早检 赶早 清晨起来 天光 天光早 晨里 早朝 起早 起来后 早上六点 早上七点 早上八点",
    "noon": "中午 正午 午间 晌午 今午 中 午 中午饭后 晏昼 晏晝 晌午头 晌午饭后 大中午 日中 当午 午饭前 午饭后 午饭吃过 午饭吃完 中饭吃好 中饭吃过 午餐前 午餐后 吃午饭前 吃午饭后 吃完午饭 吃过午饭 中饭前 中饭后 吃中饭前 吃中饭后 吃完中饭 午时 午检 中午头 中浪 中浪向 "
    "今天中午 午后头 响午 中午时 晌饭后 吃晌饭",
    "evening": "下午 晚上 傍晚 睡前 今晚 晚间 夜里 夜间 夜晚 下班 临睡 晚 傍黑 半夜 黄昏 今夜 后晌 临睡前 晚黑 下晚 下昼 入夜 晚饭后 下晝 擦黑 擦黑儿 天擦黑 擦黑时 天黑 天一黑 天刚黑 刚擦黑 傍黑天 傍晚黑 "
    "晚巴晌 晚么晌 晚半晌 晚晌 后半晌 过晌 过晌午 下半天 下半日 下晌 晚上睡前 睡觉前 临睡觉 上床前 洗漱前 晚饭前 晚餐前 晚餐后 吃晚饭前 吃晚饭后 吃完晚饭 吃过晚饭 夜饭前 夜饭后 夜饭吃好 夜饭吃过 夜饭吃完 晚饭吃过 晚饭吃完 晚饭吃好 吃夜饭 吃完夜饭 夜到 夜头 夜里头 黑了 黑里 黑家 "
    "掌灯 点灯 掌灯时分 晚头 晚头黑 夜晚头 今黑 今黑了 今夜里 晚检 下班后 下班回来 落班 夜晚黑 晚夕 晚夕里 傍晚时分 夜快 夜快头 下半晌 午后 晚八点 晚七点 晚九点 晚上八点 黄昏头 挨黑 断黑 麻麻黑 "
    "快黑 天快黑 夜间睡前 深夜",
}
_NOT_WHEN = (
    "早上好 早安 上午好 中午好 下午好 晚上好 晚安 早点 晚点 早就 早好 早已 早日 早饭 午饭 晚饭 早餐 午餐 晚餐 早早 晚会 晚辈 早知 早说 早退 迟早 晚了 早了 早晚会 早晚要 好早 中国 中心 中药 中医 中间 家中 其中 "
    "中班 中午饭 中度 中等 中山 中风 中奖 中年 午睡 午休 端午 早呀 早啊 早哦 大家早 各位早 早! 早~ 早。 早， 早, 昨晚 昨天晚上 昨天早上 昨天上午 昨天下午 昨天中午 昨夜 昨天夜里 昨天半夜 昨日 前晚 明早 明晚 明天早上 明天上午 明天下午 "
    "明天晚上 明天中午 后天上午 后天下午 早市 晚市 夜市 夜宵 早操 最晚 最早 早高峰 晚高峰 高中 初中 读中 中学 集中 途中 命中 当中 心中 水中 手中 中招 中标 中毒 中暑 晨练 晚报 早报 早教 早产 晚霞 午后散步 周末晚上 周一晚上 周五晚上 今晚的 今晚会 "
    "早晨好 早晨啊 早晨呀 早晨! 早晨~ 早晨哦 早晨各位 各位早晨 大家早晨 街坊早晨 早晨街坊 早晨大家 早晨。 早晨, 早晨喔 早晨哈 早上好啊 早啊各位 早各位 各位早上好 早安各位 昨日晚上 昨日早上 昨儿晚上 昨儿夜里 昨儿早上 昨儿个晚上 前天晚上 前天夜里 "
    "昨晚上 昨天半夜里 昨天后半夜 昨天凌晨 昨晚睡前 昨夜里 昨下午 昨上午 昨天傍晚 昨日下午 昨日上午 明儿早 明天早 每天早上 每天晚上 每天早晚 天天早上 天天晚上 每晚 每早 晚一点 早一点 早几天 晚几天 早晚各 早晚温差 早晚两次 "
    "不早 太晚 这么晚 那么晚 不晚 天黑前 天黑路 下班路 下班高峰 下班时间 上下班 晚婚 晚年 晚期 早期 早恋 早婚 早泄 早该 早不 早没 早退了 早过 早忘 中意 中用 中看 中听 中介 中性 中央 中文 中式 中药房 中专 中考 中餐 中号 中间人 中途 中断 中止 中秋 中山路 不中 中不 中着 中嘞 中中 中啊 中不中 "
    "午夜 夜班 夜跑 晨跑 晚班 晚自习 早自习 早班车 末班 天亮前 天亮了 睁眼说瞎话 睁眼到天亮 睁着眼 起床气 没起床 还没起床 不起床 没睡醒 没天亮 到天亮 到天光 收工钱 黑了心 黑了脸 黑里透红 起早贪黑 快黑码 天黑了"
)
_WORDS = WordScan(
    {word: code for code, words in _WHEN.items() for word in words.split()} | dict.fromkeys(_NOT_WHEN.split(), "")
)
# "早", "中", "晚" alone mean a part of the day only in front of a number or in a row of such words.
_SHORT = Pattern(
    r"[ :,|/]?(?:上|间)?(?:\d{1,2}(?:点|[:]\d)|[三四卅]十?|3[4-9]|4[0-3]|体温|[中晚、和午/|](?!心|学|药|秋)|[测量]|各|都|是|分别|[)(:]|我|\d\d[.度])"
)
# "早上忘了，中午补一个": nothing was read then.
_UNREAD = Pattern(
    r"[^,。;!?\d]{0,5}(?:忘|没(?:量|测|报|填|顾|来|空|时间|打卡|发|登)|漏(?:了|报|量|测|填)|没来得及|错过|还没)"
)
_EACH = ("一", "整", "每", "多", "几", "大", "个")
_NIGHT = frozenset(("夜里", "半夜", "凌晨", "夜间", "深夜", "后半夜"))
_NEAR_A_NUMBER = Pattern(r"[^,。]{0,12}[量测]|[^,]{0,8}(?:\d\d|[三四]十|[三四][零四五六七八九])")

_PAST = Pattern(
    "昨天|昨日|昨晚|昨夜|昨儿个?|昨个|[寻琴][日晚](?:黑|夜)?|昨朝|夜来|前天|前晚|前日|大前天|前儿个?|上周[一二三四五六日天]?|上个?礼拜|上个?星期|上个?月|前几天|前两天|前些天|前阵子|前段时间|那天|上次|(?:去年|前年)(?:的?今[天日])?|上回|"
    r"[两三四五六七八九十几]天前|一周前|刚开始|之前|[零〇一二三四五六七八九十\d]{2,4}年那[年回次会]|(?:大学|高中|初中|小学|上学|念书|当兵|怀孕|坐月子|刚结婚|年轻|上班|打工|住院|出差|生[^,。]{1,4})那(?:年|会儿?|阵|时候|回|次)|"
    r"(?<![午上晚早晨里天])那(?:年|回|次|阵子)|当年|早年|年轻(?:的)?时候?|小时候|[一二两三四五六七八九十几好多\d]{1,3}年前|上(?:一)?波|第一波|上(?:一)?轮|刚阳那|阳那会"
)
_PAST_LETTERS = frozenset("昨寻琴夜前上那去刚年时第")  # one of them stands in each of these
_SINCE = Pattern(r"^[^,。;]{0,5}?(?:开始|起(?!床)|到现在|到今天|就(?!好|退|没|不|正常)|至今|以来|一直)")
_PRESENT = Pattern(
    "今天|今日|今早|今晚|今儿个?|今晨|今朝|今个|今午|现在|这会儿?|刚刚|刚才|刚量|刚测|目前|已经|此刻|此时|当前|眼下|而今|而家|依家|家阵|如今|[0-9一二三]{1,3}分钟前|今|依然|仍然|还在|还有点|早好|没再|不再|这周|这礼拜|这个?星期|这个?礼拜|这两天|这几天"
)
_COMPARED = Pattern("(?:比起?|没有?|不像|不如|较|不及)$")  # "没昨天那么咳": said of today
_STILL = Pattern(
    r"[^,。;!?\d]{1,12},(?:今天|今早|今儿|现在|这会儿|早上|今日)[^,。;!?\d]{0,4}(?:轻|好|强|缓|松快)(?:一?点|些|多|了?不少|了许多|解)(?!好)|"
    r"[^,。;!?\d]{1,12},(?:今天|今早|今儿|现在)[^,。;!?\d]{0,3}(?:减轻|见好|好转|没那么)"
)
_SAME_AS = Pattern("[^,。;]{0,4}(?:一样|差不多|相比|比(?!较)|持平|一致)")


def whens(text: str) -> list[Token]:
    """Words that tie a reading to a part of today; greetings and other days are none."""
    found: list[Token] = []
    for start, end, code in _WORDS.scan(text):
        if code and not _means_no_time(text, start, end):
            found.append(Token(start, end, "when", code, f"when.{code}"))
    return found


def _means_no_time(text: str, start: int, end: int) -> bool:
    word, before = text[start:end], text[max(0, start - 1) : start]
    if len(word) > 1 and before in _EACH and "起床" not in word:
        return True
    if _UNREAD.match(text, end) or (word in _NIGHT and not _NEAR_A_NUMBER.match(text, end)):
        return True
    in_a_row = before in ("(", "中", "早", "、", "|", "/") and text[end : end + 1] in (*")、中晚: |/\n", "")
    return len(word) == 1 and not (_SHORT.match(text, end) or in_a_row)


_FIGURES = frozenset("0123456789一二三四五六七八九十卅叁")
_DATE = Pattern(r"(?<!\d)(1[0-2]|0?[1-9])月([12]\d|3[01]|0?[1-9])[日号]?")


def _between(places: list[int], start: int, end: int) -> list[int]:
    """Those of the places, sorted, that lie in this stretch."""
    return places[bisect_left(places, start) : bisect_left(places, end)]


def _earlier_dates(text: str, health_at: list[int]) -> list[tuple[int, int]]:
    """Where several dates are told of, one after the other, only the latest is taken for today's."""
    dates = [match for match in _DATE.finditer(text) if not _SINCE.match(text[match.end() : match.end() + 12])]
    if not dates:
        return []
    ends = [*(match.start() for match in dates[1:]), len(text)]
    told = [
        (int(date[1]) * 100 + int(date[2]), date.start(), end)
        for date, end in zip(dates, ends, strict=True)
        if _between(health_at, date.start(), end)
    ]
    last = max((day for day, _, _ in told), default=0)
    return [(start, end) for day, start, end in told if day != last]


def past_spans(text: str, health_at: list[int]) -> list[tuple[int, int]]:
    """Stretches that speak of an earlier day: to the next word for now, or to the end of what was told."""
    health_at = sorted(health_at)
    spans: list[tuple[int, int]] = _earlier_dates(text, health_at) if text.count("月") > 1 else []
    for match in () if _PAST_LETTERS.isdisjoint(text) else _PAST.finditer(text):
        if _SINCE.match(text[match.end() : match.end() + 12]) or (spans and match.start() < spans[-1][1]):
            continue
        if _STILL.match(text, match.end()):
            continue  # "昨天嗓子疼，今天轻点了": it is not over
        before = text[max(0, match.start() - 2) : match.start()]
        if _COMPARED.search(before) or (before[-1:] in ("跟", "和", "与", "同") and _SAME_AS.match(text, match.end())):
            continue
        if match[0] in ("夜里", "半夜") and not _PRESENT.search(text, match.end()):
            continue
        clause = _end(text, match.end(), ",。;!?\n")
        sentence = _end(text, match.end(), "。;!?\n")
        told = _between(health_at, match.start(), clause)
        end = sentence if told else clause
        if told and not any(text[place] in _FIGURES for place in told):  # "昨晚没睡着，36.5": the reading is today's
            end = next((place for place in _between(health_at, clause, end) if text[place] in _FIGURES), end)
        if present := _PRESENT.search(text, match.end(), end):
            end = present.start()
        spans.append((match.start(), end))
    return spans


def _end(text: str, place: int, stops: str) -> int:
    limit = min(len(text), place + 80)
    while place < limit and (
        text[place] not in stops or (text[place] == "。" and text[place + 1 : place + 2].isdigit())
    ):
        place += 1
    return place
