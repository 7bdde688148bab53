"""Words for the part of the day that a reading belongs to, and for days that are not today."""

import re

from parsing.lexicon import Token, trie_pattern

_WHEN: dict[str, str] = {
    "morning": "早上 早晨 清晨 凌晨 上午 起床 今早 早间 一早 大清早 早起 晨起 今晨 清早 早 晨 大早上 朝早 今朝早 晨间 早上起来 睡醒 早班",
    "noon": "中午 正午 午间 晌午 今午 中 午 中午饭后 晏昼",
    "evening": "下午 晚上 傍晚 睡前 今晚 晚间 夜里 夜间 夜晚 下班 临睡 晚 傍黑 半夜 黄昏 今夜 后晌 临睡前 晚黑 下晚 下昼 入夜 晚饭后",
}
_NOT_WHEN = (
    "早上好 早安 上午好 中午好 下午好 晚上好 晚安 早点 晚点 早就 早好 早已 早日 早饭 午饭 晚饭 早餐 午餐 晚餐 早早 晚会 晚辈 早知 早说 早退 迟早 晚了 早了 早晚会 早晚要 好早 中国 中心 中药 中医 中间 家中 其中 "
    "中班 中午饭 中度 中等 中山 中风 中奖 中年 午睡 午休 端午 早呀 早啊 早哦 大家早 各位早 早! 早~ 早。 早， 早, 昨晚 昨天晚上 昨天早上 昨天上午 昨天下午 昨天中午 昨夜 昨天夜里 昨天半夜 昨日 前晚 明早 明晚 明天早上 明天上午 明天下午 "
    "明天晚上 明天中午 后天上午 后天下午 早市 晚市 夜市 夜宵 早操 最晚 最早 早高峰 晚高峰 高中 初中 读中 中学 集中 途中 命中 当中 心中 水中 手中 中招 中标 中毒 中暑 晨练 晚报 早报 早教 早产 晚霞 午后散步 周末晚上 周一晚上 周五晚上 今晚的 今晚会"
)
_CODES: dict[str, str] = {word: code for code, words in _WHEN.items() for word in words.split()}
_IGNORED = frozenset(_NOT_WHEN.split())
_PATTERN = re.compile(trie_pattern([*_CODES, *_IGNORED]))
_SHORT = re.compile(
    r"[ :,]?(?:上|间)?(?:\d{1,2}(?:点|[:]\d)|[三四]十|3[4-9]|4[0-3]|体温|[中晚、和午]|[测量]|各|都|是|分别|[)(:]|我|\d\d[.度])"
)

_PAST = re.compile(
    "昨天|昨日|昨晚|昨夜|昨儿个?|昨个|前天|前晚|前日|大前天|前儿个?|上周[一二三四五六日天]?|上个?礼拜|上个?星期|上个?月|前几天|前两天|前些天|前阵子|前段时间|那天|上次|去年|上回|[两三四五几]天前|一周前|刚开始|之前"
)
_SINCE = re.compile(r"^[^,。;]{0,5}?(?:开始|起(?!床)|到现在|到今天|就(?!好|退|没|不|正常)|至今|以来|一直)")
_PRESENT = re.compile(
    "今天|今日|今早|今晚|今儿个?|今晨|今朝|今个|今午|现在|这会儿?|刚刚|刚才|刚量|刚测|目前|已经|此刻|此时|当前|眼下|而今|如今|[0-9一二三]{1,3}分钟前|今|依然|仍然|还在|还有点|早好|没再|不再"
)
_COMPARED = re.compile("(?:比起?|没有?|不像|不如|较|不及)$")  # "没昨天那么咳": said of today
_SAME_AS = re.compile("[^,。;]{0,4}(?:一样|差不多|相比|比(?!较)|持平|一致)")


def whens(text: str) -> list[Token]:
    """Words that tie a reading to a part of today; greetings and other days are none."""
    found: list[Token] = []
    for match in _PATTERN.finditer(text):
        word = match[0]
        if word in _IGNORED:
            continue
        if (
            text[match.start() - 1 : match.start()] in ("一", "整", "每", "多", "几", "大")
            and len(word) > 1
            and word != "起床"
        ):
            continue
        if word in ("夜里", "半夜", "凌晨", "夜间") and not re.match(
            r"[^,]{0,6}(?:\d\d|[三四]十)", text[match.end() :]
        ):
            continue
        if len(word) == 1 and not (
            _SHORT.match(text, match.end())
            or (
                text[match.start() - 1 : match.start()] in ("(", "中", "早", "、")
                and text[match.end() : match.end() + 1] in ")、中晚: "
            )
        ):
            continue
        found.append(Token(match.start(), match.end(), "when", _CODES[word], f"when.{_CODES[word]}"))
    return found


_DATE = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])月([12]\d|3[01]|0?[1-9])[日号]?")


def _earlier_dates(text: str, health_at: list[int]) -> list[tuple[int, int]]:
    """Where several dates are told of, one after the other, only the latest is taken for today's."""
    dates = [match for match in _DATE.finditer(text) if not _SINCE.match(text[match.end() : match.end() + 12])]
    ends = [*(match.start() for match in dates[1:]), len(text)]
    told = [
        (int(date[1]) * 100 + int(date[2]), date.start(), end)
        for date, end in zip(dates, ends, strict=True)
        if any(date.start() <= place < end for place in health_at)
    ]
    last = max((day for day, _, _ in told), default=0)
    return [(start, end) for day, start, end in told if day != last]


def past_spans(text: str, health_at: list[int]) -> list[tuple[int, int]]:
    """Stretches that speak of an earlier day: to the next word for now, or to the end of what was told."""
    spans: list[tuple[int, int]] = _earlier_dates(text, health_at) if text.count("月") > 1 else []
    for match in _PAST.finditer(text):
        if _SINCE.match(text[match.end() : match.end() + 12]) or (spans and match.start() < spans[-1][1]):
            continue
        before = text[max(0, match.start() - 2) : match.start()]
        if _COMPARED.search(before) or (before[-1:] in ("跟", "和", "与", "同") and _SAME_AS.match(text, match.end())):
            continue
        if match[0] in ("夜里", "半夜") and not _PRESENT.search(text, match.end()):
            continue
        clause = _end(text, match.end(), ",。;!?\n")
        sentence = _end(text, match.end(), "。;!?\n")
        told = any(match.start() <= place < clause for place in health_at)
        end = sentence if told else clause
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
