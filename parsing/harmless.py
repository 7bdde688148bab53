"""Everyday matters that borrow the words of danger: heard as harmless only where nothing grave stands beside them."""

import re

_DEATHLY = re.compile(
    "死|活|遗书|遗言|绝笔|对不起|永别|再见|撑不|熬不|解脱|绝望|拖累|不想|世界|告别|没意思|累|抑郁|崩溃|轻松"
)
_READY = re.compile("准备|[买备攒系挂打]好|一瓶|整瓶")
_USED = re.compile(
    "领取|来领|去领|领药|[来去自]取|来拿|发放|发给|大家|各位|居民|业主|按时|饭后|跳绳|比赛|拔河|晾|捆|打包|绑(?!自己)|爬山|烧烤|火锅|烤|切[菜肉]|做饭|[打杀]虫|浇|喷|菜地|种[菜花]|除草|"
    "多少钱|几块|几元|怎么卖|哪里|哪儿|煎|熬好|送[到去给]"
)
_BEAST_OR_THING = re.compile(
    "(?:猫|狗|鸟|兔子?|鸡|鹦鹉|仓鼠|松鼠|喵|汪|毛孩子|主子|衣服|被子|床单|花盆|内衣|袜子|快递|拖鞋|玩具|球|毛巾|垃圾)[^,。;!?人我他她]{0,10}$"
)
_BEAST_AFTER = re.compile(
    "(?:下|了|来|去|过){0,4}(?:[一两几]?[只条个])?(?:小|大|野|流浪|黑|白|花){0,2}(?:猫|狗|鸟|鸽|松鼠|老鼠|耗子)"
)
_WORKMEN = re.compile("工人|师傅|物业|保洁|维修|猫|鸟|鸽")
_OF_A_PLACE = re.compile("(?:房子?|城市|工作|单位|公司|地方|学校|前任|岗位|小区|工地|店)[^,。;!?]{0,6}$")
_OF_A_DEVICE = re.compile(
    "(?:网课|网络?|视频|页面|手机|电脑|直播|软件|程序|游戏|系统|电梯|拉链|[树价]|订单|预算)(?:又|都|老是|一直|被|给){0,2}$"
)
_MARKET = re.compile("(?:基金|股票?|股市|大盘|A股|币价?)[^,。;!?]{0,8}$")
_TRIFLE = re.compile(
    "水管|马桶|修[水电灯门锁窗空暖]|价|离谱|钥匙|锁屋|开锁|快递|作业|外卖|网课|好[吃笑看听]|太[甜帅美香可贵丑逗]|可爱|抢不到|断网|剧|减肥|胖|蚊子|蟑螂|老鼠|虫|考试|论文|工作量|头发|口红|丢了|迟到|手机|电脑|游戏|加班|老板|无聊|吵|施工|装修|没电|"
    "停水|停电|社死|尴尬|打卡|表格|群里|邻居|消息|物业|排队|房贷|工资|期末|背书|单词|ppt|PPT|bug|BUG|网速|WiFi|wifi"
)
_PERIL = re.compile(
    "血|昏|晕|喘|呼吸|没气|不动|倒|摔|砸|火|煤气|浓?烟|落水|水里|河|掉|坠|[疼痛]|抽|噎|卡住|卡在|呛|毒|刀|打人|打我|家暴|杀|120|医|救护|不醒|反应|叫不|困[住在]|电梯|触电|[烫烧]|要?生了|孕|"
    "(?:孩子|宝宝|娃|小孩|老人|奶奶|爷爷)[^,。]{0,8}(?:锁|关|一个人|不见|丢)|不行了|死"
)
_NOBODY_ANSWERED = re.compile("没人应|没人答应|没人理|没应|不应|没回应|没答应")
_AT_A_DOOR = re.compile(
    r"门|快递|外卖|送菜|不在|没在家|上班|测温|登记|电话|\d-\d{3,4}|\d{3,4}(?:室|户|号)|(?<!\d)\d\d\.\d"
)
_SOMEONE_INSIDE = re.compile(
    "爸|妈|爷|奶|公(?!告|司|共)|婆|姥|老[人伴太头]|大[爷妈娘伯]|阿姨|孩子|宝宝|娃|孤|独居|担心|怕|几天|好久|出事|怎么办|躺|倒|不动|昏|臭|怪味|摔"
)
_READ = re.compile(r"[^,。;!?\n]*\d\d[.度点]\d?[^,。;!?\n]*[,。;!?\n]")
_WORRY = re.compile("担心|怕|出事|怎么办|几天|不会是")
_AT_LEISURE = re.compile(
    "(?:看|刷|玩|追|盯|打)(?:着|了|起)?[^,。]{0,3}(?:电视|手机|剧|动画|游戏|书|平板|视频|球|直播|网课|动漫|抖音|小说|ipad|iPad)|发呆|晒太阳|写作业|上网课|钓鱼|站岗|打坐|冥想"
)
_SUDDEN = re.compile("突然|忽然|一下子|[叫喊推摇拍]|脸|血|眼|吓|怎么办|快来|120|救")
_KIN = re.compile("爸|妈|爷|奶|婆|姥|[孩娃宝儿女他她弟妹哥姐]|老[公伴人头太]|人$|师傅")
_TIRED = re.compile("困(?![在住])|累|饿|热死|笑|撑死|馋|冻|渴|无聊|加班|作业|刷|熬夜|宿醉|喝多|减肥")
_BODY = re.compile("喘|胸|血|[疼痛晕昏]|气|救|120|心|抽|麻|烧|吐|药|医")
_WORN_OUT = re.compile("走|爬|跑|逛|站|跳|累")
_LIE_IN = re.compile("懒猪|闹钟|赖床|睡懒觉|起床气|小懒|懒虫")
_FAINT_AT = re.compile("[,!~。]{0,3}(?:这|又|居然|竟|你们|太|什么操作|好贵)|[,!~。]*$")
_CAME_OUT = re.compile("(?:吞|咽|顺)(?:下去|了下去)|(?:吐|咳|取|拿|拔|弄|抠|夹|拍)(?:了)?出来")
_STILL = re.compile("喘|紫|青|憋|气|救|120|还是|疼得|血")
_EASED = re.compile(
    r"(?:[不没](?:再)?(?:咳嗽?|发?烧|[疼痛吐])(?:了)?[,、]?(?:也|都)?|(?:^|[,。!?])我(?:现在|今天|早上|已经|也|都|终于)*)$"
)


