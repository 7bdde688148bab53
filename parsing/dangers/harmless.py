"""What makes a danger none: stories, jokes, things and beasts, what is denied, supposed, over, or asked in general."""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

from parsing.dangers.rules import ALONE, Rule, compiled
from parsing.writing.lexicon import Pattern


class Heard(NamedTuple):
    """A rule that spoke, where, and what stands around it."""

    text: str
    start: int
    end: int
    label: str
    rule: Rule
    before: str  # the sentence up to the match, at most 40 characters
    after: str  # at most 24 characters behind the match

    @property
    def word(self) -> str:
        """What was matched."""
        return self.text[self.start : self.end]

    @property
    def urgent(self) -> bool:
        """Whether it is an emergency and no crisis."""
        return self.label == "emergency"


@cache
def _pattern(source: str) -> Pattern:
    return Pattern(source)


def _has(source: str, text: str) -> bool:
    return _pattern(source).search(text) is not None


_anywhere = lru_cache(maxsize=64)(_has)  # asked of one whole text again for each rule that speaks in it


# --- told of nobody here --------------------------------------------------------------------------------------------
_NEVER_REAL = (  # whoever is named after it
    "演死人|演[尸死]体?|扮演|演得(?:可|真|太|好|多)?像|梦见|梦到|梦里|[噩恶怪]梦|做了?个?梦|演习|演练|假人|剧本杀|狼人杀|密室|《|男主|女主|男二|女二|主角|剧情|剧透|编剧|"
    "综艺|明星|重播|托举|开黑|野区|排位赛|太爷|援朝|打仗|玩医生|过家家|王者里|王者我|泉水|猪队友|跳伞|吃鸡|毒圈|残血|塔下|副本|团灭|通关|僵尸|NPC|蛋仔|我的世界里|森友会|象棋|游戏里|游戏中|这游戏|"
    "段子|相声|小品|评书|票友|唱段|歌词|这首歌|神曲|[他她]唱|台词|影视剧组|拍戏|早八人|打工魂|这集|这剧|追的剧|恋爱剧|大结局"
)
_TOLD = (  # unless somebody of one's own is named after it
    "新闻|[电视续韩美日港]剧|话剧|电影|短片|国外大片|小说|剧里|[套部场]戏|戏(?:里|中|入面|里面)|追剧|那部|故事|动漫|动画|漫画|绘本|讲座|培训|科普|宣传片|论文|作文|课文|"
    "(?:急救|自救|安全|健康|消防|心理)(?:知识|课|视频|宣传)|电视(?:里|上|台)|视频(?:里|上|说)|电台|广播|主持人|央视|那期|综艺|节目|纪录片|"
    "朋友圈|抖音|快手|微博|热搜|网上(?:说|看|传|学)|刷到|看到有人|报道|晚报|早报|报纸|报上|公众号|转发[:：]|谣言|"
    "老话|俗话|历史|古代|三国|西游|水浒|红楼|屈原|诸葛|项羽|虞姬|黛玉|武松|崇祯|曹操|华佗|烈士|知青|汶川|太爷|战役|抗战|解放前|"
    "NBA|球赛|决赛|球员|点球|欧冠|国乒|险胜|绝杀|解说|偶像|明星|泰坦尼克|悬疑|凶手|死者"
)
_OWN = (
    "[我俺额咱]|爸|妈(?!妈群)|爷|奶|外公|外婆|姥|公公|婆婆|老公|老婆|老伴|媳妇|女儿|儿子|闺女|弟弟|妹妹|[我她他]弟|[我她他]妹|哥|姐|"
    "邻居|隔壁|楼上|楼下|对门|同事|室友|突然|忽然|刚才|救命|快来|快叫|120"
)
# What an acquaintance posts is no story: "同事发朋友圈说…".
_POSTED = (
    "(?:在|发|更新)(?:了|的)?(?:个|条)?(?:朋友圈|微博|抖音|快手|视频|直播)|朋友圈我?[删清]|清空朋友圈|作文本|剧组借"
)
_TOLD_AFTER = (
    "(?:少女|女童|那个)?的?(?:表情包|剧情|台词|桥段|那一?段|那集|游戏|电影|段子|戏|演技|梗|承诺书|竞赛|知识|讲座|科普|宣传|演练|演习|"
    "培训|预防|新闻|视频|文章|故事|角色|剧|歌)"
)


