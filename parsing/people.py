"""Words for people: relations within a household, the whole household, and those who do not belong to it."""

import re

from parsing.characters import SIMPLIFIED
from parsing.lexicon import Token, trie_pattern

RELATIONS: dict[str, str] = {
    "self": "我 我自己 我本人 本人 俺 俺自己 咱 自己 偶 自个儿 自个 吾 阿拉自家",
    "spouse": "老婆 老公 爱人 媳妇 媳妇儿 老伴 老伴儿 丈夫 妻子 太太 先生 内人 夫人 老头子 老太婆 对象 堂客 婆娘 当家的 那口子 屋里人 "
    "我家领导 孩他妈 孩他爹 孩他爸 孩儿他妈 孩儿他爸 娃他妈 娃他爸 娃他爹 娃儿他妈 娃儿他爸 家属 拙荆 婆姨 老头儿 俺老头 我老头 阿拉老公 "
    "老婆大人 老公公 先森 lp lg 孩子他妈 孩子她妈 孩子妈 宝宝他爸 宝爸 宝妈 孩他娘 孩子他娘 男人 女人 未婚夫 未婚妻 我家那位 家里那位 老婆子 男朋友 女朋友 我那口子",
    "father": "阿拉爷 阿拉爸 爸 爸爸 父亲 爹 老爸 老爹 阿爸 老爷子 老豆 爹地 老父亲 俺爹 俺大 俺达 家父 老汉儿 老汉 我老子 阿爹 我爷老倌 爸比",
    "mother": "妈 妈妈 母亲 娘 老妈 老娘 阿妈 姆妈 老妈子 妈咪 俺娘 老太太 老母亲 家母 阿母 阿娘 老妈妈",
    "son": "儿子 仔 崽 崽崽 阿仔 大儿子 小儿子 二儿子 犬子 儿 俺儿 我儿 儿砸 小子 大小子 二小子 个仔 我仔 男娃 幺儿 崽伢子 臭小子 男孩 小崽子 小儿 独子",
    "daughter": "女儿 闺女 囡囡 囡 丫头 大女儿 小女儿 二女儿 女娃 姑娘 大闺女 小闺女 千金 妹崽 个女 我女 囡儿 女女 妹妹头 俺妮儿 妮儿 幺妹儿 小棉袄 大姑娘 小姑娘 小丫头 二闺女 小囡囡 女孩",
    "child": "孩子 娃 娃儿 宝宝 小孩 小朋友 宝贝 娃娃 孩儿 伢 细路 小囡 小家伙 孩纸 细伢子 小孩子 小宝 大宝 二宝 三宝 小宝宝 老大 老二 老三 小不点 小孩儿 奶娃 "
    "大孩子 小的 大的 大孩 小毛头 毛毛 二娃 大娃 小娃 细佬仔 小朋友们家 小祖宗 熊孩子 细路仔 小妞 神兽 小神兽",
    "children": "孩子们 两个孩子 俩孩子 两个娃 俩娃 两娃 娃们 双胞胎 儿女 两个小孩 两孩子 三个孩子 两个娃儿 俩小孩 两个宝贝 小孩们 两个宝 俩宝 俩娃儿 儿女们 两个小家伙 娃儿们 两小只 两个小的 两个神兽",
    "grandfather": "爷爷 姥爷 外公 阿公 阿爷 公公爷 老爷爷 外爷 祖父 外祖父 姥爹 嗲嗲 我爷 俺爷 家公 家爷 爷",
    "grandmother": "奶奶 姥姥 外婆 阿婆 阿奶 嫲嫲 家婆 婆婆奶 祖母 外祖母 嘎嘎 家家 姥娘 老奶奶 我奶 俺奶 阿嬷 阿嫲 恁奶 我姥 我婆 好婆 奶",
    "father_in_law": "公公 岳父 老丈人 丈人 岳丈 丈人爹 公爹 丈人老头 老公爹 岳父大人 家公公",
    "mother_in_law": "婆婆 岳母 丈母娘 丈母 婆母 外母 奶奶婆 老丈母娘 岳母大人 家婆婆 婆婆妈",
    "grandchild": "孙子 孙女 外孙 外孙女 小孙子 小孙女 孙孙 大孙子 孙女儿 孙儿 孙娃 外孙子 小外孙 大孙女 小外孙女 孙囡 孙娃子 孙伢子 乖孙 小孙孙",
    "sibling": "哥哥 姐姐 弟弟 妹妹 我哥 我姐 我弟 我妹 俺哥 俺姐 俺弟 俺妹 大哥 二哥 大姐 二姐 老弟 老妹 家姐 阿姐 阿哥 阿弟 阿妹 细佬 细妹 妹子 兄弟 胞弟 "
    "小弟 小妹 亲弟 亲妹 亲哥 亲姐 老姐 老哥 二弟 三弟 二妹 哥 姐 弟 妹",
    "parents": "爸妈 父母 老两口 二老 爹妈 爹娘 两老 爸爸妈妈 父母亲 老爸老妈 爸妈两个 双亲 老人俩 爸妈俩 两位老人 两个老人 俩老人 妈爸 老俩口 爸爸和妈妈 爹地妈咪 父母二人 我爸我妈 爸跟妈 老爹老娘",
    "all": "全家 全家人 一家人 一家子 一家三口 一家四口 一家五口 一家两口 一家六口 一家老小 全家老小 全家老少 一家老少 家里人 家人 家人们 全家福 家里所有人 所有人 阖家 "
    "一家人们 三口人 四口人 五口人 两口人 六口人 全屋 屋企人 家里几个人 家里三个人 家里四个人 我们三个 我们四个 我们三口 我们四口 我们五口 我们一家 咱们一家 俺们一家 我们全家 "
    "咱们全家 俺们全家 其他人 其余人 其余 别的人 其他家人 其余家人 家里其他人 剩下的人 剩下的 另外的人 其他几个人 其他几位 其他几个 其他成员 家里都 家里面都 家里人人 家中都 屋里都 屋里头都 "
    "全户 大家 人人 每个人 各人 其他的人 其他 其它人 另外几个 家中其他人 其他的 全部人 全体 全家上下 家里头都 家里几口 我们家都 咱家都 俺家都 我家都 我们都 咱们都 俺们都 我们俩 咱俩 我俩 俺俩 "
    "我们家里都 两口子都 两口子 小两口 我们两口子 我们几个 家里其余人 家里别人 家里别的人 我们五个 一屋人 一家门 家里老小 老小 全家大小 一家大小 屋里厢都 家里一切 家中一切 我家一切 家里也都 家里均 家里人都 成员",
    "?": "家里有人 我家有人 屋里有人 家中有人 有一个人 有个人 其中一个 其中一人 一个人 另一个 有一个 另外一个 某个人 另一人 还有一个 其中有一个 有一人 有个 有位 一位 还有个人 有一位",
    "other": "同事 邻居 朋友 对门 隔壁 同学 室友 网友 领导 老板 客户 楼上 楼下 同事们 邻居家 闺蜜 哥们 战友 那人 那个人 别人 人家 有的人 他们家 她们家 有个男的 有个女的 "
    "男的 女的 老师 小区里有人 保安 物业 快递员 快递小哥 外卖小哥 师傅 志愿者 大白 医生 护士 明星 球员 某人 前男友 前女友 前任 楼长 群主 业主 租客 房东 那家 租户 住户 他家 她家",
    "pet": "狗 狗狗 猫 猫咪 猫猫 狗子 我家狗 我家猫 小狗 小猫 宠物 仓鼠 兔子 鹦鹉 金毛 泰迪 哈士奇 柯基 橘猫 喵 主子 毛孩子 汪星人 喵星人 二哈 布偶 乌龟 我家汪 拉布拉多 英短 柴犬 "
    "边牧 电脑 手机 机器 服务器 CPU 显卡 发动机 主机",
    # no code fits: the word itself is the person
    "word": "儿媳妇 儿媳 女婿 嫂子 姐夫 妹夫 弟媳 弟妹 叔叔 舅舅 舅妈 姑姑 姑妈 大姨 小姨 姨妈 姨夫 姑父 婶婶 伯伯 伯父 伯母 大伯 二叔 三叔 二姨 三姨 小叔子 小姑子 大姑子 小舅子 "
    "大舅 二舅 外甥 外甥女 侄子 侄女 侄儿 表哥 表弟 表姐 表妹 堂哥 堂弟 堂姐 堂妹 保姆 住家阿姨 月嫂 护工 亲家 亲家母 亲家公 老人 老人家 公婆 岳父母 太爷爷 太奶奶 太姥姥 太姥爷 曾祖母 干妈 干爹 重孙 重孙女 小叔 大伯子 大嫂 二嫂 舅公 姑奶奶 钟点工 侄孙",
}
_SOMEBODY_ELSE = (
    "全身 大妈 大姐姐 小姐姐 小哥哥 新娘 老板娘 姑娘们 帅哥 哥们儿 妈呀 我妈呀 我的妈 妈妈咪呀 我的妈呀 仔细 徒弟 宝贝们 儿童 女儿国 婴儿 孩子气 儿科 我去 我晕 我靠 我勒个 我滴个 "
    "大家好 大家辛苦 各位 家人们好 一位小数 其他事 其他的事 其他情况 其他症状 其他不适 其它症状 其他没 其他都好 其他都正常 其他无 其他正常 其他一切 其他还好 其他挺好 其他没事 其他症状都 自己家 其他问题 其余都好 其余正常 其余都正常 其余无 其他方面 其他异常 "
    "公公道道 弟兄 哥们 姐妹们 姐妹 兄弟们 哥几个 一位小 娘家 婆婆妈妈 爷们 小妹妹们 奶茶 牛奶 奶粉 奶瓶 吃奶 喂奶 喝奶 奶嘴 这儿 那儿 哪儿 会儿 一点儿 点儿 有点儿 今儿 昨儿 明儿 前儿 事儿 劲儿 味儿 门儿 块儿 样儿 儿歌 人儿 家儿 啥儿 "
    "女儿红 有个事 有个问题 有个药 有个快递 有一个问题 大家注意 大家请 大家都 大家不 大家别 大家坐 一个人住 一个人在家 就我一个人 我一个人 我自个儿 自己人 狗年 热狗 熊猫 猫眼 老娘们 自己量 自己测 我自己量 我自己测"
)

