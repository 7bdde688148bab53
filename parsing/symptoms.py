"""Symptom words: everyday, dialect and mistyped, and how parts of the body and complaints combine."""

import re

from parsing.lexicon import Token, trie_pattern

SYMPTOM_LABELS: dict[str, str] = {
    "fever": "发热", "chills": "寒战", "cough": "咳嗽", "sputum": "咳痰", "fatigue": "乏力", "stuffy_nose": "鼻塞",
    "runny_nose": "流涕", "sneezing": "打喷嚏", "sore_throat": "咽痛", "headache": "头痛", "dizziness": "头晕",
    "myalgia": "肌肉酸痛", "arthralgia": "关节痛", "anosmia": "嗅觉或味觉减退", "conjunctivitis": "结膜炎",
    "dyspnea": "呼吸困难", "chest_tightness": "胸闷", "chest_pain": "胸痛", "nausea": "恶心", "vomiting": "呕吐",
    "diarrhea": "腹泻", "abdominal_pain": "腹痛", "rash": "皮疹", "poor_appetite": "食欲不振", "insomnia": "失眠",
}  # fmt: skip

WORDS: dict[str, str] = {
    "fever": "发烧 发热 低烧 高烧 低热 高热 烧到 烧到了 在烧 还烧 又烧 有点烧 烧得 烧的厉害 烧着 烧起来 发稍 发骚 发哨 法烧 发捎 烧没退 烧还没退 烧不退 烧退不下 烧迷糊 "
    "发高烧 发低烧 发起烧 起烧 烧了 中烧 微烧 烧糊涂 烧成 一直烧 发烫 额头烫 脑门烫 身上烫 体温偏高发烧 烧热 发烧烧 fashao 烧",
    "chills": "寒战 寒颤 发冷 打冷战 打寒战 打寒颤 打摆子 畏寒 怕冷 冷得发抖 浑身发抖 直哆嗦 打哆嗦 身上冷 忽冷忽热 发寒 冷颤 打冷颤 直打颤 浑身冷 浑身发冷 全身发冷 恶寒 直打冷战 打抖",
    "cough": "咳嗽 咳 干咳 咳漱 咳簌 可嗽 咳素 咳速 咳嗦 ke嗽 颏嗽 刻嗽 咳个不停 咳得 咳的 呛咳 轻咳 咳两声 咳几声 嗽 克嗽",
    "sputum": "咳痰 有痰 痰多 黄痰 白痰 痰 浓痰 多痰 老痰 咯痰 咳黄痰 咳白痰 吐黄痰 咳出痰 咳出来的痰 咳出的痰 咳浓痰 咳脓痰 咳出黄痰 卡痰",
    "fatigue": "乏力 没力气 没有力气 无力 没劲 没劲儿 没有劲 没得力气 没气力 使不上劲 提不起劲 提不起精神 疲乏 有点乏 有些乏 人乏 很乏 好乏 疲倦 疲惫 浑身软 发软 腿软 身上软 软绵绵 软塌塌 没啥力气 没什么力气 冇力 没力 没啥劲 "
    "没什么劲 没精打采 倦怠 浑身没劲 全身没劲 没精神 没有精神 无精打采 法力 罚力 没点力气 没一点力气 一点力气都没有 一点劲都没有 浑身乏 身子乏 发虚 没得劲 力气都没有 蔫了 蔫蔫的 打蔫",
    "stuffy_nose": "鼻塞 鼻子堵 鼻子不通 鼻子不通气 鼻不通 鼻子塞 塞鼻 鼻堵 鼻子不透气 鼻子囔囔 鼻塞塞 鼻色 鼻子齉 齉鼻子 鼻子堵塞 鼻子堵住",
    "runny_nose": "流涕 流鼻涕 鼻涕 流清涕 流清鼻涕 清鼻涕 流鼻水 鼻水 淌鼻涕 留鼻涕 流鼻子 流比涕 流鼻滴 淌鼻子 流黄涕 鼻流清涕 流鼻嚏 擤鼻涕 流濞涕",
    "sneezing": "打喷嚏 喷嚏 打喷涕 打嚏喷 打喷替 打阿嚏 阿嚏 打啊嚏 打喷 打乞嗤",
    "sore_throat": "咽痛 咽疼 嗓子疼 嗓子痛 嗓子干 嗓子哑 嗓子痒 咽喉痛 咽喉肿痛 喉咙痛 喉咙疼 嗓子冒烟 喉咙发炎 嗓子发炎 扁桃体发炎 咽炎 咽干 喉痛 喉疼 咽喉炎 嗓子难受 "
    "嗓子不舒服 喉咙不舒服 刀片嗓 嗓子像刀割 吞刀片 喉咙像刀割 嗓门疼 嗓子腾 桑子疼 桑子痛 喉龙痛 颈疼痛 喉咙不爽 吞咽痛 嗓子眼疼 嗓子眼痛",
    "headache": "头痛 头疼 投疼 投痛 偏头痛 偏头疼 脑壳痛 脑壳疼 脑袋疼 脑袋痛 脑仁疼 太阳穴疼 头腾 脑阔疼 脑阔痛 头炸 脑瓜子疼 脑瓜疼 后脑勺疼",
    "dizziness": "头晕 头昏 发晕 发昏 眩晕 晕乎 晕乎乎 昏沉 昏沉沉 昏昏沉沉 脑壳昏 脑壳晕 头重脚轻 脑袋晕 天旋地转 头云 投晕 晕晕乎乎 晕晕的 有点晕 有些晕 脑袋昏 晕得很 好晕 头发昏 头发晕 头有点重 头沉",
    "myalgia": "肌肉酸痛 肌肉疼 肌肉痛 浑身酸痛 浑身疼 浑身痛 全身酸痛 全身疼 全身痛 身上疼 身上痛 周身痛 周身骨痛 骨头疼 骨头痛 腰酸背痛 浑身酸 全身酸 身上酸 酸痛 酸疼 骨头酸 骨头缝疼 身子酸 腰背酸痛 肌肉酸 浑身散架",
    "arthralgia": "关节痛 关节疼 关节酸痛 关节酸 膝盖疼 膝盖痛 关节酸疼 关节炎疼 手指关节疼",
    "anosmia": "嗅觉减退 味觉减退 嗅觉失灵 味觉失灵 嗅觉没了 味觉没了 没有嗅觉 没有味觉 没味觉 没嗅觉 闻不到 闻不着 闻不见 闻不出 尝不出 尝不到 吃不出味 吃不出味道 没味道了 嗅觉丧失 味觉丧失 失去嗅觉 失去味觉 "
    "嗅觉不灵 味觉不灵 丧失嗅觉 丧失味觉 吃啥都没味 吃什么都没味 吃东西没味 嗅觉下降 味觉下降 嗅觉消失 味觉消失 嘴里没味 吃啥都没味道 吃什么都没味道 鼻子失灵 嗅觉没有了 味觉没有了 嗅觉味觉没 尝不着 嗅不到 嘴里没味道 嘴巴没味 口里没味 嗅觉迟钝 味觉迟钝 吃不出咸淡 尝不来味",
    "conjunctivitis": "结膜炎 眼睛红 红眼病 眼睛发红 眼红 红眼睛 双眼发红 眼睛通红 眼白发红 两眼发红 结膜充血 眼睛充血 红眼",
    "dyspnea": "呼吸困难 气喘 气短 喘不上气 喘不过气 喘不上来气 上不来气 上不来气儿 透不过气 喘气费劲 气促 呼吸急促 喘气困难 喘不来气 呼吸费劲 憋气 憋得慌 喘得厉害 喘得慌 气急 呼吸不畅 气不够用 喘 "
    "出不来气 出气困难 呼吸不上来 呼吸不过来 抽不上气 呼吸吃力 喘气吃力 接不上气 气上不来 呼不上气 不上气 呼吸有点困难 呼吸有些困难 气都喘不上 气都喘不过来 气紧 出气不赢 呼吸很困难 呼吸好困难 透不过气来",
    "chest_tightness": "胸闷 胸口闷 胸口发闷 胸口堵 心口闷 胸腔闷 心口堵 胸口憋 凶闷 胸口压得慌 胸部发闷 心口发闷",
    "chest_pain": "胸痛 胸疼 胸口疼 胸口痛 心口疼 心口痛 胸部疼痛 胸部疼 胸腔疼 胸口刺痛 胸口剧痛 胸部剧痛 心绞痛 前胸疼 前胸痛",
    "nausea": "恶心 想吐 反胃 干呕 恶兴 犯恶心 作呕 要吐 欲呕 恶信 打干哕 干哕 反酸水",
    "vomiting": "呕吐 吐了 吐 上吐下泻 一直吐 又吐 吐得 呕 吐光 吐好几",
    "diarrhea": "腹泻 拉肚子 拉稀 跑肚 闹肚子 窜稀 上吐下泻 泻肚 拉肚 水样便 肚子拉 屙肚子 拉稀便 大便稀 肚子泻 拉水 坏肚子 啦肚子 拉渡子 跑肚拉稀 泄肚子 大便不成形 屙稀 肚屙 拉度子",
    "abdominal_pain": "肚子疼 肚子痛 腹痛 胃疼 胃痛 肚疼 肚痛 肚皮痛 小腹疼 肚子绞痛 腹部疼 腹部疼痛 肚子不舒服 渡子疼 肚子腾 腹疼 小肚子疼 肚子绞着疼 胃不舒服",
    "rash": "皮疹 疹子 起疹 起疹子 出疹子 红疹 荨麻疹 起红点 红点点 起红疙瘩 红斑 出红点 红疙瘩 风疹 风团 起包疹",
    "poor_appetite": "没胃口 没有胃口 胃口不好 食欲不振 食欲差 没食欲 没有食欲 吃不下饭 吃不下 不想吃饭 不想吃东西 胃口差 食欲不佳 不想吃 吃不进 吃不进去 胃口不佳 没啥胃口 没什么胃口 不思饮食 胃口不太好 不肯吃饭 不爱吃饭 吃饭不香 没得胃口 吃不落 唔想食嘢 不吃东西 什么都吃不下 胃口不开 食欲下降 食欲减退 胃口不大好 吃嘛嘛不香",
    "insomnia": "失眠 睡不着 睡不好 睡不着觉 整夜没睡 一夜没睡 睡不踏实 睡眠不好 整宿睡不着 夜里没睡 一宿没睡 没睡着 睡不安稳 困不着 睡不落觉 彻夜难眠 一夜没合眼 睡眠差 睡不沉 睡不实 没睡好 睡不好觉 一晚没睡",
}  # fmt: skip

