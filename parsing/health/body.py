"""Parts of the body and what is wrong with them, with words in between ("脑瓜子嗡嗡疼", "鼻子也不通", "揉脑袋喊疼")."""

from collections.abc import Iterator
from typing import NamedTuple

from parsing.writing.lexicon import Pattern
from parsing.writing.wordscan import WordScan

# `other` holds the parts that no code is for: a complaint near them is not said of the part before.
_PARTS: dict[str, str] = {
    "throat": "嗓子 喉咙 咽喉 喉头 嗓子眼 嗓子眼儿 嗓眼 咽部 喉龙 喉 胡咙 喉咙管 喉咙口 喉咙头 喉管 嗓 嗓门 嗓门子 咽喉部 桑子 颈喉 咽 扁桃体 扁桃腺",
    "head": "头 脑壳 脑袋 脑瓜 脑瓜子 脑袋瓜 脑袋瓜子 脑子 太阳穴 额头 头部 头里 脑阔 脑仁 脑仁子 脑仁儿 脑门 脑门子 后脑勺 后脑壳 后脑 头壳 脑壳子 脑门心 头顶 天灵盖 半边头 眉骨 头脑",
    "nose": "鼻子 鼻 鼻腔 鼻孔 鼻头 鼻窟窿 鼻公 鼻哥 鼻子眼 鼻子眼儿 鼻窦",
    "chest": "胸口 胸 心口 胸部 胸腔 胸前 前胸 胸膛 胸脯 心窝 心窝子 心口窝 胸骨 胸腔里 心前区",
    "belly": "肚子 肚皮 肚 腹部 小腹 胃 胃里 肚肚 小肚子 胃部 肚脐 肚脐眼 下腹 上腹 肚里 肠子 肠胃 胃口窝 大肚皮",
    "joint": "关节 膝盖 手指关节 膝关节 关节处 骨节 指关节 波棱盖 磕膝头 克膝头 磕膝盖 膝头 膝盖骨 膝头哥 脚趾关节 肩关节 髋关节 踝关节 肘关节 腕关节 指节 手指节 胳膊肘",
    "muscle": "浑身 全身 身上 肌肉 周身 四肢 骨头 骨头缝 身子 一身 满身 混身 浑身上下 全身上下 腰背 身体 周身上下 骨头架子 身子骨 胳膊腿 通身 遍身 浑身骨头 浑身骨头缝 浑身骨头缝里 全身骨头缝 全身骨头缝里 全身肌肉 浑身肌肉 全身骨头 皮肉 骨头缝里",
    "limb": "手脚 两腿 双腿 腿 腿脚 两条腿 手 脚 人 双手 腿肚子 胳膊 两只脚",
    "back": "后背 脊背 背心 背脊 脊梁骨 脊梁 后脊梁 背上",
    "eye": "眼睛 双眼 眼白 两眼 左眼 右眼 两只眼睛 眼珠子 一只眼睛 眼 眼球 眼珠 眼仁 眼里 眼底",
    "skin": "身上 胳膊 手臂 后背 脸上 背上 腿上 脖子 皮肤 手上 肚皮上 胸前 全身 浑身 胳膊上 脖子上 脸 肚子上 屁股上 大腿 身上皮肤 手背 脚上 胸口 额头上 手心",
    "breath": "呼吸 喘气 出气 换气",
    "appetite": "胃口 食欲 饭量",
    "taste": "嗅觉 味觉 味蕾",
    "sleep": "睡眠 觉",
    "spirit": "精神 精神头 精气神 精神状态",
    "other": "腰 牙 牙齿 牙龈 肩 肩膀 屁股 耳朵 耳 腮帮子 腮 嘴 嘴巴 嘴角 手指 手指头 脚趾 脚跟 脚后跟 脚踝 手腕 伤口 针眼 刀口 肝 肾 肋骨 颈椎 腰椎 乳房 膀胱 尿 下巴 肘子 腰杆 膀子 针口 打针的地方",
}  # fmt: skip
_WRONG: dict[str, str] = {
    "pain": "疼 痛 疼痛 酸痛 酸疼 腾 绞痛 刺痛 胀痛 隐痛 抽痛 扯痛 胀疼 炸开 要炸 裂开 快炸 要裂 快裂 炸裂 绞着 拧着 疼痛感 作痛 发疼 发痛",
    "sore": "疼 痛 酸痛 酸 酸疼 疼痛 酸胀 胀痛 作痛 发酸 酸软无力疼",
    "throaty": "疼 痛 干 痒 哑 肿 难受 发炎 冒烟 红肿 不舒服 沙哑 火辣辣 腾 干痒 发干 发痒 不爽 发紧 刺挠 着火 冒火 刀片 刀割 刀剌 刀拉 针扎 "
    "针刺 砂纸 玻璃碴 玻璃渣 火烧 火燎 拉得慌 剌得慌 毛毛的 毛毛 团火 有火 不太得劲 不大得劲 不太爽 不太好 毛剌剌 毛糙糙 嘶哑 发哑 肿痛 刺痛 辣乎乎 发辣 化脓 肿大 不得劲 咽不下 不大舒服 不太舒服 不适 不大爽 不怎么舒服 不对劲 不好受",
    "dizzy": "晕 昏 晕乎 昏沉 沉 重 晕晕 晕乎乎 昏沉沉 发晕 发昏 发沉 发懵 晕晕乎乎 昏昏沉沉 犯晕 打晕",
    "blocked": "堵 塞 不通 不透气 堵住 不通气 囔 齉 不通畅 不出气 透不了气 透不过气 堵哒 塞牢 塞住 囔囔 通不了 不畅通 堵得 灌了水泥 灌了铅 塞了棉花 塞了团 塞了东西 水泥 棉花",
    "running": "流水 流清水 流鼻涕 滴水 淌水 淌清水 流个不停 流不停 淌个不停 滴个不停 水龙头 开了闸 止不住地流 流稀 往下淌 嗒嗒滴 嗒嗒渧 流涕",
    "tight": "闷 堵 憋 发闷 憋得慌 压得慌 闷得慌 发紧 发堵 憋闷 石头 压着 喘不上 透不过",
    "weak": "没劲 没力气 乏力 无力 没力 软 发软 没得力气 乏 没有力气 没有劲 没气力 酸软 使不上劲 使不上力 软绵绵 软趴趴 没得劲 没得力 发虚 虚 虚着 虚弱 虚得很 没一点劲 没一点力 提不起劲 打软 灌了铅",
    "cold": "发冷 冷 发抖 打颤 哆嗦 发寒 直抖 发凉 冷飕飕 凉飕飕 打抖 打战 打哆嗦 冒凉气 冒冷气 寒颤颤 冰冷",
    "backcold": "发冷 发凉 冷飕飕 凉飕飕 冒凉气 发寒 飕飕凉 凉丝丝",
    "hot": "发烫 滚烫 烫 好烫 烫手 火烫 火炉 滚热 烫得 烫人 火炭 暖炉 火炭儿 火热",
    "red": "红 发红 充血 通红 红红 红肿 红通通 血丝 血红 红得",
    "rashy": "疹子 红点 红疹 皮疹 红疙瘩 红斑 小红点 红点点 疹 疙瘩 红包 水泡疹",
    "hard": "困难 费劲 费力 吃力 不畅 急促 不顺畅 不上来 不过来 不顺 不匀 发紧 短促 费老劲 粗",
    "bad": "不好 差 不佳 不振 不行 不大好 不太好 减退 下降 很差 不咋样 不咋地 不咋好 欠佳 睡不好 睡不踏实 睡不着 变差 减半 减了 小了",
    "dulled": "失灵 不灵 罢工 不好使 闻不到 闻不出",
    "lost": "出问题 出了问题 有问题 不对 不对劲 异常 没了 失灵 减退 不灵 消失 丧失 迟钝 没有了 下降 变差 罢工 下岗 离家出走 不灵光 不灵敏",
    "low": "蔫 差 不好 不振 萎靡 不济 不佳 不大好 不太好 很差 不行 提不起来 打不起来 欠佳 萎 不足 恹恹",
    "lay": "睡不着 睡不好",
}
_COMBINE = (
    "throat throaty sore_throat|head pain headache|head dizzy dizziness|head hot fever|nose blocked stuffy_nose|"
    "nose running runny_nose|chest pain chest_pain|chest tight chest_tightness|belly pain abdominal_pain|"
    "joint sore arthralgia|muscle sore myalgia|muscle weak fatigue|limb weak fatigue|muscle cold chills|"
    "back backcold chills|muscle hot fever|eye red conjunctivitis|skin rashy rash|breath hard dyspnea|sleep bad insomnia|"
    "appetite bad poor_appetite|taste lost anosmia|sleep lay insomnia|spirit low fatigue|nose dulled anosmia"
)
# Words that hold one of the above and are none.
_NEITHER = (
    "心疼 心痛 疼爱 胃镜 肠镜 无痛 喉镜 鼻镜 鼻饲 头盔 痛快 痛苦 痛心 痛恨 痛骂 止痛 止疼 镇痛 头发 头条 里头 外头 前头 后头 上头 下头 码头 念头 馒头 石头 老头 木头 镜头 钟头 年头 风头 回头 手头 拳头 罐头 枕头 "
    "舌头根 苗头 头一回 头一次 头一天 头一个 头两天 头几天 头孢 头盔 头绳 头儿 头奖 头衔 头版 头目 头头 龙头 浪头 口头 渡头 眉头 势头 锄头 斧头 噱头 甜头 苦头 彩头 兆头 床头 车头 街头 巷头 桥头 村头 田头 带头 "
    "摇头 埋头 扭头 探头 出头 接头 插头 喷头 水龙 磕头 理发 剃头 烫头 染头 洗头 梳头 工头 老头子 对头 头上 行头 灶头 屋头 眼看 眼下 眼镜 眼前 眼光 眼泪 眼药 眼红 心眼 亲眼 一眼 显眼 耀眼 转眼 眼馋 眼熟 眼巴巴 抢眼 "
    "喉糖 胸牌 胸卡 胸罩 胸针 胸有 肚量 胃药 鼻梁 鼻祖 鼻炎 手机 手动 手续 手工 手册 手套 手表 手里 手上的 手边 手把 手抓 手写 手艺 手头紧 动手 对手 新手 选手 歌手 帮手 凶手 高手 分手 放手 洗手 双手 握手 举手 人手 手软 随手 顺手 "
    "脚步 脚本 脚下 山脚 墙脚 拐脚 插脚 桌腿 椅腿 火腿 鸡腿 跑腿 脸色 丢脸 脸盆 洗脸 刷脸 人脸 脸皮 扫脸 觉得 感觉 发觉 自觉 察觉 错觉 直觉 咽下 咽了 吞咽 尿不湿 尿布 尿片 嘴上 嘴硬 嘴甜 顶嘴 吵嘴 插嘴 "
    "沉默 沉重 沉稳 重要 重新 重复 重点 重庆 重视 重阳 重大 重症 重的 重修 重量 重度 软件 软糖 软硬 冷静 冷门 冷饮 冷库 冷藏 冷清 冷战 冷水 冷风 冷气 冷天 冷空 红包的 红包群 红码 红绿灯 红烧 红薯 红枣 红糖 红区 红火 红色 红十字 "
    "闷骚 闷热 堵车 堵路 堵门 堵住门 堵塞 下水道 干活 干嘛 干啥 干净 干部 干脆 干什么 干吗 干货 干粮 干扰 干着 干完 干了 干不 干得 肿瘤 差不多 差点 差一点 差别 出差 差错 差劲 差评 没事 没有问题 没问题 没关系 不差 "
    "不好意思 烫发 烫衣 急促销 粗心 粗粮 流鼻血 流血 乏味 炸鸡 炸弹 塞车 腰果 腰带 腰包 酸奶 酸菜 酸辣 酸甜 酸汤 酸性 酸溜 核酸 盐酸 碳酸 乳酸 尿酸 酸碱 昏迷 昏倒 昏暗 黄昏 晕倒 晕车 晕船 晕菜 晕死 重新来 没准 没空 没人 没钱 没法 没想 没什么 没有"
)
_CLEAR = frozenset(_WRONG["pain"].split()) - {"腾", "绞着", "拧着"} | frozenset(
    "刀片 刀割 刀剌 针扎 针刺 砂纸 冒烟 着火 冒火 团火 玻璃碴 玻璃渣 火烧 火燎 水龙头 开了闸 血丝 石头 灌了铅 灌了水泥 塞了棉花 水泥 棉花 火炉 火炭 发炎 化脓".split()
)
_SMALL = frozenset(
    "有点些儿很好也还特别太真老又一直阵仍是在总的挺蛮稍微略隐里面啥得突然开始发上起了片都像刀割火烧就今早昨晚现地几个不没怎么觉感大会再经常多两边左右完全跟似整死有时老是全部子头一丢超巨贼可恁嘞哒勒咗牢嗡突跳只块犯着把给往外我"
)
_STOPS = frozenset(",。;!?\n0123456789:我他她它您你娃孩")
_NOT_DENIED = Pattern(
    "(?:没有?[一哪]?[处个块]?(?:地方)?不|[时动受忍止停断好差要]不|不(?:停|断|住|上|掉|开|动|清|完|了(?![,。]|$)|时|知|晓|由|光|仅|但|止|只|得了|是一般|轻)|没(?:劲|力|精|完|命|日|少|断|停|来由|个|好|退|消)|无(?:力|缘)|忍不住)"
)
_DENYING = Pattern("[不没无勿唔弗]")
_JOINING = Pattern("(?:[和跟与及、同,]|还有|连着?|带|以及|加上?)+")