_CODES: dict[str, str] = {word: code for code, words in RELATIONS.items() for word in words.split()}
_CODES |= dict.fromkeys(_SOMEBODY_ELSE.split(), "")
_PERSON = re.compile(trie_pattern(_CODES))

SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
    "庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫苟褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢卓花仇艾蓝巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥蔺"
)
SURNAME_CLASS = f"[{''.join(sorted(SURNAMES - set('家位和都来时向成')))}]"
_DOUBLE = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "夏侯",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "端木",
    "南宫",
    "长孙",
)
_TITLES = "大爷|大妈|大娘|大叔|大婶|大伯|大姐|大哥|爷爷|奶奶|阿姨|叔叔|伯伯|婆婆|公公|师傅|老师|医生|先生|女士|太太|小姐|同学|姐|哥|叔|婶|姨|伯|老汉|老太|老太太|老爷子|嫂|嫂子|大嫂|家孩子|妈妈|爸爸|家老人|爹爹|婆|家|老|工|总|主任|书记|阿婆|阿公|嬢嬢|孃孃|娘娘|嘎嘎"
_TITLED = re.compile(rf"(?:{SURNAME_CLASS}|欧阳|上官|司马)(?:{_TITLES.replace('|家|', '|')})(?![们傅])")
_NOT_NAME = re.compile(
    "[的了是我你他她它们在有没不也都就还很再又和跟与被把让给对从到去来回说报量测体温度烧痛疼咳晕吐泻今昨早晚午夜天日月号楼栋室户症状况常全家里外上下前后左右刚才已经现目已无请谢问吗呢吧啊呀哦嗯哈啦这那哪什么怎几多少个次分秒点半人口车票店门窗水电气饭菜药院校班]"
)
_WORDS_LIKE_NAMES = frozenset(
    [
        "高烧",
        "高热",
        "方便",
        "安全",
        "温馨",
        "平安",
        "江西",
        "江苏",
        "马上",
        "任何",
        "单元",
        "单位",
        "宁波",
        "常规",
        "白天",
        "黄码",
        "水温",
        "施工",
        "许多",
        "何时",
        "周一",
        "周二",
        "周三",
        "周四",
        "周五",
        "周六",
        "周日",
        "周末",
        "余热",
        "毛病",
        "明显",
        "万一",
        "高温",
        "温水",
        "连着",
        "连续",
        "路过",
        "全部",
        "全体",
        "成都",
        "武汉",
        "金额",
        "高兴",
        "高压",
        "低压",
        "和谐",
        "安心",
        "安好",
        "关心",
        "宁愿",
        "方才",
        "尤其",
        "甚至",
        "别人",
        "干咳",
        "项目",
        "包括",
        "应该",
        "强烈",
        "重庆",
        "花园",
        "席卷",
        "冷静",
        "阳性",
        "阴性",
        "管理",
        "管家",
        "计划",
        "商量",
        "时候",
        "时间",
        "解封",
        "解除",
        "连带",
        "明早",
        "乐观",
        "于是",
        "谷歌",
        "车位",
        "官方",
        "原来",
        "保持",
        "保证",
        "雷雨",
        "房间",
        "房东",
        "文件",
        "程序",
        "古怪",
        "强壮",
        "蓝天",
        "白班",
        "夜班",
        "钱包",
        "钟头",
        "符合",
        "简单",
        "景区",
        "边上",
        "华氏",
        "花费",
        "凌晨",
        "汤药",
        "扬州",
        "苏州",
        "常州",
        "温州",
        "杭州",
        "郑州",
        "广州",
        "莫名",
        "康复",
        "健康",
        "舒服",
        "平稳",
        "稳定",
        "良好",
        "安康",
        "祝好",
        "辛苦",
        "盛夏",
        "冷热",
        "查验",
        "卫生",
        "向来",
        "常年",
        "解热",
        "沙发",
        "台湾",
        "金牌",
        "石头",
        "柴米",
        "牛奶",
        "米饭",
        "包子",
        "水饺",
        "毕竟",
        "贺卡",
        "乐意",
        "易感",
        "尹始",
        "红码",
        "绿码",
        "左边",
        "右边",
        "左侧",
        "右侧",
        "左耳",
        "右耳",
        "左手",
        "右手",
        "明儿",
        "应报",
        "实报",
        "方舱",
        "章程",
        "封控",
        "封闭",
        "木有",
        "莫得",
        "迟到",
        "温枪",
        "和谐",
        "乐呵",
        "乐呵呵",
        "蛮好",
        "温计",
        "温表",
        "严重",
        "成员",
        "管控",
        "常见",
        "强调",
        "来自",
        "都行",
        "查了",
        "全员",
        "安排",
        "应当",
    ]
)
_NAME = re.compile(r"^[\u4e00-\u9fff·]{2,4}$")
_LATIN_NAME = re.compile(r"^[A-Z][a-z]{1,9}$")