# Words that hold a symptom word and are none.
_NOT_SYMPTOMS = (
    "发烧友 发热门诊 发烧门诊 退烧药 退热药 退烧贴 退热贴 退烧针 感冒药 咳嗽药 止咳 止咳药 止痛 止疼 止泻 止吐 退烧 退热 退高烧 烧退 高烧退 低烧退 发热贴 发热包 发热患者 发热病人 发热人员 发热的人 发烧的人 咳嗽的人 "
    "烧烤 烧饭 烧菜 烧水 烧鸡 烧鹅 烧肉 烧饼 烧香 烧脑 烧心 烧酒 烧钱 烧开 烧纸 烧煤 烧焦 烧坏 烧毁 红烧 燃烧 烧炭 烧了菜 烧了饭 烧了一 烧了壶 烧了锅 烧的菜 烧的饭 火烧 烧卖 烧麦 烧伤 烧瓶 叉烧 烧茄子 烧洗澡水 烧好菜 烧好饭 烧仙草 烧锅 锅烧 焚烧 烧点水 烧点菜 烧掉 爱发烧 发烧级 "
    "咳咳 吐槽 呕心 吐血 吐司 吞吐 吐痰 谈吐 吐字 吐鲁番 吐舌 吐气 吐露 吐蕃 随地吐痰 乱吐痰 吐口水 吐沫 吐苦水 不吐不快 一吐为快 吐丝 吐奶 吞云吐雾 痰盂 吐核 吐籽 吐骨头 吐了一口气 "
    "头疼医头 头痛医头 恶心人 恶心死 真恶心 太恶心 好恶心的人 喘息 喘口气 喘气的 苟延残喘 气喘吁吁 软件 无力承担 有气无力地 眼红别人 眼红人家 无能为力 浑身解数 怕冷场 权力 电力 有效 孔武有力 不遗余力 "
    "冷得 想吐槽 要吐槽 晕车药 晕车 晕船 降压 过敏药 好晕菜 发烧药 头疼药 头痛药 腹泻药 胃药 头疼粉 鼻炎药 发热量 发热体 发热丝 散热 喉糖 "
    "发烧了吗 鼻涕虫 吹鼻涕 咳血 咯血 呕血 吐白沫 口吐白沫 没劲透 没劲死 真没劲 好没劲 太没劲 没意思没劲 身上没劲儿使 不想吃亏 吃不下去的 发烧机 发烧耳机 无力吐槽 无力反驳 吃不下这个 退烧栓 不吐 心有余而力不足 余热 失眠的夜 喘振 一吐 "
    "没有食欲不振 没食欲不振 没有食欲减退 无食欲不振 没有食欲下降 烧糊 烧糊了 烧干 烧干了 烧断 烧起火 火烧起来 烧着了 烧起来了 疹子疫苗 失眠药 感冒发烧药 鞋拔子 睡不着就 起烧烤 煤气烧 烧天然气 烧柴 烧火 烧壶 烧个 烧顿 烧两 烧几 烧鱼 烧排骨 烧汤 烧点 烧电 烧出 烧光 烧完 烧高香 烧电饭 发烧音乐 追烧 烧掉的 烧锅炉 烧暖气 烧得一手 烧红 烧制"
)

