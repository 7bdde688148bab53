"""The first look at every message: does somebody need an ambulance, or a person against despair?"""

import re

from parsing.alarms import CRISIS, EMERGENCY, STARTS, UNDER_WAY
from parsing.harmless import a_thing_fell, everyday_means, everyday_stillness, trifling
from parsing.lexicon import Token
from parsing.text import fold

# Stories, jokes and things: what is told of no real person here and now.
_STORY = re.compile(
    r"新闻|(?:电视|连续)剧|电视(?:里|上|台|新闻|剧)|电影|短片|小说|剧情|剧里|这剧|追剧|(?:男|女)主|主角|演习|演练|(?:急救|自救|安全|健康|消防|心理|防自杀)(?:知识|讲座|培训|课|视频|科普|宣传)|讲座|培训|科普|"
    r"做(?:了个|了|一个)?(?:噩|恶|怪)?梦|梦见|梦到|梦里|游戏|剧本|段子|朋友圈|抖音|快手|微博|热搜|网上(?:说|看|传|学)|视频(?:里|上|说)|刷到|报道|网友|公众号|转发[:：]|历史|古代|剧透|小时候|歌词|这首歌|(?:他|她)唱|作文|论文|课文|故事|小品|相声|动漫|动画|直播间|微短剧|短视频|纪录片|NBA|球赛|决赛|球员"
)
_STORY_SINCE = re.compile(
    r"看(?:着)?(?:新闻|电影|电视剧?|小说|抖音|短视频|球赛|直播|微博|朋友圈)?(?:看着看着|的时候|时,?|到一半|呢)|突然|刚刚?|现在|快来|快叫|救命|打120|叫120|我(?:也)?(?:真|就|想|不想)(?:的)?"
)
_LAUGH = re.compile(r"哈哈|hhh|233|😂|🤣|😆|😄|笑死|嘻嘻|嘿嘿|狗头|\[笑|😝|😜|doge|😹|开玩笑|😁|🐶|xswl")
_HYPER = re.compile(
    r"(?:笑|难|写|算|改|爬|搬|扛|美|帅|热|困|饿|累|忙|吵|气|馋|辣|甜|臭|熏|酸|冷|冻|乐|高兴|激动|幸福|丑|贵|吓|无聊|尴尬|加班|作业|排队|堵车|胖|香|忙活|吃|压|房贷|月供|爬楼|跑步|跑|健身|运动|跳操|瑜伽|憋尿|KPI|业绩|网课|背书|家务|卷|逗|跌|涨|绿|走|站|蹲)(?:得|到|的)[^,。]{0,8}$"
)
_THING = re.compile(
    r"(?:手机|电脑|空调|冰箱|洗衣机|网|网络|群里?|门铃|对讲|门禁|电梯|系统|程序|小程序|健康码|app|APP|按钮|按了|点了|扫码|二维码|遥控|热水器|灯|马桶|下水道|水管|快递柜|机器人|路由器|信号|页面|二维|插座|物业|客服|汽车|车子|电瓶车|打印机|电视|平板|游戏|服务器|闹钟|花|盆栽|绿萝|鱼缸|多肉|植物|发面|面团|锁|投诉|反映|留言|钱包|股票|股市|基金|大盘|商家|老板|店家|优惠|清仓|甩卖)[^,。;!?]{0,12}$"
)
_HYPER_AFTER = re.compile(
    r"(?:大)?(?:价|甩卖|机(?!会)|促销|清仓|推荐|整理|大战|恩人|稻草|丸|包(?!扎)|箱|电话是|知识|培训|课|药(?:没|吃|用|快|断|在|哪|还|有)|菜|游戏|绳|草$|讲座|热线|式)"
)
_PAST_OVER = re.compile(
    r"(?:去年|前年|以前|当年|小时候|年轻时|年轻的时候|那年|前几年|多年前|早年|上个?月|曾经?|[一二两三四五六七八九十\d]{1,3}年前|过去|上学时)[^。!?]{0,30}$"
)
_RECOVERED = re.compile(
    r"抢救过来|救回来|救过来|救活|脱离危险|已(?:经)?(?:送到?医院|到医院|出院|没事|好了|醒了|平安)|现在(?:已经)?(?:没事|好了|醒了|好多了|正常|稳定|平稳|恢复)|没事了|刚出院|出院(?:了|后|回)|母子平安|虚惊一场|好多了|好转|舒服多了|康复(?:了|训练|期|中)|(?:病|药)(?:都)?(?:吃完|用完|没了|断了)|大会|纪念|获救|治好"
)
_SUPPOSE = re.compile(
    r"(?:如果|要是|万一|假如|假设|倘若|一旦|若是|有没有人|会不会|怕|担心|以防|防止|预防|避免|小心|注意|当心|别|不要|千万不|严禁|禁止|谨防|严防|警惕|容易|可能会|不会|没有?|不是|并不|未|不至于|是否|无)[^,。;!?]{0,10}$"
)
_ASK_ONLY = re.compile(
    r"(?:怎么|如何|哪里|多少|几点|什么时候|能不能|可以|要不要|收费|要钱|多久)[^。]{0,12}(?:120|救护车|急救)|(?:120|救护车|急救(?:车|箱|包|站|点)?)[^,。]{0,8}(?:多少钱|收费|要钱|电话|号码|能进|可以进|进得来|进不进|怎么(?:进|走|拉走|回事|停)|拉走|停在|来了|开走|走了|在|刚)|(?:看到|看见|听到|听见|有辆|来了辆|一辆|那辆)[^,。]{0,6}救护车|救护车(?:刚|又)?(?:拉|停|开|来了|响|叫个)"
)
_IDIOM = re.compile(
    "想死你|想死我了|想死大家|想死个人|救命恩人|救命稻草|救命钱|救命药|救命之恩|跳楼价|跳楼大|跳楼机|跳楼甩|大出血价|亏本大出血|放血|出血大甩|吐血推荐|吐血整理|吐血价|上吊牌|不下去看|过不去了吧|"
    "早产品|中毒性|网络中毒|中毒太深|着火锅|火锅|心脏病史|吐槽|去死皮|去死角|死机|死党|烧炭烤|寻死觅活的剧|绝望主妇|绝望的生鱼|下辈子还做|下辈子再|下辈子也|下辈子见|下辈子一定|下辈子投|下辈子别|下辈子不(?!做人|来|投|想|要|愿|再)|见红包|见红榜|抽奖|抽签|快生了根|要生了锈|跳海鲜|跳江边|跳河边舞|坚持不下去了减肥|"
    "咽不下去|手机卡|卡顿|卡住了页|自杀式|防自杀|一氧化碳报警|火灾报警|心梗预防|预防心梗|不想活动|不想活鱼|抢救室的|羊水检查|羊水穿刺|羊水少|羊水偏|羊水指数|孕检|产检|羊水多少|宫缩乳|羊水正常|想不开心|救命啊啊啊|救命笑|救命好|救命太|救命也太|救命怎么|救命这|救命我笑|救救孩子吧哈|救救我的作业|没救了哈|着火的|发着火|正着火|火气|上火"
)


