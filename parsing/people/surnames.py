"""Surnames, titles, and what a Chinese personal name looks like."""

from parsing.writing.lexicon import Pattern, trie_pattern

SURNAMES = frozenset(
    "肖付闫荣皮浦芮宣储班祖索雍茹慕危裘杭赫宿鹿昝檀戎尧王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
    "丘丛严乐习亓井亢仇仝仲伊伍伏位佘佟俞倪僧党兰关冀冉况冼凌刁包匡华卓单卜卞卫卿厉原古台司吉向商喻奚姬娄季宁宇安宓宗官宫寇封尚尤屈展屠岑岳嵇巢左巩巫巴席幸庄应庞庹庾廉强惠戈成戚房扈扬揭敖施时昌明晁晋晏景曲木柏查柯柳柴栗栾桂桑桓梅植楚樊欧殷毕池沙沿洪涂淳温游湛滕漆濮焦燕牛牟狄甄甘甯申畅盖盛瞿祁祝禹稽穆窦章童竺符简管米粟糜纪练缑缪翁翟耿聂胥臧舒艾芦花苍苑苗苟茅荀荆荔莫葛蒙蒲蓝蔺薄虞衡衣裴褚覃解訾詹计谈谌谯谷贡费路车辛辜边连迟逄逯邝邢邬邰邸郁郎郏郜鄢钮银闵阙阚阮阳陶隋隗霍靳鞠韦项颜饶鲁鲍麦麻齐"
)
DOUBLE_SURNAMES = tuple(
    "欧阳 上官 司马 诸葛 夏侯 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 端木 南宫 长孙 司空 呼延 宇文 轩辕 百里 赫连 澹台 公冶 闻人 申屠 鲜于 钟离 独孤".split()
)
# Surnames that begin too many other words to carry a title on their own ("都姐", "和叔").
SURNAME_CLASS = f"[{''.join(sorted(SURNAMES - set('家位和都来时向成单')))}]"

# A surname and one of these is a person: "王大爷", "孔师傅", "郑太". Short ones need an edge behind them.
_LONG_TITLES = (
    "大爷 大妈 大娘 大叔 大婶 大伯 大姐 大哥 大嫂 大舅 大姨 大夫 大姑 爷爷 奶奶 阿姨 叔叔 婶婶 伯伯 婆婆 公公 师傅 师母 老师 医生 护士 先生 女士 "
    "太太 小姐 同学 同志 老汉 老太 老太太 老爷子 老爹 老伯 老先生 老板 老板娘 嫂子 妈妈 爸爸 爹爹 伯母 伯父 主任 书记 经理 队长 组长 会计 教授 校长 "
    "村长 站长 厂长 处长 科长 局长 所长 院长 班长 楼长 阿婆 阿公 阿伯 阿叔 阿嫂 阿哥 阿姐 阿妹 嬢嬢 孃孃 娘娘 嘎嘎 嗲嗲 娭毑 家孩子 家老人 姑娘 家爷爷 家奶奶 生生 家婆婆"
).split()
_SHORT_TITLES = "小妹 小弟 姐 哥 叔 婶 姨 伯 嫂 婆 老 工 总 生 太 妹 弟 姑 娘 爷 奶 妈 爸 公 嬷 局 处 导".split()
_EDGE = r"(?=$|[ ,:、(;。\-|]|\d|[三四]十|卅|[也都还有没冇未今早中晚体测量报说讲现刚已自委托让请叫喊]|正常|咳|发[烧热]|头[疼痛晕]|低烧|高烧|就|无|嗓|鼻|不|一切|蛮|挺)"
_SURNAME = f"(?:{SURNAME_CLASS}|{'|'.join(DOUBLE_SURNAMES)})"
# Doubled characters that are laughter, thanks, kin or adverbs, not the pet name of a child.
_NO_PET_NAME = "[哈嘻呵谢拜好早喂嘿哎试看等统呜哇哦噢唉嘎咯咔滴嘟汪喵哼嗨哟喔呃额对行可慢渐常稳通偏仅恰足整默偷悄次每微略稍暖热频连阵乖蔫叔伯姐哥弟妹爷奶爸妈公婆姑舅姨单太宝囡丫娃仔伢崽孩儿哗]"
TITLED = Pattern(
    f"[小老]?{_SURNAME}(?:{trie_pattern(_LONG_TITLES)}(?![们傅])|(?:{'|'.join(_SHORT_TITLES)}){_EDGE})"
    "|[A-Z][a-z]{1,9}[姐哥叔姨嫂太]"
    rf"|(?!{_NO_PET_NAME})(?P<pet>[\u4e00-\u9fff])(?P=pet)(?:爸爸?|妈妈?|爷爷|奶奶|姥姥|姥爷|外婆|外公){_EDGE}"  # "果果妈"
)