# Parts of the body and what can be wrong with them; words in between ("有点", "还是很") are skipped.
_PARTS: dict[str, str] = {
    "throat": "嗓子 喉咙 咽喉 喉头 嗓子眼 嗓眼 咽部 喉龙 喉",
    "head": "头 脑壳 脑袋 脑瓜 脑瓜子 脑子 太阳穴 额头 头部 头里 投 脑阔",
    "nose": "鼻子 鼻 鼻腔 鼻孔",
    "chest": "胸口 胸 心口 胸部 胸腔 胸前 前胸",
    "belly": "肚子 肚皮 肚 腹部 小腹 胃 胃里 肚肚 小肚子 胃部",
    "joint": "关节 膝盖 手指关节 膝关节 关节处",
    "muscle": "浑身 全身 身上 肌肉 周身 四肢 骨头 骨头缝 身子 一身 满身 混身 浑身上下 全身上下 腰背 身体",
    "eye": "眼睛 双眼 眼白 两眼 左眼 右眼 两只眼睛 眼珠子 一只眼睛 眼",
    "skin": "身上 胳膊 手臂 后背 脸上 背上 腿上 脖子 皮肤 手上 肚皮上 胸前 全身 浑身",
    "breath": "呼吸 喘气 出气",
    "appetite": "胃口 食欲",
    "taste": "嗅觉 味觉 鼻子",
    "sleep": "睡眠 觉",
    "spirit": "精神 精神头 精气神",
}
_WRONG: dict[str, str] = {
    "pain": "疼 痛 疼痛 酸痛 酸疼 腾 绞痛 刺痛 胀痛 隐痛 炸开 要炸 裂开",
    "sore": "疼 痛 酸痛 酸疼 酸 疼痛",
    "throaty": "疼 痛 干 痒 哑 肿 难受 发炎 冒烟 红肿 不舒服 沙哑 火辣辣 腾 干痒 发干 发痒 不爽",
    "dizzy": "晕 昏 晕乎 昏沉 沉 重 晕晕 云",
    "blocked": "堵 塞 不通 不透气 堵住 不通气 囔",
    "running": "流水 流清水 流鼻涕 滴水 淌水",
    "tight": "闷 堵 憋 发闷 憋得慌 压得慌 闷得慌",
    "weak": "没劲 没力气 乏力 无力 没力 软 发软 没得力气 乏 没有力气 没有劲 没气力",
    "cold": "发冷 冷 发抖 打颤 哆嗦 发寒 直抖",
    "hot": "发烫 滚烫 烫 好烫 烫手",
    "red": "红 发红 充血 通红 红红 红肿 红通通",
    "rashy": "疹子 红点 红疹 皮疹 红疙瘩 红斑 小红点 红点点 疹 疙瘩",
    "hard": "困难 费劲 费力 吃力 不畅 急促 不顺畅 不上来 不过来 不顺",
    "bad": "不好 差 不佳 不振 不行 不大好 不太好 减退 下降",
    "lost": "出问题 出了问题 有问题 不对 不对劲 异常 没了 失灵 减退 不灵 消失 丧失 迟钝 没有了 下降 全没 没",
    "low": "蔫 差 不好 不振 萎靡 不济 不佳 不大好 不太好 很差 不行",
    "lay": "睡不着 睡不好",
}
_COMBINE: tuple[tuple[str, str, str], ...] = (
    ("throat", "throaty", "sore_throat"), ("head", "pain", "headache"), ("head", "dizzy", "dizziness"), ("head", "hot", "fever"),
    ("nose", "blocked", "stuffy_nose"), ("nose", "running", "runny_nose"), ("chest", "pain", "chest_pain"),
    ("chest", "tight", "chest_tightness"), ("belly", "pain", "abdominal_pain"), ("joint", "sore", "arthralgia"),
    ("muscle", "sore", "myalgia"), ("muscle", "weak", "fatigue"), ("muscle", "cold", "chills"), ("muscle", "hot", "fever"),
    ("eye", "red", "conjunctivitis"), ("skin", "rashy", "rash"), ("breath", "hard", "dyspnea"), ("sleep", "bad", "insomnia"),
    ("appetite", "bad", "poor_appetite"), ("taste", "lost", "anosmia"), ("sleep", "lay", "insomnia"), ("spirit", "low", "fatigue"),
)  # fmt: skip
_BETWEEN = "[有点些儿很好也还特别太真老又一直阵仍是在总的挺蛮稍微略隐作里面啥得突然开始发上起了片都像刀割火烧就今早昨晚现地几个不没怎么觉感大会再经常多没啥也再]{0,5}?"