def _story(heard: Heard) -> bool:
    lead = _pattern(_POSTED).sub("", heard.text[max(0, heard.start - 40) : heard.start])
    if _has(_NEVER_REAL, lead + heard.word) or _pattern(_TOLD_AFTER).match(heard.after):
        return True
    ends = [told.end() for told in _pattern(_TOLD).finditer(lead + heard.word)]
    return bool(ends) and not _has(_OWN, (lead + heard.word)[ends[-1] :])


# --- said in jest ---------------------------------------------------------------------------------------------------
_LAUGH = "哈哈|hhh|(?<![\\d.-])233+(?![\\d.])|[😂🤣😆😄😝😜😹😁🐶😅😎]|笑死|笑喷|嘻嘻|嘿嘿|狗头|\\[笑|doge|(?<!不是)(?<!没)(?<!没在)(?<!不)开玩笑|xswl|气笑|戏精"
_GRAVE = {
    "emergency": "120|救护|快来|血|昏迷|抽搐",
    "crisis": "药|割|血|跳下|遗书|遗言|绝笔|上吊|真的|认真|求求|再见|对不起|撑不|熬不|阳台|楼顶|天台|一个人|苦笑",
}
_SO_MUCH_THAT = (
    "(?:笑|难|写|算|改|爬|搬|扛|美|帅|热|困|饿|累|忙|吵|(?<![吸喘呼出透咽断])气|馋|辣|甜|臭|熏|酸|冷|冻|乐|高兴|激动|幸福|丑|贵|吓|无聊|尴尬|加班|作业|排队|"
    "堵车|胖|香|忙活|压|房贷|月供|爬楼|跑步|健身|运动|跳操|瑜伽|KPI|业绩|网课|背书|家务|卷|逗|跌|涨|绿|蹲|做|亏)(?:得|到|的)[^,。]{0,8}$|"
    "(?:看|听|打|追|演|问|催|吼|骂|做|考|写|卷)得(?:我|人|老子|俺|本人)?[^,。]{0,6}$"
)
_BODY = "胸|心口|肚|腰|喉|背|脖|头疼|头痛"
_LIKE = "(?:好像|就像|像|跟|好比|堪比|仿佛|宛如|赛过)[^,。]{0,2}$"
_LIKENED = ("stroke", "fits", "heart", "injury", "unconscious", "poison")


def _laughing(heard: Heard) -> bool:
    return _anywhere(_LAUGH, heard.text) and not _anywhere(
        _GRAVE["emergency" if heard.urgent else "crisis"], heard.text
    )


def _hyperbole(heard: Heard) -> bool:
    if _has(_SO_MUCH_THAT, heard.before) and not _has(_BODY, heard.before[-12:]):
        return True
    return heard.rule.family in _LIKENED and _has(_LIKE, heard.before) and not _has("[疼痛]", heard.word)


# --- things and beasts ----------------------------------------------------------------------------------------------
_THING = (
    "(?<![看玩刷打着])(?:手机|电脑|空调|冰箱|洗衣机|网络?|门铃|对讲|门禁|电梯|系统|程序|健康码|app|APP|按钮|按了|点了|扫码|二维码?|遥控|马桶|"
    "下水道|水管|快递柜|机器人|路由器|信号|页面|插座|物业|客服|汽车|车子|发动机|电瓶车|打印机|电视|平板|服务器|闹钟|盆栽|绿萝|鱼缸|多肉|植物|"
    "发面|面团|投诉|反映|留言|钱包|股票|股市|基金|大盘|商家|老板|店家|优惠|甩卖|煤气[罐灶]|燃气灶|打火机|主板|发财树|烟感|吹风机|轮胎)"
    "(?![上里边旁口前内下外])[^,。;!?]{0,12}$|"
    "(?:^|[,。!?;\n])[^,。]{0,3}(?:花(?!生)|树|墙|灯|网)(?![上里边旁口前内下外])[^,。]{0,6}$"
)
_CREATURE = (
    "(?:鸽子?|麻雀|喜鹊|燕子|猫(?![眼咪猫砂粮包])|狗(?![日粮叫])|鹦鹉|仓鼠|球球|泰迪|金毛|鸟|(?<![吃食钓])[活死]?鱼(?![刺池塘缸汤片])|[活死]?虾(?!仁)|螃?蟹|鸭|"
    "乌?龟|兔子?|盆花|花(?=[都也快要好])|多肉|绿萝|发财树|蚕(?!豆)|老鼠(?!药)|蟑螂(?!药)|蚊子?|毛孩子|主子|哈士奇|博美|柯基|宠物|[茄瓜豆树花菜]苗|番茄|韭菜)"
    "[^。!?;,]{0,8}(?:,[^。!?;,]{0,6})?$"
)
_OF_A_CREATURE = "(?:猫|狗|鼠|鸟|鱼|龟|兔子?)的?$"
_OUR = "(?:我|我们|咱|咱们|俺)家的?"  # whose it is: "我家那盆绿萝快不行了"
_SOMEBODY = "人|孩子|娃|宝宝|爷|奶|爸|妈|公(?!司)|婆|叔|姨|伯|大姐|大哥|老头|老太|师傅|邻居|居民|业主|住户|孕妇|他|她|我|弟|妹|姑娘|女儿|儿子"