_FUNCTION = "的了是我你他她它们在没不也都还很再又跟与被把让给对从到去来说报量测体温度烧痛疼咳晕吐泻吗呢吧啊呀哦嗯哈啦这那哪什么怎几多少个次分秒点半号楼栋室户症状况问请谢已"
_UNLIKELY = "有就和回今昨早晚午夜天日月常全家里外上下前后左右刚才经现目无人口车票店门窗水电气饭菜药院校班"
_NOT_GIVEN = Pattern(f"[{_FUNCTION}{_UNLIKELY}]")
_NEVER_GIVEN = Pattern(f"[{_FUNCTION}]")
_WORDS_LIKE_NAMES = frozenset(
    (
        "高烧 高热 方便 安全 温馨 平安 江西 江苏 马上 任何 单元 单位 宁波 常规 白天 黄码 水温 施工 许多 何时 周一 周二 周三 周四 周五 周六 周日 周末 余热 毛病 明显 万一 高温 温水 连着 连续 "
        "路过 全部 全体 成都 武汉 金额 高兴 高压 低压 和谐 安心 安好 关心 宁愿 方才 尤其 甚至 别人 干咳 项目 包括 应该 强烈 重庆 花园 席卷 冷静 阳性 阴性 管理 管家 计划 商量 时候 时间 解封 "
        "解除 连带 明早 乐观 于是 谷歌 车位 官方 原来 保持 保证 雷雨 房间 房东 文件 程序 古怪 强壮 蓝天 白班 夜班 钱包 钟头 符合 简单 景区 边上 华氏 花费 凌晨 汤药 扬州 苏州 常州 温州 杭州 "
        "郑州 广州 莫名 康复 健康 舒服 平稳 稳定 良好 安康 祝好 辛苦 盛夏 冷热 查验 卫生 向来 常年 解热 沙发 台湾 金牌 石头 柴米 牛奶 米饭 包子 水饺 毕竟 贺卡 乐意 易感 尹始 红码 绿码 左边 "
        "右边 左侧 右侧 左耳 右耳 左手 右手 明儿 应报 实报 方舱 章程 封控 封闭 木有 莫得 迟到 温枪 乐呵 乐呵呵 蛮好 温计 温表 严重 成员 管控 常见 强调 来自 都行 查了 全员 安排 应当 "
    ).split()
)
_NICKNAME_LIKE = frozenset(
    "小时 小心 小区 小便 小学 小雨 小雪 小跑 小睡 小憩 小结 小组 小票 小计 小于 小数 小贴 小程 小腿 小腹 小肚 小感 小脸 老是 老实 老样 老板 老家 老了 老旧 老病 老毛 老地 老早 老师 老客 老规 "
    "大概 大致 大约 大便 大脑 大腿 大学 大雨 大雪 大声 大量 大于 大幅 大伙 大喘 大姨 大夫 大门 大厅 大喊 大哭 大好 大楼 大汗 阿姨 阿门 阿弥 大冷 大热 大部 大早 大清 老咳 老想 老流 老疼 老打 老犯 老爱 老伴 小咳".split()
)
_DOUBLED_WORDS = frozenset(
    "慢慢 渐渐 常常 刚刚 稳稳 好好 统统 通通 偏偏 仅仅 恰恰 足足 整整 明明 默默 偷偷 悄悄 天天 次次 回回 每每 早早 晚晚 大大 微微 略略 稍稍 暖暖 热热 频频 連連 连连 阵阵 乖乖 蔫蔫 怏怏".split()
)
_UNLIKE_A_PET = Pattern(_NO_PET_NAME)
_NAME = Pattern(r"^[\u4e00-\u9fff·]{2,4}$")
_LATIN_NAME = Pattern(r"^[A-Z][a-z]{1,9}$")
FOREIGN_NAME = Pattern(r"^[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8}){1,3}$")
_DOUBLED = Pattern(r"^([\u4e00-\u9fff])\1$")
_LATIN_WORDS = frozenset(
    "Temp Ok Hi Hello Bye Dear Day Am Pm App Apple Wifi Covid Omg Yes No Sorry Thanks Good Please Temperature Fever Now Today Body Normal".split()
)


def looks_like_name(word: str, whole_clause: bool = False) -> bool:
    """Whether a word that stands just before a reading can be a personal name."""
    if _LATIN_NAME.match(word):
        return word not in _LATIN_WORDS
    if FOREIGN_NAME.match(word):
        return True
    if not _NAME.match(word) or word in _WORDS_LIKE_NAMES or word[:2] in _WORDS_LIKE_NAMES:
        return False
    if word[0] in "小老阿大" and len(word) == 2:
        return not _NOT_GIVEN.search(word[1:]) and word not in _NICKNAME_LIKE
    double = word.startswith(DOUBLE_SURNAMES)
    if word[0] not in SURNAMES and not double:
        return False
    unlikely = _NEVER_GIVEN if whole_clause else _NOT_GIVEN
    return len(word) <= (4 if double else 3) and not unlikely.search(word[1:])


def is_full_name(word: str) -> bool:
    """A surname and a given name, whatever else the word may mean; for places where only a name can stand."""
    return word[0] in SURNAMES and not _NEVER_GIVEN.search(word[1:])


def is_pet_name(word: str) -> bool:
    """A doubled name, as children are called: "豆豆37.1"."""
    return bool(_DOUBLED.match(word)) and not _UNLIKE_A_PET.search(word) and not _NOT_GIVEN.search(word)


def is_nickname(word: str) -> bool:
    """A pet name as it stands after a relation: "闺女瑶瑶", "我儿小满", "弟弟阿亮"."""
    if len(word) == 2 and (_DOUBLED.match(word) or word[0] in "小阿" or word[1] in "儿宝"):
        return not _NOT_GIVEN.search(word) and word not in _NICKNAME_LIKE and word not in _DOUBLED_WORDS
    return looks_like_name(word)
