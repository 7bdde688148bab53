"""Numbers that look like a body temperature and are none: weather, water, devices, money, limits, stories."""

import re
from functools import lru_cache

from parsing.writing.lexicon import Pattern
from parsing.writing.wordscan import WordScan

# Words beside which a number is the warmth of a place or a device, the weather, money, or a measure of another kind.
_OTHERS = WordScan(
    dict.fromkeys(
        (
            "室温 水温 气温 油温 奶温 室外 外面 外头 户外 屋外 车里 车内 车间 教室 大棚 温差 冷库 冷链 室内 "
            "空调 暖气 地暖 热水 电热 洗澡水 烤箱 冰箱 调到 调成 调至 开到 开成 设到 设成 设置 设定 设在 机设 定在 定到 热水器 饮水机 恒温 保温 烘干 洗衣机 酸奶机 面包机 发酵箱 孵 鱼缸 炉 水烧 烧水 温水 泡脚 核心温度 中心温度 牛排 "
            "烤肉 浴缸 浴霸 暖风机 油汀 加湿器 显示器 主板 显卡 处理器 电池 机房 发动机 水箱 培养箱 育苗 温床 蒸箱 空气炸锅 消毒柜 奶瓶 暖奶 温奶 "
            "零下 零上 天气 最高温 最低 高温 体感 预报 气象 入伏 三伏 降温 升温到 北纬 东经 大太阳 日头 暴晒 "
            "单价 特价 售价 涨了 跌了 股 利率 优惠 满减 工资 房价 彩票 电费 水费 燃气费 煤气费 天然气费 话费 物业费 停车费 房租 租金 花了 付了 交了 扣了 欠费 缴了? 转账 转了 收款 余额 充值 打折 油价 汇率 运费 快递费 起送 红包 团购 拼单 菜钱 一共花 "
            "合计 总共花 报销 账单 基金 收益 房贷 贷款 罚款 存款 押金 尾款 "
            "酒精 白酒 近视 散光 版本 车牌 公交 鞋 脚码 比分 血压 血糖 心率 血氧 体重 身高 尾号 单号 编号 取件 验证码 密码 频道 腰围 胸围 体脂 评分 得分 考了 排名 页码 进度 音量 亮度 分贝 湿度 续航 油耗 里程 步数 斤两 面积 平米 建面 房号 门牌 工号 "
            "学号 座位 航班 车次 高铁 动车 地铁 "
            "¥ ￥ $ 价"
        ).split(),
        True,
    )
)
_INDOORS = Pattern(
    "(?:屋里|房间里)(?:的?温度|才|只|都|就|不到|大概|差不多|约|有|开|暖|空调){0,3}$|满[0-9]+|(?:手机|电脑|平板|充电器|充电宝)[^,。;!?]{0,6}[烫热温]"
)
BODY_CUE = Pattern(
    "体[温文闻问]|替温|提问|题温|提温|额温|耳温|腋温|口温|肛温|腋下|胳肢窝|夹[了着]|额头|温度|[量测]|烧|嘀|滴了|枪"
)
_OTHER_WARMTH = Pattern(
    "(?:最[高低]|平均|核心|中心|室内|室|水|气|奶|油|屋里|屋内|房间里?|环境|空调|洗澡水|户外|室外|外面|零件|机器|电脑)的?温度?"
)
_MONEY = Pattern(
    r" ?(?:元(?![\u4e00-\u9fff])|块|斤|公斤|千克|%|公里|海里|小时|分钟|平方|起(?=[,。!;送订卖,]|$|包邮))|[一每/]?(?:斤|箱|盒|袋|瓶|桶)|"
    r"(?:[元毛克折万亿米平码倍寸吨岁秒伏瓦vV]|[kK][gG]|[kK]?[mM](?![a-z])|[cC][mM])"
)
_PRICED = Pattern("(?:[一每半][斤箱盒袋瓶桶]|公斤|单价|才卖|只要|售价|卖)$")  # "排骨一斤37.5"
_COUNT = Pattern(
    r" ?(?:[路号次人户个天年岁周层楼栋幢座页条件箱包台位名例种月日点分届集根瓶盒袋只门码块元]|单元|室|房|口人|多[个人天岁块名]|[后年])|[-/]\d|[A-Za-z]"
)
_AFTER_THING = Pattern(r"(?:左右)?的?(?:温?水|白?酒|牛?奶|高温|天气|太阳|热天|天儿?(?![天亮])|桑拿)|的天")
_BEYOND_BEFORE = Pattern(
    r"(?:超过|高于|低于|大于|小于|达到|不到|不足|超出|≥|>|<|≤|标准是?|界限是?|阈值是?|上限|下限|线是?|[以从]) ?$"
)
_REACHED = ("烧到", "烧过", "量过", "测过", "烧超过", "已经超过", "都超过", "烧到了")
_BEYOND_AFTER = Pattern(
    r" ?(?:度|℃)?(?:及?以[上下内]|才(?:算|是(?!真|对|准|我|他|她|正))|就(?:不能|不让|不准|不许|必须|得)|的标准|是不是(?:就)?(?:要|得|需要|该)|是(?:不是)?(?:个)?(?:标准|界限|发[烧热]的?(?:标准|线)))"
)
_SUPPOSED = Pattern(
    "如果|要是|万一|假如|假设|倘若|一旦|哪怕|只要|若是?|比如|例如|[例如]:|新闻|视频(?:里|上|中|说|号)|梦见|梦到|做了?个[^,。]{0,3}梦|做梦(?:都|也|想|时)|超过多少|听说|据说|有人说|网上说|小说|电影|电视剧|书上|书里|格式[:是]|示例|样例|模板"
)
_NOT_NOW = Pattern("以前|去年|小时候|规定|当年|那年")
_SAID = Pattern(
    "(?:电视|新闻|网上|书上|专家|说明书|百度|公告|通知|文件|规定)(?:里|上|中)?(?:都|也)?(?:说|写|讲|规定|要求)"
)
# What is said of now is not supposed: "要是再烧到39度就去医院，现在37.9".
_NOW = Pattern("现在|目前|今[天早晚日儿]|刚[才刚量测]|这会儿|此刻|实际|其实")
_DIFFERENCE = Pattern("(?:高|低|差|降|升|涨|退|多|少|掉|偏)(?:了|出|过)?(?:有|将近|差不多|大概|约|整整|了)?$")

