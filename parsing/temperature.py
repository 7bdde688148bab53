"""Body temperatures in all the spellings that residents use, and the numbers that only look like one."""

import re
from dataclasses import dataclass

from parsing.numerals import DIGIT_CLASS, DIGITS, to_int

LOWEST, HIGHEST = 34.0, 43.0  # outside of this a reading is asked again, not recorded

_TENS = rf"(?:[二三四五六七八九]?十[{DIGIT_CLASS}]?|[二三四五六七八九][{DIGIT_CLASS}](?=[点度])|卅[{DIGIT_CLASS}]?)"
_UNIT = r"(?:℃|°[Cc]?|摄氏度|度|[Cc](?![A-Za-z])|℉|°?[Ff](?![A-Za-z])|华氏度?)"
_READING = re.compile(
    rf"(?P<fahrenheit>华氏度?[温是为:\s]{{0,2}})?"
    rf"(?<![\d.])(?P<whole>\d{{1,3}}|{_TENS})"
    rf"(?:(?P<point> ?\.{{1,2}} ?|[。,:;·'](?=\d(?![\d.]))| ?[点度] ?|℃|°[Cc]?)"
    rf"(?P<fraction>\d{{1,2}}(?![\d])|[{DIGIT_CLASS}](?![十百月点]|[个天][^,]?)|半))?"
    rf"(?![\d]|\.\d)"
    rf" ?(?P<unit>{_UNIT})?(?P<half>半)?(?P<about>多|几|出头)?"
)
_RANGE = re.compile(r"^ ?(?:-|~|—{1,2}|到|至|或) ?$")
_FALL = re.compile(r"^(?:一直|又|慢慢|已经|就|,)*(?:降|退|升|烧|涨|下降|回落|恢复)(?:到|至|成|回)了? ?$")

_NOT_BODY = re.compile(
    "室温|水温|气温|油温|奶温|室外|外面|外头|户外|屋外|空调|暖气|地暖|热水|电热|洗澡水|烤箱|冰箱|调到|调成|开到|开成|设到|设成|设置|设定|"
    "定在|零下|零上|天气|最高温|最低|高温|体感|泡脚|酒精|白酒|近视|散光|单价|特价|售价|[¥￥$价]|涨了|跌了|股|利率|北纬|东经|版本|车牌|屋里|"
    "房间里|温差|炉|水烧|烧水|保温|恒温|预报|优惠|满减|公交|室内|鞋|鱼缸|孵|冷库|冷链|车间|教室|大棚|温水|比分|血压|血糖|心率|体重|身高|工资|房价|彩票|尾号|单号|编号|取件|验证码|密码|频道"
)
_BODY_CUE = re.compile("体[温文闻问]|替温|提问|题温|提温|额温|耳温|腋温|口温|肛温|腋下|温度|[量测]|烧")
_OTHER_WARMTH = re.compile(
    "(?:最[高低]|平均|室内|室|水|气|奶|油|屋里|屋内|房间里?|环境|空调|洗澡水|户外|室外|外面)的?温度?"
)
_MONEY = re.compile(
    r" ?(?:元(?![\u4e00-\u9fff])|块|斤|公斤|千克|%|公里|海里|小时|分钟)|[一每/]?(?:斤|箱|盒|袋|瓶|桶)|"
    r"(?:[元毛克折万亿米平码倍寸吨岁秒伏瓦vV]|[kK][gG]|[kK]?[mM](?![a-z])|[cC][mM])"
)
_COUNT = re.compile(
    r" ?(?:[路号次人户个天年岁周层楼栋幢座页条件箱包台位名例种月日点分届集根瓶盒袋只门]|单元|室|房|口人|多[个人天岁块名]|[后年])|[-/]\d|[A-Za-z]"
)
_AFTER_THING = re.compile(r"(?:左右)?的?(?:温?水|白?酒|牛?奶|高温|天气|太阳|热天)|的天")
_BEYOND_BEFORE = re.compile(
    r"(?:超过|高于|低于|大于|小于|达到|不到|不足|超出|≥|>|<|≤|标准是?|界限是?|阈值是?|上限|下限|[以从]) ?$"
)
_BEYOND_AFTER = re.compile(
    r" ?(?:度|℃)?(?:及?以[上下内]|才[算是]|的标准|是不是(?:就)?(?:要|得|需要|该)|是(?:不是)?(?:个)?(?:标准|界限|发[烧热]的?(?:标准|线)))"
)
_SUPPOSED = re.compile(
    "如果|要是|万一|假如|假设|倘若|一旦|哪怕|只要|若是?|比如|例如|[例如]:|新闻|视频|梦|超过多少|规定|以前|听说|据说|去年|小时候|有人说|网上说"
)