_CODES: dict[str, str] = {word: code for code, words in WORDS.items() for word in words.split()}
_IGNORED = frozenset(_NOT_SYMPTOMS.split())
_WORD = re.compile(trie_pattern([*_CODES, *_IGNORED]))


def _combinations() -> tuple[re.Pattern[str], dict[str, dict[str, str]]]:
    table: dict[str, dict[str, str]] = {}
    for part, wrong, code in _COMBINE:
        for place in _PARTS[part].split():
            for complaint in _WRONG[wrong].split():
                table.setdefault(place, {})[complaint] = code
    complaints = {complaint for row in table.values() for complaint in row}
    return re.compile(f"({trie_pattern(table)})({_BETWEEN})({trie_pattern(complaints)})"), table


_PART_WRONG, _PART_TABLE = _combinations()
# Verbs that part from their object ("发了一夜烧", "拉了三回肚子"), and food that tastes of nothing.
_APART = re.compile(
    "(?P<fever>发(?:着|了|起|过|点)[^,。;!?给到出水]{0,4}?(?<!退)烧(?![烤饼饭菜鸡鹅水酒香]))|"
    r"(?P<diarrhea>[拉跑闹泻屙窜](?:了|过|着)?(?:[好几两一二三四五六七八九十\d多半]{0,3}(?:次|回|趟|遍|天|夜|宿|上午|下午|早上|晚上))?(?:的)?(?:肚子|稀))|"
    "(?P<anosmia>(?:吃(?:饭|东西|啥|什么|菜|肉|糖)|嘴[里巴]?|口里|舌头)(?:都|也|觉得|感觉|总|一直|完全|尝着|吃着|还是|有点){0,3}没有?(?:什么|啥|一点|半点|任何)?(?:味道?|滋味)(?!的|道的))"
)
_DENYING = re.compile("不(?!断|停)|没(?!劲|力|精|完)|无(?!力)")