# A whole number of degrees that belongs to the weather, to food or to a device. "36.8" is left to the rules above:
# hardly anybody warms milk to a tenth of a degree.
_FORECAST = Pattern(
    "(?:明天|明日|明早|明晚|明儿|后天|下周|周末)[^,。;]{0,8}$|(?:最高|最低|平均)(?:温度?|气温)?(?:能|会|可|要|将|都|是|有|到|达|在)*$|"
    "(?:外边|外头|外面|户外|太阳下|车里|车内|屋外|阳台上?|楼顶|马路上?|工地上?)[^,。;我他她体]{0,6}$|"
    "(?:这天|这鬼天|这破天|大热天|老天爷?|天儿|这么热|热得|热死|天热)(?:气|儿)?[^,。;我他她体]{0,6}$"
)
_SOMEBODY = Pattern("我|俺|咱|孩子|娃|宝宝|爸|妈|爷爷|奶奶|老[公婆人伴]|儿子|女儿|烧|体|[量测]")
_AILING = Pattern("烧|咳|[疼痛]|难受|体温|[量测]了")
_FORECAST_AFTER = Pattern(
    "[^。;!?]{0,12}(?:防暑|避暑|降温|多云|晴|下雨|短袖|开空调|天气|晒|穿(?:衣|短|厚|薄)|柏油|煎鸡蛋|热化|热死|蒸桑拿|桑拿|火炉|中暑|知了|蝉|西瓜|冰棍|雪糕|热得)"
)
_WARMED = Pattern(
    "(?<![奶喝吃完了过碗])(?:水(?:龙头)?|奶[粉瓶]?|牛奶|粥|汤|油|面(?:团|糊)?|茶|酒|饭|糊糊|米糊|辅食|蜂蜜|酵母|酸奶机?|锅里?|壶里?|瓶里?|杯里?|机器?|箱里?|毛巾|热水袋|暖宝宝|浴缸|澡盆|地板|车间|窖|棚里?)"
    "(?:[的里要得到有约在是用都也只才已经不大概差多最好适宜控制保持加热晾凉放冷却烧煮温兑调降升至成冲泡洗发酵左右别超过机设]|放出来|出来){0,8}$"
)
_WARMED_AFTER = Pattern(
    "(?:左右|上下|的时候|以内)?(?:再|就)?(?:[喝喂下放冲泡加倒吃洗](?![药奶酒水])|恒温|保温|发酵|冲泡|最(?:好|合适|适)|比较(?:好|合适))"
)
_ENOUGH = Pattern("(?:左右|上下|以内)?就(?:行|可以|好|够|成)")
_KITCHEN = Pattern("水|奶(?!奶)|粥|汤|油|茶|锅|壶|糊|辅食|发面|酸奶")