def _of_a_thing(heard: Heard) -> bool:
    if not heard.urgent:
        return _has(_CREATURE if heard.rule.family in ("wish", "burden") else _OF_A_CREATURE, heard.before)
    if heard.rule.name.startswith("injury.fell") and _has(_THING, heard.before):
        return not _has(_SOMEBODY, heard.before + heard.after)  # "手机从五楼掉下去"
    if heard.rule.family in ("call", "gas", "injury", "poison"):
        return _has(_CREATURE, heard.before) and not _has(_SOMEBODY, _pattern(_OUR).sub("", heard.before))
    outside = heard.before + heard.word[:-2]
    thing = _pattern(_THING).search(outside) or _pattern(_CREATURE).search(heard.before)
    return thing is not None and not _has(_SOMEBODY, outside[thing.start() + 2 :])


# --- denied, supposed, over -----------------------------------------------------------------------------------------
_NEGATED = "(?:不|没|没有|无|未|没啥|没什么|并无|从没|从不|也不|都不|不是|没人|没有人|没谁)(?:被|出现|发生|感觉|觉得|感到|再|会|有)?$"
_STARTS_DENIED = ("没", "不", "停", "失", "无", "一动不动", "冇", "毫", "别", "莫")
_DENIAL = (
    "(?:并?没有?|从来?没有?|不会|不是|绝不|没说|没说过|没人)(?:真的?|过|再|要|去|在|是|说|打算|想着?|什么|任何){0,2}$"
)
_BUT = "但|可是|可|却|只是|不过|虽然|然而|而是|偶尔|有时|以前|骗|吗|\\?"
_FORBIDDEN = "(?:别|不要|不能|不会|没有?|从没|千万别|绝不)(?:再)?(?:想着|去|要|想|总想|说|做|干|真的)?$"
_SUPPOSED = (
    "(?:如果|假如|假设|倘若|万一|真有一天|哪天)[^。!?;]{0,20}$|(?:都说|听说|说)[^。!?;]{0,8}会$|"
    "(?:要是|一旦|若是|有没有人|会不会|怕(?!是|要|不)|担心|以防|防止|预防|避免|(?<!不)小心|注意|当心|严禁|禁止|谨防|严防|警惕|容易|可能会|是否|"
    "穿越)[^,。;!?]{0,10}$|(?:别|不要|不会|没有?(?!人|想)|不是|并不|未|不至于|无)[^,。;!?]{0,2}$"
)
_CALLING = "快来|快叫|救命|120|赶紧"
_LONG_AGO = (
    "去年|前年|当年|小时候|年轻时|年轻的时候|那年|前几年|多年前|早年|[一二两三四五六七八九十\\d]{1,3}年前|上学时|零八年|生老大|"
    "生我的时候|生我那|那时候|那次|那回|大学时|大学那会儿|上学那会儿|年轻那会儿"
)
_LATELY = "以前|上个?月|上周|曾经?|当时"
_NOW = "现在|今天|又|刚|这会儿|更"
_GOT_OVER = (
    "气话|早过去了|走出来了|拉住我的|锦旗|现在我在做|现在回头看|现在想想|后来好了|现在好好的|抢救过来了,现在|已经找到了|(?<!报)(?<!报个)平安,|虚惊|"
    "没有没有|大家误会|误会了,|谁说我|谁造谣|澄清|辟谣|别乱传|别瞎传|别乱说|发发牢骚|(?<!不是)(?<!没)开玩笑的"
)
_RECOVERED = (
    "抢救过来|救回来|救过来|救活|脱离危险|已(?:经)?(?:送到?医院|到医院|出院|没事|好了|醒了|平安)|"
    "现在(?:已经)?(?:没事|好了|醒了|好多了|正常|稳定|平稳|恢复)|没事了|刚出院|早?出院(?:了|后|回|第)|母子平安|虚惊|好多了|好转|舒服多了|"
    "康复(?:了|训练|期|中)|(?:病|药)(?:都)?(?:吃完|用完|没了|断了)|纪念|获救|治好|早吐出来|不疼了|不痛了|多亏|锦旗|活蹦乱跳|早好了|缓过来了|"
    "没大碍|没伤着|人没事|没毛病|就好了,今天|今早退了|早退了|退烧了|在家观察|澄清|辟谣|别乱传|谁造谣|没人受伤|人没碰着|快好了"
)