# An exclamation or an exaggeration, no illness ("笑得肚子疼", "真让人头疼").
_FIGURE_BEFORE = re.compile(
    r"(?:笑|气|看|听|吵|忙|急|愁|烦|冻|热|吓|踢|打|玩|跑|累|馋|撑|困|美|唱|写|念|盯|熬|搬|想|教|闹|闲|宅|逛|辣|吃多|骂|唠叨|折腾|爬|跳|练|难|算|改|作业|房价|学费)(?:得|到|的)(?:我|人|我们|老子|俺|咱|都|直|脑壳|脑袋)*$|"
    r"(?:让|叫|使|令)(?:人|我|我们|大家|爸妈|老母亲|老父亲|人家)(?:都|很|感到|觉得|真的|真是|好|有点|太)*$|(?:这事|这题|作业|物业|账单|房贷|价格|工资|数学|这天气|这事儿|开会)[^,]{0,4}$"
)
_BARE_FIGURE = re.compile(r"(?:我)?(?:头疼|头痛|晕|好晕|恶心|想吐|脑壳痛|脑壳疼|无力|吐了)(?:死了|啊|呀|哦|[!。,…~]|$)")


def find_symptom_tokens(text: str) -> list[Token]:
    """Every symptom word with its place; whether it is denied or past is decided elsewhere."""
    found: list[Token] = []
    for match in _WORD.finditer(text):
        word = match[0]
        if word not in _IGNORED and not _stray(text, match):
            found.append(Token(match.start(), match.end(), "symptom", _CODES[word], f"symptom.{_CODES[word]}"))
            if word == "上吐下泻":
                found.append(Token(match.start(), match.end(), "symptom", "vomiting", "symptom.vomiting"))
    for match in _PART_WRONG.finditer(text):
        code = _PART_TABLE[match[1]].get(match[3])
        if code and not any(token.start <= match.start() and token.end >= match.end() for token in found):
            if (
                text.startswith("汗", match.end())
                or (match[1] == "鼻" and match[3] == "没")
                or (match[3] in ("重", "沉", "烫") and match[1] == "投")
            ):
                continue
            denied = bool(_DENYING.search(match[2]))
            if denied and any(token.start < match.end() and token.end > match.start() for token in found):
                found = [token for token in found if token.end <= match.start() or token.start >= match.end()]
            found.append(
                Token(match.start(), match.end(), "symptom", code, "symptom.denied" if denied else "symptom.part")
            )
    for match in _APART.finditer(text):
        if not any(token.start < match.end() and token.end > match.start() for token in found):
            code = match.lastgroup or ""
            found.append(Token(match.start(), match.end(), "symptom", code, f"symptom.{code}"))
    found.sort(key=lambda token: (token.start, -token.end))
    return found