# A whole number of degrees that belongs to the weather, to food or to a device. "36.8" is left to the rules above:
# hardly anybody warms milk to a tenth of a degree.
_FORECAST = re.compile(
    "(?:明天|明日|明早|明晚|明儿|后天|下周|周末)[^,。;]{0,8}$|(?:最高|最低|平均)(?:温度?|气温)?(?:能|会|可|要|将|都|是|有|到|达|在)*$|(?:外边|外头|外面|户外|太阳下|车里|车内|屋外|阳台上?)[^,。;我他她体]{0,6}$"
)
_SOMEBODY = re.compile("我|俺|咱|孩子|娃|宝宝|爸|妈|爷爷|奶奶|老[公婆人伴]|儿子|女儿|烧|体|[量测]")
_AILING = re.compile("烧|咳|[疼痛]|难受|体温|[量测]了")
_FORECAST_AFTER = re.compile("[^。;!?]{0,12}(?:防暑|避暑|降温|多云|晴|下雨|短袖|开空调|天气|晒|穿(?:衣|短|厚|薄))")
_WARMED = re.compile(
    "(?<![奶喝吃完了过碗])(?:水(?:龙头)?|奶[粉瓶]?|牛奶|粥|汤|油|面(?:团|糊)?|茶|酒|饭|糊糊|米糊|辅食|蜂蜜|酵母|酸奶机?|锅里?|壶里?|瓶里?|杯里?|机器?|箱里?|毛巾|热水袋|暖宝宝|浴缸|澡盆|地板|车间|窖|棚里?)"
    "(?:[的里要得到有约在是用都也只才已经不大概差多最好适宜控制保持加热晾凉放冷却烧煮温兑调降升至成冲泡洗发酵左右别超过机]|放出来|出来){0,8}$"
)
_WARMED_AFTER = re.compile(
    "(?:左右|上下|的时候|以内)?(?:再|就)?(?:[喝喂下放冲泡加倒吃洗](?![药奶酒水])|恒温|保温|发酵|冲泡|最(?:好|合适|适)|比较(?:好|合适))"
)
_ENOUGH = re.compile("(?:左右|上下|以内)?就(?:行|可以|好|够|成)")
_KITCHEN = re.compile("水|奶(?!奶)|粥|汤|油|茶|锅|壶|糊|辅食|发面|酸奶")


@dataclass(frozen=True, slots=True)
class Reading:
    """A number at a place in the text: `value` if believable, and how sure the spelling alone makes it."""

    start: int
    end: int
    value: float | None
    claimed: float
    sure: bool  # the spelling is a temperature's own (36.5, 三十六度五); otherwise its surroundings must say so


def readings(text: str, start: int = 0, end: int | None = None) -> list[Reading]:
    """All numbers that may be body temperatures, left to right; ranges are already one reading."""
    found: list[Reading] = []
    place, stop = start, len(text) if end is None else end
    while match := _READING.search(text, place, stop):
        if (match["point"] or "").strip() == "点" and _hour(match["whole"]):
            place = match.start("fraction")  # "8点36度4": the time is not the reading
            continue
        place = match.end()
        reading = _reading(text, match, start)
        if reading is None:
            continue
        if found and (joined := _joined(text, found[-1], reading)):
            found[-1] = joined
        else:
            found.append(reading)
    return found


def parse_temperature(text: str) -> float | None:
    """One reading in any spelling, in °C, or None where there is none to believe."""
    from parsing.text import fold

    found = readings(fold(text).text)
    return next((reading.value for reading in found if reading.value is not None), None)


def _joined(text: str, left: Reading, right: Reading) -> Reading | None:
    between = text[left.end : right.start]
    if len(between) > 8 or left.value is None or right.value is None:
        return None
    if _RANGE.match(between):
        value = max(left.value, right.value)
    elif _FALL.match(between):
        value = right.value  # "从38.5降到36.8": what it is now
    else:
        return None
    return Reading(left.start, right.end, value, value, True)


def _hour(word: str) -> bool:
    whole = _whole(word)
    return whole is not None and whole < 25