def _denied(heard: Heard) -> bool:
    if heard.urgent:
        return _has(_NEGATED, heard.before) and not heard.word.startswith(_STARTS_DENIED)
    if heard.rule.family in ("deed", "edge") and _has(_FORBIDDEN, heard.before) and "想" not in heard.word:
        return not compiled("{despair}").search(heard.before[:-2] + heard.after)
    denial = _pattern(_DENIAL).search(heard.before)
    if not denial:
        return False
    rest = heard.before[: denial.start()] + heard.text[heard.end :]
    return not (_has(_BUT, rest) or compiled("{despair}").search(rest))


def _supposed(heard: Heard) -> bool:
    if not heard.urgent or heard.word.startswith(_STARTS_DENIED):
        return False
    return _has(_SUPPOSED, heard.before) and not _anywhere(_CALLING, heard.text)


def _over(heard: Heard) -> bool:
    clause = heard.before.rpartition(",")[2]
    if _anywhere(_GOT_OVER, heard.text):
        return True
    if heard.urgent:
        past = _has(_LONG_AGO, heard.before) or _has(_LATELY, clause)
        return (past and not _has(_NOW, heard.before)) or _has(_RECOVERED, heard.text[heard.start :])
    past = _has(f"{_LONG_AGO}|{_LATELY}", clause)
    return past and heard.rule.weight >= ALONE and not _has("又|今晚|更", heard.text[heard.start :])