def is_other(text: str, match: re.Match[str], clause: str, sentence: str, number: float, decimal: bool) -> bool:
    """Whether the number is something else than somebody's temperature, by the words around it."""
    if _stands_in_a_figure(text, match, decimal):
        return True
    start, end, unit = match.start(), match.end(), match["unit"]
    if not unit and (_MONEY.match(text, end) if decimal else _COUNT.match(text, end) or _MONEY.match(text, end)):
        return True
    if unit and _AFTER_THING.match(text, end):
        return True
    if not unit and clause and _PRICED.search(clause):
        return True
    if clause and _is_beyond(clause):
        return True
    if _BEYOND_AFTER.match(text, end) or (number < 10 and start and _DIFFERENCE.search(clause)):
        return True
    if clause and _of_other_things(clause):
        return True
    if not decimal and number == int(number) and _is_warmth(text, match, clause, sentence):
        return True
    return bool(sentence) and _is_supposed(clause, sentence)


# The words before a reading are the same few in most messages: what they say is worked out once.
_remembered = lru_cache(maxsize=1024)


@_remembered
def _is_beyond(clause: str) -> bool:
    """Whether the number is a limit that something stays below or goes over."""
    return bool(_BEYOND_BEFORE.search(clause)) and not clause.endswith(_REACHED)


@_remembered
def _of_other_things(clause: str) -> bool:
    """Whether the clause speaks of a place, a device or money, and of no body."""
    named = next(_OTHERS.scan(clause), None) is not None or bool(_INDOORS.search(clause))
    return named and not BODY_CUE.search(_OTHER_WARMTH.sub("", clause))


@_remembered
def _is_supposed(clause: str, sentence: str) -> bool:
    """Whether the number is told of another time, by somebody else, or only supposed."""
    if _NOT_NOW.search(clause) or _SAID.search(clause):
        return True
    told_from = max((match.end() for match in _NOW.finditer(sentence)), default=0)
    return bool(_SUPPOSED.search(sentence, told_from))


def _stands_in_a_figure(text: str, match: re.Match[str], decimal: bool) -> bool:
    """Whether the number is the end of a longer one: an address, a date, a price, a time."""
    start = match.start()
    if not start:
        return False
    before = text[start - 1]
    if not (
        before in "#+*=@_¥￥$第"
        or (before == "/" and not decimal)
        or (before in "-点:" and not (decimal or match["unit"]))
    ):
        return False
    return (text[start - 3 : start] != "体温:" and before != ":") or text[start - 2 : start - 1].isdigit()


def _is_warmth(text: str, match: re.Match[str], clause: str, sentence: str) -> bool:
    """Whether a whole number of degrees is said of the weather, of food or of a device."""
    if _WARMED.search(clause):
        return True
    if _ENOUGH.match(text, match.end()) and _KITCHEN.search(sentence):
        return True
    if BODY_CUE.search(_OTHER_WARMTH.sub("", clause)):
        return False
    if _FORECAST.search(clause):
        return not _SOMEBODY.search(clause) and not _AILING.search(sentence)
    if _WARMED_AFTER.match(text, match.end()):
        return bool(match["unit"])
    return bool(_FORECAST_AFTER.match(text, match.end())) and not _SOMEBODY.search(sentence)