def is_figure_of_speech(text: str, token: Token, floor: int) -> bool:
    """Whether the complaint is an exaggeration about something else."""
    return bool(_FIGURE_BEFORE.search(text[max(floor, token.start - 16) : token.start]))


def _stray(text: str, match: re.Match[str]) -> bool:
    word, before, after = match[0], text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if (word.startswith("烧") and before in "壶水锅炉器油汤奶茶粥酒" and before) or (
        word.endswith("吐") and after in "血槽" and after
    ):
        return True
    if word == "烧":
        return not (before in "还又在再没不退" and bool(before)) and after not in "到得着"
    if word in ("烧了", "烧得", "烧着", "烧成", "烧到"):
        return (before in "燃焚红" and bool(before)) or (after in "菜饭水鱼肉壶锅汤一几香" and bool(after))
    if word in ("吐", "呕"):
        return not (before in "不没还又一直光在想就老,。 喂饭后完会总饭" or not before) or after in "槽司字舌丝气露核籽"
    if word in ("咳", "喘"):
        return (after in "咳息口" and bool(after)) or (before in "咳气止" and bool(before))
    if word in ("无力", "没劲", "蔫了", "发软", "嗽", "痰", "红眼", "眼红"):
        return (word == "没劲" and not re.search("浑|身|腿|手|有点|还|挺|都|,|^", before)) or (
            before in "软随止化" and bool(before)
        )
    if word == "吐了":
        return before in "我看听" and bool(before) and after in "!啊呀" and bool(after)
    return (after == "药" and bool(after)) or (before in "止防治退" and bool(before))