def a_thing_fell(match: re.Match[str], before: str, after: str) -> bool:
    """A cat leapt or a blanket fell, and nobody stood below."""
    return bool(
        (_BEAST_OR_THING.search(before) or _BEAST_AFTER.match(after))
        and re.search("[跳翻掉摔落坠]", match[0])
        and not re.search("[砸血人]", after)
    )


def trifling(text: str) -> bool:
    """A cry for help over prices, parcels and homework."""
    return bool(_TRIFLE.search(text)) and not _PERIL.search(text)


def everyday_means(text: str, match: re.Match[str], before: str) -> bool:
    """A rope, a knife, a bottle of pills that is spoken of for its use, and a leap that is about money."""
    rest = text[: match.start()] + text[match.end() :]
    if match.lastgroup == "means":
        return not _DEATHLY.search(rest)
    if match[0][0] in "站坐蹲骑趴爬" and _WORKMEN.search(before):
        return True
    if "恋" in match[0]:
        return bool(_OF_A_PLACE.search(before)) and not _DEATHLY.search(rest)
    if _READY.search(match[0]) and _USED.search(rest):
        return not _DEATHLY.search(rest)
    return match[0] in ("想跳", "跳楼") and bool(_MARKET.search(before)) and not re.search("债|真的|家里", text)


def everyday_stillness(text: str, match: re.Match[str], before: str) -> bool:
    """Nobody came to the door, a child sits still at the television, somebody is merely tired."""
    word = match[0]
    if _OF_A_DEVICE.search(before) and re.match("[卡砍]", word):
        return True
    if "腿" in word and "断了" in word and _WORN_OUT.search(before) and not re.search("摔|撞|砸|压|血|骨", text):
        return True
    if word.endswith("不动"):
        return bool(_AT_LEISURE.search(text)) and not _SUDDEN.search(text.replace(word, ""))
    if match.lastgroup == "unconscious" and _NOBODY_ANSWERED.search(word):
        told = _READ.sub("", text[: match.end()])
        rest = text[match.end() : match.end() + 16]
        return bool(_AT_A_DOOR.search(text)) and not _SOMEONE_INSIDE.search(told) and not _WORRY.search(rest)
    if "不醒" in word and _LIE_IN.search(text) and not _BODY.search(text.replace(word, "")):
        return True
    if word == "晕倒" and _FAINT_AT.match(text, match.end()) and not before and not _PERIL.search(text[match.end() :]):
        return True
    if ("不行" in word or word.startswith("人快没")) and not _KIN.search(before):
        return bool(_TIRED.search(text)) and not _BODY.search(text)
    if match.lastgroup == "breathless" and re.search("[噎卡呛]", word):
        return bool(_CAME_OUT.search(text, match.start())) and not _STILL.search(text)
    if "倒在" in word:
        return bool(re.search("垃圾|剩[饭菜]|[污脏]水|药渣|猫砂|茶叶|打滚|撒泼|耍赖", text))
    return word.startswith(("不喘", "没喘", "没有喘")) and bool(_EASED.search(before))