_MILD_BREATH = re.compile(
    r"(?:有点|有些|稍微|偶尔|略|爬楼|爬坡|上楼|走路|走快|跑|运动|干活|戴(?:着)?(?:口罩|N95)|口罩|N95|闷得|笑|忙|压)[^,。]{0,8}$"
)
_SELF_GRAVE = re.compile(
    r"药|割|血|跳下|遗书|遗言|绝笔|上吊|真的|认真|求求|再见|对不起|撑不|熬不|阳台|楼顶|天台|一个人"
)


_NOT_SO = re.compile("(?:并?没有?|从来?没有?|不会|不是|绝不|没说|没说过)(?:真的?|过|再|要|去|在|是|说|打算){0,2}$")
_BUT = re.compile("但|可是|可|却|只是|不过|就是|虽然|然而|而是|偶尔|有时|以前|骗|吗|\\?")
_RELIEF = re.compile("解脱(?:了|出)|终于解脱")
# What an acquaintance posts is no story: "同事发朋友圈说…".
_POSTED = re.compile(
    "(?:同事|朋友|同学|闺蜜|女儿|儿子|孩子|室友|邻居|老公|老婆|前夫|前妻|男友|女友|[他她妹弟哥姐])(?:刚|刚才|昨晚|今天|半夜)?(?:在|发|更新)(?:了|的)?(?:个|条)?(?:朋友圈|微博|抖音|快手)"
)


def danger(text: str) -> frozenset[str]:
    """Whether the message speaks of an emergency or a crisis; quick enough to be asked before anything else."""
    return look(fold(text).text)[0]


def look(text: str) -> tuple[frozenset[str], list[Token]]:
    """The same for a folded text, with the rules that spoke (places are those of the folded text)."""
    if not STARTS.search(text):
        return _CALM, []
    tight = text.replace(" ", "") if " " in text else text
    found: list[Token] = []
    labels: set[str] = set()
    for label, pattern in (("crisis", CRISIS), ("emergency", EMERGENCY)):
        for match in pattern.finditer(tight):
            if _real(tight, match, label):
                labels.add(label)
                found.append(_token(text, tight, match, label))
                break
    if "crisis" in labels and "emergency" not in labels and (way := UNDER_WAY.search(tight)):
        labels.add("emergency")
        found.append(_token(text, tight, way, "emergency"))
    return (frozenset(labels) if labels else _CALM), found