# --- asked in general, said for gain, called for a trifle -----------------------------------------------------------
_LESSON_AFTER = (
    "(?:是)?[什啥]么?意思|是什么(?!原因|情况)|的?(?:病人|患者)的?(?:探视|陪护|护理|家属)|了?(?:是)?(?:去年|前年|上个?月|以前的)|"
    "的?(?:演练|演习|多发|高发|频发|路段|险种|理赔|案子)|"
    "的?(?:人|时候|话|病人|患者)?(?:要先|应该|应当|该怎么(?!办)|怎么救|先看|先检查|要怎么)"
)
_LESSON_LATER = "怎么(?:预防|急救|处理|护理|办理)|的(?:急救|预防|前兆|症状|表现)|后遗症|讲座|管不管用|能不能治|能治|辟谣|抬杠|赌了|争一下|报告会|的选择题"
_ADVERT = "发货|包邮|上新|私聊下单|礼盒|加微信|团购价|满三十|卖爆|点击了解|一件代发|免费领取|五折"
_AMBULANCE = "救护|120|急救|白车"
_ASKS_OF_AMBULANCE = (
    "(?:怎么|如何|哪里|多少|几点|什么时候|能不能|可以|要不要|收费|要钱|多久)[^。]{0,12}(?:120|救护车|急救)|"
    "(?:120|救护车|急救(?:车|箱|包|站|点)?)[^,。]{0,8}(?:多少钱|收费|要钱|电话|号码|能进|可以进|进得来|进不进|怎么(?:进|走|拉走|回事|停)|拉走|停在|"
    "来了|开走|走了|在|刚)|(?:看到|看见|听到|听见|有辆|来了辆|一辆|那辆|被|那趟)[^,。]{0,6}救护车|救护车(?:刚|又|都)?(?:拉|停|开|来了|响|叫个)"
)
_IN_HASTE = "快|赶紧|赶快|急|马上|没到|没来"
_NUMBER_120 = "120(?:[.\\d元块斤号米个户份只天人件]|多|平)|\\d120|¥120|心跳120|血压120|高压120"
_EVERYDAY_CALL = (
    "快来(?:人)?(?:看|买|抢|领|拿|取|吃|玩|围观|报名|认领|帮我看|搭把手|搬)|救命(?:,|啊)?(?:也|好|太|这|笑|怎么|我笑)|来人啊修|"
    "救救我的?(?:作业|论文|头发|花)"
)
_TRIFLE = (
    "水管|马桶|修[水电灯门锁窗空暖]|价|离谱|钥匙|锁屋|开锁|快递|作业|外卖|网课|好[吃笑看听]|太[甜帅美香可贵丑逗]|可爱|抢不到|断网|剧|减肥|胖|"
    "蚊子|蟑螂|老鼠|虫|考试|论文|工作量|头发|口红|丢了|迟到|手机|电脑|游戏|加班|老板|无聊|吵|施工|装修|没电|停水|停电|社死|尴尬|打卡|表格|群里|"
    "邻居|消息|物业|排队|房贷|工资|期末|背书|单词|ppt|PPT|bug|BUG|网速|WiFi|wifi|手工|彩带|谁家有|借|鹦鹉|酱油|红烧|发型|刘海|面试|相亲|"
    "奶茶|裙|演唱会|票"
)
_PERIL = (
    "血|昏|晕|喘|呼吸|没气|不动|倒|摔|砸|火|煤气|浓?烟|落水|水里|河|掉|坠|[疼痛]|抽|噎|卡住|卡在|呛|毒|刀|打人|打我|家暴|杀|120|医|救护|不醒|"
    "反应|叫不|困[住在]|电梯|触电|[烫烧]|要?生了|孕|(?:孩子|宝宝|娃|小孩|老人|奶奶|爷爷)[^,。]{0,8}(?:锁|关|一个人|不见|丢)|不行了|死"
)


def _lesson(heard: Heard) -> bool:
    if not heard.urgent:
        return False
    return _pattern(_LESSON_AFTER).match(heard.after) is not None or _has(_LESSON_LATER, heard.after)


def _advert(heard: Heard) -> bool:
    return _anywhere(_ADVERT, heard.text)


def _no_call(heard: Heard) -> bool:
    if heard.rule.family != "call":
        return False
    if not _has(_AMBULANCE, heard.word):
        trifle = _has(_TRIFLE, heard.text) and not _has(_PERIL, heard.text.replace(heard.word, ""))
        return trifle or _has(_EVERYDAY_CALL, heard.text)
    asked = _has(_ASKS_OF_AMBULANCE, heard.text) and not _has(_IN_HASTE, heard.word)
    return asked or _has(_NUMBER_120, heard.text) or _has(_SUPPOSED, heard.text[: heard.start])


DAMPERS: tuple[tuple[str, Callable[[Heard], bool]], ...] = (
    ("story", _story),
    ("laughing", _laughing),
    ("hyperbole", _hyperbole),
    ("of a thing", _of_a_thing),
    ("denied", _denied),
    ("supposed", _supposed),
    ("over", _over),
    ("lesson", _lesson),
    ("no call", _no_call),
    ("advert", _advert),
)


def harmless(heard: Heard) -> str:
    """Why a rule that spoke is not to be heard, or nothing."""
    near = heard.text[max(0, heard.start - 20) : heard.end + 20]
    if heard.rule.but and compiled(heard.rule.but).search(near):
        return "but"
    rest = heard.text[: heard.start] + "。" + heard.text[heard.end :]
    if heard.rule.needs and not compiled(heard.rule.needs).search(rest):
        return "needs"
    return next((name for name, damper in DAMPERS if damper(heard)), "")