# "邓阿姨托我报36.3": I only pass it on.
_MESSENGER = re.compile(
    "[托让叫请喊要]我(?=(?:帮(?:忙|她|他)?|代|来|替|给)?(?:她|他|它|一下)?(?:上?报|填|登记|打卡|发|转|说一|说下|量|测))"
)


def people(text: str, members: tuple[str, ...] = ()) -> list[Token]:
    """All words for people as tokens; the value is a code, a name or the word itself."""
    found: list[Token] = []
    for match in _PERSON.finditer(text):
        word = match[0]
        code = _CODES[word]
        if code == "self" and _MESSENGER.match(text, match.start() - 1 if match.start() else 0):
            continue
        if code and not (code == "sibling" and len(word) == 1) and not _inside(text, match):
            found.append(
                Token(match.start(), match.end(), "person", word if code == "word" else code, f"people.{code}")
            )
    for member in members:
        folded = member.translate(SIMPLIFIED)
        place = text.find(folded) if len(folded) > 1 else -1
        while place >= 0:
            found.append(Token(place, place + len(folded), "person", member, "people.member"))
            place = text.find(folded, place + len(folded))
    for match in _TITLED.finditer(text):
        found.append(Token(match.start(), match.end(), "person", match[0], "people.titled"))
    return found