_CALM: frozenset[str] = frozenset()


def _token(text: str, tight: str, match: re.Match[str], label: str) -> Token:
    start = text.find(match[0]) if text is not tight else match.start()
    rule = f"danger.{label}.{match.lastgroup or 'under_way'}"
    if start < 0:
        return Token(0, len(text), label, "", rule)
    return Token(start, start + len(match[0]), label, "", rule)


def _real(text: str, match: re.Match[str], label: str) -> bool:
    start, end = match.start(), match.end()
    sentence = max(text.rfind(stop, 0, start) for stop in "。!?;\n") + 1
    before, after = text[max(sentence, start - 40) : start], text[end : end + 24]
    around = text[max(0, start - 2) : end + 5]
    if (
        _IDIOM.search(around)
        or _HYPER_AFTER.match(after)
        or _HYPER.search(before)
        or (_HYPER.search(before + match[0][:-1]) and label == "crisis" and bool(_LAUGH.search(text)))
    ):
        return False
    if _plain_denial(text, match, before, label) or (match[0] == "解脱" and _RELIEF.search(text)):
        return False
    lead = text[max(0, start - 40) : start]
    if _STORY.search(_POSTED.sub("", lead)) and not _STORY_SINCE.search(lead):
        return False
    if a_thing_fell(match, before, after):
        return False
    if label == "emergency":
        return _real_emergency(text, match, before, after)
    if _PAST_OVER.search(before) and not re.search("现在|今天|又", text[start:]):
        return False
    if _LAUGH.search(text) and not _SELF_GRAVE.search(text):
        return False
    if (
        re.search(r"(?:别|不要|不能|不会|没有?|从没|千万别|绝不)(?:再)?(?:想着|去|要|想|总想|说|做|干|真的)?$", before)
        and match.lastgroup == "deed"
    ):
        return False
    return not (everyday_means(text, match, before) or _crisis_figure(text, match, before))


def _plain_denial(text: str, match: re.Match[str], before: str, label: str) -> bool:
    """ "我没有想死" and nothing more: any other word of despair, or a "but", and it is heard all the same."""
    if label != "crisis" or not (denial := _NOT_SO.search(before)):
        return False
    rest = before[: denial.start()] + text[match.end() :]
    return not (_BUT.search(rest) or _DESPAIR.search(rest) or _WEARY.search(rest) or _SELF_GRAVE.search(rest))


def _crisis_figure(text: str, match: re.Match[str], before: str) -> bool:
    word = match[0]
    if (
        word.startswith(("控制不住", "快控制不住", "要控制不住", "已经控制不住", "撑到", "熬到", "忍到"))
        or word
        in (
            "没人关心我",
            "没人要我",
            "没人在乎我",
            "崩溃",
            "绝望",
            "解脱",
            "没希望了",
            "没指望了",
            "没有希望了",
            "没盼头了",
            "坚持不下去",
            "坚持不下去了",
            "撑不下去",
            "撑不住了",
            "熬不住了",
            "扛不住了",
            "过不下去",
            "过不下去了",
            "坚持不住了",
            "熬不下去",
            "扛不下去",
            "挺不住了",
            "熬不过去了",
            "别管我了",
            "你们不用管我",
            "不想撑",
            "不想熬",
            "下辈子",
        )
        or _WEARY_WORD.match(word)
    ):
        return _mere_weariness(text, word)
    if _THING.search(before) and match.lastgroup == "wish":
        return True
    if word.startswith(("没活路", "没有活路")) and _LIGHT.search(text):
        return True
    if match.lastgroup == "wish" and _CREATURE.search(before):
        return True
    return bool(re.search(r"(?:店|生意|公司|企业|小店|饭店|铺子|商户|养)[^,。]{0,6}$", before)) and word.startswith(
        "活"
    )


_CREATURE = re.compile(
    "(?:鱼|虾|蟹|鸡|鸭|龟|猫|狗|仓鼠|兔子?|鸟|花|草|树|苗|韭菜)(?:都|也|好像|快|已经|们|是|估计){0,2}$"
)
_WEARY_WORD = re.compile("还?能再?[撑熬挺扛]多久|想要?(?:彻底|永远|就此|就这样|原地)?消失")
_DESPAIR = re.compile(
    "刀|自己|死|跳|一个人|人生|真的|没意思|崩溃|抑郁|没人|一天|每天|整夜|再也|生活|日子|世界|哭|痛苦|累|药|我走|对不起|拖累|精神|心里|活|绝望|不想|遗"
)
_WEARY = re.compile(
    "[撑熬扛挺顶]不[住下过]|崩溃|绝望|解脱|没(?:有)?[希指盼][望头]|坚持不|过不下去"
)  # two of them are despair
_LIGHT = re.compile(
    "房价|价格|菜价|减肥|跑步|健身|打卡活动|网课|追剧|早起|口罩|国足|足球|球队|这队|堵车|WiFi|wifi|网速|信号|抢菜|快递|外卖|游戏|考试|作业|论文|股|基金|物业|电梯|天气|热|吃|馋|困|戒|奶茶|火锅|熬夜|瞌睡|通宵|手机|没电|电量"
)