class Complaint(NamedTuple):
    """A part of the body with what is wrong with it."""

    start: int
    end: int
    code: str
    denied: bool


def _table() -> dict[tuple[str, str], str]:
    rows = (row.split(" ") for row in _COMBINE.split("|"))
    return {
        (place, complaint): code
        for part, wrong, code in reversed(list(rows))
        for place in _PARTS[part].split()
        for complaint in _WRONG[wrong].split()
    }


_TABLE = _table()
_IS_PART = frozenset(word for words in _PARTS.values() for word in words.split())
_PART_WORDS = WordScan(dict.fromkeys(_IS_PART, ""))
_WORDS = WordScan(
    dict.fromkeys(_NEITHER.split(), "")
    | {word: word for words in _WRONG.values() for word in words.split()}
    | {word: word for word in _IS_PART}
)


def complaints(text: str) -> Iterator[Complaint]:
    """Each complaint with the part before it that it is said of, left to right."""
    if not _PART_WORDS.may_find(text):
        return
    parts: list[tuple[int, int, str]] = []  # the part last named, with those joined to it
    for start, end, word in _WORDS.scan(text):
        if not word:
            continue
        if word in _IS_PART:
            between = text[parts[-1][1] : start] if parts else " "
            joined = not between or bool(_JOINING.fullmatch(between))
            parts = [*(parts if joined else []), (start, end, word)]
            continue
        if parts:
            yield from _said_of(text, parts, start, end, word)


def _said_of(text: str, parts: list[tuple[int, int, str]], start: int, end: int, word: str) -> Iterator[Complaint]:
    gap = text[parts[-1][1] : start]
    if not _spans(gap, word):
        return
    if (parts[-1][2], word) not in _TABLE:
        return
    denied = bool(gap) and bool(_DENYING.search(_NOT_DENIED.sub("", gap[-6:])))
    seen: set[str] = set()
    for place, (at, stop, part) in enumerate(parts):
        code = _TABLE.get((part, word))
        adjacent = place + 1 < len(parts) and parts[place + 1][0] == stop  # "全身关节": only the last is meant
        if code and code not in seen and not adjacent:
            seen.add(code)
            yield Complaint(at, end, code, denied)


def _spans(gap: str, word: str) -> bool:
    """Whether a complaint may stand so far from its part: clear words far, others only behind small words."""
    if word in _CLEAR and len(gap) <= 11:
        return _STOPS.isdisjoint(gap)
    return len(gap) <= 6 and _SMALL.issuperset(gap)