def _inside(text: str, match: re.Match[str]) -> bool:
    """One-character words mean a person only where nothing before makes them part of another word."""
    before, word = text[match.start() - 1 : match.start()], match[0]
    after = text[match.end() : match.end() + 1]
    if word in ("妈", "爸", "娘", "爹", "儿", "仔", "娃", "爷", "奶", "囡", "伢", "崽"):
        if word in "儿爷奶仔" and (before not in "我俺咱," or not before):
            return True
        return (
            bool(before) and before in "姑新老大干后阿的点会今昨明那这哪事劲味女男婴幼少"
        ) or after in "呀咪们家科童的歌粉茶瓶"
    if word == "姑娘" or word in (
        "先生",
        "太太",
        "小子",
        "男人",
        "女人",
        "女孩",
        "男孩",
        "对象",
        "小弟",
        "小妹",
        "大哥",
        "大姐",
        "宝贝",
        "小朋友",
        "夫人",
    ):
        return after in "啊呀们你您哎," or (before in "位个的" and bool(before)) or before in ("小", "大")
    if word in ("大的", "小的"):
        return not (
            not before
            or (before in ",;。、 \n" and bool(re.match(r"[ :]?(?:\d|有|也|咳|发|流|没|都)", text[match.end() :])))
        )
    if word in ("其他", "其余", "其他的", "剩下的", "成员", "大家", "有个", "有位", "一位", "有一个", "一个人", "自己"):
        return not re.match(r"(?:人)? ?(?:都|均|也|全|没|无|正常|一切|\d|体温|的体温|发烧|咳|[:])", text[match.end() :])
    return False


def looks_like_name(word: str) -> bool:
    """Whether a word that stands just before a reading can be a personal name."""
    if _LATIN_NAME.match(word):
        return True
    if not _NAME.match(word) or word in _WORDS_LIKE_NAMES or word[:2] in _WORDS_LIKE_NAMES:
        return False
    if word[0] in "小老阿大" and len(word) == 2:
        return not _NOT_NAME.search(word[1:]) and word not in (
            "小时",
            "小心",
            "老是",
            "大概",
            "老实",
            "大致",
            "大约",
            "阿姨",
            "小区",
            "大便",
            "小便",
            "老样",
        )
    if word[0] not in SURNAMES and not word.startswith(_DOUBLE):
        return False
    return len(word) <= (4 if word.startswith(_DOUBLE) else 3) and not _NOT_NAME.search(word[1:])