# A thing's name before the word vetoes it, unless a person stands in between: 电梯口有人昏迷了.
_SOMEBODY = re.compile(
    "(?:人|孩子|娃|宝宝|爷|奶|爸|妈|公|婆|叔|姨|伯|大爷|大妈|大姐|大哥|老头|老太|师傅|邻居|居民|业主|住户|孕妇|老公|老婆|他|她)[^,。;!?]{0,6}$"
)
_URGENT_BIRTH = re.compile("血|[疼痛]|破水|120|急|救|晕|昏|见红|快来")
_NEGATED = re.compile(
    "(?:不|没|没有|无|未|没啥|没什么|并无|从没|从不|也不|都不)(?:出现|发生|感觉|觉得|感到|再|会|有)?$"
)
_LESSON = re.compile(
    "(?:是)?[什啥]么?意思|是什么(?!原因|情况)|的?(?:病人|患者)的?(?:探视|陪护|护理|家属)|了?(?:是)?(?:去年|前年|上个?月|以前的)|的?(?:演练|演习|多发|高发|频发|路段|险种|理赔)|的?(?:人|时候|话|病人|患者)?(?:要先|应该|应当|该怎么|怎么救|先看|先检查|要怎么)"
)


def _mere_weariness(text: str, word: str) -> bool:
    rest = text.replace(word, "")
    return bool(_LIGHT.search(text)) or not (_DESPAIR.search(rest) or _WEARY.search(rest))


def _real_emergency(text: str, match: re.Match[str], before: str, after: str) -> bool:
    kind, word = match.lastgroup or "", match[0]
    if kind == "call":
        return _real_call(text, match)
    if _NEGATED.search(before) and not word.startswith(("没", "不", "停", "失")):
        return False
    if everyday_stillness(text, match, before):
        return False
    thing = _THING.search(before) or (_THING.search(before + word[:-2]) and kind in ("unconscious", "convulsion"))
    if thing and not _SOMEBODY.search(before):
        return False
    if _LESSON.match(after):
        return False
    if _SUPPOSE.search(before) and not word.startswith(("没", "不", "一动不动", "停")):
        return bool(re.search("快来|快叫|救命|120|赶紧", text))
    if _RECOVERED.search(text[match.start() :]) or (
        _PAST_OVER.search(before) and not re.search("又|现在|今天|刚", before)
    ):
        return False
    if (
        kind == "birth"
        and re.search("一般|通常|多久生|几周|多少周|什么意思|正常吗|怎么数|怎么算|注意什么", text)
        and not re.search("120|快|急|救", text)
    ):
        return False
    if kind == "birth" and re.search("产检|预产期(?:在|是|还|下)|待产包", text) and not _URGENT_BIRTH.search(text):
        return False
    if kind == "breathless" and re.search("气|喘|呼吸", word) and _MILD_BREATH.search(before):
        return bool(re.search("紫|青|120|救|快来|昏|晕", text))
    if _LAUGH.search(text) and not re.search("120|救护|快来|血|昏迷|抽搐", text):
        return False
    return not re.search(r"(?:怎么(?:预防|急救|处理|护理|办理)|的(?:急救|预防|前兆|症状|表现)|后遗症|讲座)", after)


def _real_call(text: str, match: re.Match[str]) -> bool:
    if _LAUGH.search(text):
        return False
    if re.search("救命|救救|来人", match[0]) and trifling(text):
        return False
    if "救护车" in match[0] or "120" in match[0] or "急救" in match[0]:
        if re.search(r"120(?:[.\d元块斤号米个户份只天人]|多|平)|\d120|¥120", text):
            return False
        return not (_ASK_ONLY.search(text) and not re.search("快|赶紧|赶快|急|马上", match[0])) and not _SUPPOSE.search(
            text[: match.start()]
        )
    return not re.search(
        "救命(?:的)?(?:药|钱|恩|稻|神器|法宝|粮)|快来(?:人)?(?:看|买|抢|领|拿|取|吃|玩|围观|报名|认领)", text
    )