def _whole(word: str) -> int | None:
    return to_int(word.replace("卅", "三十"))


def _reading(text: str, match: re.Match[str], floor: int) -> Reading | None:
    whole = _whole(match["whole"])
    if whole is None:
        return None
    fraction, unit, point = match["fraction"], match["unit"] or "", (match["point"] or "").strip()
    number = _number(whole, fraction or ("半" if match["half"] else None))
    degrees = bool(fraction) or bool(unit) or bool(match["half"])
    if point in (",", ":", ";", "'", "。") and not 34 <= whole <= 43:
        return None
    start, stop = match.start(), match.end()
    if match["fahrenheit"] or unit.upper().lstrip("°") in ("F", "℉", "华氏", "华氏度"):
        number, degrees = round((number - 32) / 1.8, 1), True
    elif not degrees and len(match["whole"]) == 3 and 340 <= whole <= 430:
        number = whole / 10
    elif (match["about"] and not degrees and not 35 <= whole <= 42) or (
        not degrees and not 34 <= whole <= 43 and not 100 <= whole <= 999
    ):
        return None
    if _is_other(text, match, floor, number, bool(fraction)):
        return None
    believable = LOWEST <= number <= HIGHEST
    sure = believable and degrees and not (match["fahrenheit"] is None and unit == "" and fraction is None)
    return Reading(start, stop, number if believable else None, number, sure)


def _number(whole: int, fraction: str | None) -> float:
    if fraction is None:
        return float(whole)
    if fraction == "半":
        return whole + 0.5
    figures = fraction if fraction.isascii() else str(DIGITS[fraction])
    return round(whole + int(figures) / (10.0 if len(figures) == 1 else 100.0), 2)


def _is_other(text: str, match: re.Match[str], floor: int, number: float, decimal: bool) -> bool:
    start, end = match.start(), match.end()
    if start and (
        text[start - 1] in "#+*=@_¥￥$第"
        or (text[start - 1] == "/" and not decimal)
        or (text[start - 1] in "-点:" and not (decimal or match["unit"]))
    ):
        return (text[start - 3 : start] != "体温:" and text[start - 1] != ":") or text[start - 2 : start - 1].isdigit()
    unit = match["unit"]
    if not unit and (_MONEY.match(text, end) if decimal else _COUNT.match(text, end) or _MONEY.match(text, end)):
        return True
    if unit and _AFTER_THING.match(text, end):
        return True
    clause = text[max(floor, clause_start(text, start, floor)) : start]
    if _BEYOND_BEFORE.search(clause) and not clause.endswith(("烧到", "烧过", "量过", "测过")):
        return True
    if _BEYOND_AFTER.match(text, end):
        return True
    if clause and _NOT_BODY.search(clause) and not _BODY_CUE.search(_OTHER_WARMTH.sub("", clause)):
        return True
    sentence = text[max(floor, sentence_start(text, start, floor)) : start]
    if not decimal and number == int(number) and _is_warmth(text, match, clause, sentence):
        return True
    return bool(_SUPPOSED.search(sentence))


def _is_warmth(text: str, match: re.Match[str], clause: str, sentence: str) -> bool:
    """Whether a whole number of degrees is said of the weather, of food or of a device."""
    if _WARMED.search(clause):
        return True
    if _ENOUGH.match(text, match.end()) and _KITCHEN.search(sentence):
        return True
    if _BODY_CUE.search(_OTHER_WARMTH.sub("", clause)):
        return False
    if _FORECAST.search(clause):
        return not _SOMEBODY.search(clause) and not _AILING.search(sentence)
    if _WARMED_AFTER.match(text, match.end()):
        return bool(match["unit"])
    return bool(_FORECAST_AFTER.match(text, match.end())) and not _SOMEBODY.search(sentence)


def clause_start(text: str, place: int, floor: int = 0) -> int:
    """Where the clause that holds this place begins (at most 40 characters back)."""
    return _back(text, place, max(floor, place - 40), ",。!?;\n、…")


def sentence_start(text: str, place: int, floor: int = 0) -> int:
    """Where the sentence that holds this place begins (at most 60 characters back)."""
    return _back(text, place, max(floor, place - 60), "。!?;\n")


def _back(text: str, place: int, floor: int, stops: str) -> int:
    while place > floor and text[place - 1] not in stops:
        place -= 1
    return place
