"""Words that say how somebody is without naming a symptom, and words that take a number back."""

import re

from parsing.writing.lexicon import Pattern, Token
from parsing.writing.wordscan import WordScan

_WELL = (
    "一切正常 一切都正常 一切安好 一切良好 一切都好 一切很好 都正常 均正常 全部正常 全都正常 体温正常 正常 无症状 没症状 没有症状 没有任何症状 无任何症状 都没症状 无其他症状 没有其他症状 没其他症状 没别的症状 没有别的症状 "
    "无不适 没有不适 没不适 没有任何不适 无任何不适 均无不适 没有不舒服 没有什么不舒服 没什么不舒服 没啥不舒服 没不舒服 没有哪里不舒服 没哪里不舒服 没有什么不舒服的 没啥不适 没什么不适 没什么症状 没啥症状 没什么异常 没啥异常 无异常 没有异常 没异常 未见异常 均无异常 无异样 "
    "没毛病 没啥毛病 没什么毛病 没病没痛 没病没灾 无恙 身体健康 身体正常 身体挺好 身体很好 身体好 身体良好 状态良好 状态正常 状况良好 情况正常 无其他不适 没有其他不适 没其他不适 没有不舒服的地方 没有什么症状 不难受 没有难受 没感觉不舒服 没觉得不舒服 没什么感觉 啥症状没有 啥毛病没有 啥事没有 "
    "啥症状也没有 啥症状都没有 什么症状都没有 什么症状也没有 症状无 症状:无 症状: 无 没有啥不舒服 没有症状的 不适无 没有任何问题 无特殊 没特殊 无变化 没得啥子 木有不舒服 无不舒服 症状没有 没有不良反应 未出现症状 未有症状 症状为无 不适症状无 无不良症状 没有感觉不适 没有感到不适 没觉着不得劲 身体无恙 正常的 正常着 没有半点不适"
)
_WELL_WEAK = "能吃能睡 好得很 好好的 好着呢 好着哩 好着咧 活蹦乱跳 生龙活虎 精神很好 精神好 精神不错 精神挺好 状态不错 精神着呢 精神头好 浑身舒坦 舒坦 硬朗 好唻 健康 良好 没事 没事儿 没事情 没啥事 没什么事 没得事 莫得事 没问题 都好 都挺好 都很好 都没事 都还好 都好着 都蛮好 挺好 挺好的 很好 蛮好 蛮好的 还好 好的很 还行 都ok OK ok 平安 安好 都平安 好着咯 好着类 好着哒 好着嘞 好着咪 得劲着呢 得劲得很 中着嘞 中得很 嘹咋咧 嘹得很 美得很 谄得很 攒劲 杠杠的 倍儿棒 棒棒的 棒棒哒 蛮健 硬朗得很 健健康康 平平安安 吃得香睡得香 吃得下睡得着 吃得好睡得好 吃嘛嘛香 能吃能喝 能跑能跳 能蹦能跳 欢蹦乱跳 精神抖擞 精神头足 精神头十足 精神饱满 精神得很 精神矍铄 精神头好着呢 精神蛮好 好得不得了 好得飞起 倍儿精神 勿念 睡眠均佳 饮食睡眠均佳 饮食正常 一切照旧 一切照常 妥妥的 好手好脚 没灾没病 没病没恙 无病无灾 蛮适意 适意得很 蛮舒服 舒舒服服 没啥好讲 侪好 侪正常 侪蛮好 都中 都得劲 都安逸 都巴适 都硬朗 硬硬朗朗 没得感觉 没得啥子感觉 啥感觉没有 啥感觉都没 状态在线 状态很好 状态挺好 状态蛮好 状态还行 啥都好 样样好 好了 都可以 可以 还可以 不错 也好 也没事 我好 无碍 没大碍 无大碍 木事 冇事 没啥 都没啥 没什么 都健康 都好好的 都好的 好好哒 好滴很 都行"
_UNWELL = "不舒服 不太舒服 不大舒服 有点不舒服 不怎么舒服 不适 身体不适 难受 感冒 感冒了 不得劲 不对劲 不太好 不大好 不太对劲 不太对 身体不好 病了 生病了 生病 不爽利 不舒坦 不太舒坦 着凉了 着凉 受凉了 状态不好 状态不太好 不大得劲 不好受 唔舒服 不适意 不太适意 不太得劲 不对头 人不好 不自在 伤风 中招了 不大适意 重感冒 小感冒 轻微感冒 有点感冒 感冒中 感冒还没好 感冒没好 感冒又犯 感冒加重 热伤风 受寒 受凉 着了凉 冻着了 吹着了 受了风 受了寒 凉着了 病倒了 病倒 病恹恹的 抱恙 欠安 欠佳 身体欠佳 身子不爽 有恙 微恙 害病 害病了 得病了 生毛病 病歪歪 病殃殃 要感冒 快感冒 像感冒 像是感冒 怕是感冒 好像感冒 可能感冒 疑似感冒 状态差 状态不佳 状态不行 人不行 人难过 人难受 浑身难受 全身难受 难受得很 难受死 遭不住 身体不对劲 哪哪都难受 哪哪都不对 哪儿都难受 哪里都难受 不大对头 不太对头 不好过 不来神 不来塞 身体出状况 人软塌 不大好受 不太好受 不咋好 不怎么好 不咋得劲 不咋舒服 有点不好 有些不好 有点难受 有些难受 没好利索 没好透 还没好 没好全 还没恢复 还没缓过来 身体抱恙 感染风寒 风寒 风热感冒"
_IGNORED = (
    "无症状感染 无症状感染者 无症状患者 无症状病例 无症状者 正常吗 正常不 正常么 正常嘛 正常吧 不正常 不太正常 恢复正常 正常上班 正常开 正常营业 正常供应 正常上学 正常出 正常使用 正常进 正常走 正常通 正常发 正常送 正常情况 正常人 正常范围 正常体温 正常值 正常生活 正常工作 正常运 正常吃 正常排 正常出入 正常的话 算正常 "
    "老毛病 老病 旧病 职业病 心病 毛病 通病 富贵病 病友 病人 病历 病房 病假 健康码 健康打卡 健康上报 健康登记 健康宝 健康证 健康情况 健康状况 健康申报 健康监测 健康教育 健康接龙 健康第一 祝健康 健康饮食 健康快乐 身体健康平安 祝大家身体健康 祝您身体健康 祝身体健康 祝你身体健康 大家身体健康 注意身体健康 保持健康 健康平安 大家健康 健康科 健康日报 健康报 健康顾问 健康档案 健康管理 "
    "没问题吧 没问题吗 有没有问题 没事吧 没事吗 没事干 没事做 没事找事 没事就 没事别 没事不 没事少 没事可 没事爱 没事的时候 没事尽量 没事多 闲着没事 好了吗 好了没 好了么 好了再 还好吗 还好吧 还好没 还好有 还好是 还好我 还好不 平安吗 平安符 平安夜 平安保险 平安银行 平平安安 平安归来 可以吗 可以不 可以么 可不可以 不可以 是否可以 可以的话 就可以 可以去 可以来 可以帮 可以出 可以买 可以送 可以给 可以用 可以在 可以开 可以直 可以做 可以进 可以到 可以吃 可以打 可以拿 可以下 可以叫 可以请 可以借 "
    "很好吃 很好看 很好用 很好玩 挺好吃 挺好看 挺好用 挺好玩 很好喝 不好吃 不错过 还行吗 好看 好吃 好玩 没什么用 没什么可 没什么好 没什么事做 没啥用 没啥好 没啥可 没什么人 没什么菜 没啥菜 没啥人 没什么吃 没什么意思 没啥意思 没什么大不了 没什么味 没啥味 没什么胃口 没啥胃口 没什么力气 没啥力气 没什么劲 没啥劲 没什么不 没啥不 "
    "感冒药 感冒灵 感冒颗粒 感冒冲剂 感冒通 对电影不感冒 不感冒 预防感冒 没感冒 没有感冒 未感冒 别感冒 小心感冒 以免感冒 难受死 心里难受 不难受了 感冒的人 怕感冒 不会感冒 感冒好了 感冒已经好 感冒早好 无感冒 流感冒 心里不舒服 看着不舒服 听着不舒服 看着难受 心里不太舒服 ok吗 OK吗 ok了 facebook look book tiktok tok 注意别着凉 别着凉 生病的人 生病了怎么 没生病 没有生病 怕生病 别生病 不生病 少生病 容易生病 生病住院 "
    "好了别 好了不说 好了好了 好了我 好了大家 说好了 买好了 做好了 修好了 办好了 弄好了 放好了 准备好了 量好了 填好了 写好了 搞好了 商量好了 太好了 约好了 就好了 更好了 够好了 最好了 好了呀 收好了 登记好了 打好了 报好了 发好了 装好了 安排好了 想好了 定好了 该多好了 到了就好 电梯好了 网好了 水好了 电好了 烧好了 吃好了 看好了 听好了 关好了 送好了 带好了 戴好了"
)
_KINDS: dict[str, str] = dict.fromkeys(_IGNORED.split(), "")
for _kind, _words in (("well_weak", _WELL_WEAK), ("unwell", _UNWELL), ("well", _WELL)):
    _KINDS.update(
        dict.fromkeys((word for word in _words.replace("症状: 无", "").split() if _KINDS.get(word) != ""), _kind)
    )
_STATE = WordScan(_KINDS)
# "人不大适意", "身上唔系几舒服", "哪哪都不得劲": a word for comfort denied. Words for a mood need a body beside them.
_NOT = "(?:[不唔勿弗](?:太|大|怎么|咋|很|是很|甚|多|那么|算|系几|几|见得|觉得)?|没那么|冇咁)"
_COMFORT = "舒服|舒适|适意|舒坦|得劲|好受|爽利|安逸|巴适|受用|舒爽|熨帖|松快|安适"
_MOOD = "自在|对劲|痛快|爽快?|利索|利落|灵光|带劲|对头|好过|安生|来神|精神|硬朗|灵便"
_UNWELL_SHAPES = Pattern(
    f"{_NOT}(?:{_COMFORT})|(?:人|身上|身体|身子骨?|浑身|全身|周身|哪哪|哪儿|哪里|满身)(?:上下)?[有些点今天都也就觉得感还总老是儿一直很太挺]{{0,4}}{_NOT}(?:{_MOOD})"
)
_UNWELL_LETTERS = frozenset("不唔勿弗没冇")  # one of them stands in each of these shapes
_NO_ILLNESS = Pattern(
    "(?:心里头?|跟着|最|每到[^,。;!?]{0,8}|想起|想想|那一刻|替你|替他|心情|心头|看着|听着|想着|看得|听得|说得|穿着|穿得|坐着|坐得|住着|住得|鞋|床|沙发|衣服|口罩|戴着|戴得|位置|座位)[^,。;!?]{0,4}$"
)
_WELL_SHAPES = Pattern(
    r"(?:没有?|无|莫得|木有|没得|未见|未出现|未有|并无|冇)(?:任何|什么|啥子?|出现|其他|其它|别的|哪里|哪儿|感觉|感到|觉得|觉着|明显|身体|一点|半点|特别|的|特殊|可疑|相关|上述|以上|这些|那些|发现)*(?:不舒服|不适|症状|异常|毛病|不对劲|不正常|问题|情况|难受|不得劲|不良反应|病)|"
    r"(?:不适|症状|异常)(?:情况)?[:是为 ]*(?:无|没有|否)(?![力])|"
    r"(?:身体|身上|感觉|精神|状态|状况|人|胃口|啥)(?:都|也|还|一直|一切)*(?:挺|很|蛮|非常|比较|还|倍儿?)?(?:好|棒|不错|可以)(?=$|[^一-鿿]|[的了呢哩嘞着咧啊呀哦哈得很])|"
    r"啥(?:事|症状|毛病)(?:都|也)?(?:没有|没)|一切(?:都)?(?:好|OK|ok|平安|如常|正常)|"
    r"(?:都|全)?(?:低于|不到|没有?超过?|没过|不超过|不高于|没有?一个(?:超过?|上|过)?)(?:37|三十七)(?:[.点]\d)?[度℃]?(?!\d)的?|(?<!\d)37(?:\.\d)?度?以下"
)
_WELL_LETTERS = frozenset("没无莫木未并冇否好棒错可切7七")  # one of them stands in each of these shapes
_DENY_UNWELL = Pattern(
    r"(?:不|没有?|无|未|木有|没觉得|不觉得|没感觉|没什么|没啥|莫得|哪里|并无)(?:出现|感到|感觉|任何|什么|啥|身体|有|觉得|怎么|其他|别的|明显)*$"
)
_WRONG = Pattern(
    "不作数|不算数?|量错|测错|写错|打错|输错|看错|报错|填错|发错|记错|按错|说错|手误|(?:不|没)准(?!备|时|点|许|出|进)|没夹好|没夹紧|没夹住|没放好|没甩|有误|错了|更正|纠正|作废|误报|写反|搞错|弄错|"
    "刚(?:喝|吃|洗|跑|运动|健身|晒)(?:了|完)|没量好|没测好|当不得真|不对,|笔误|多打了|少打了|应为|应该是|写岔|瞎量|坏了[,量]|[枪计表]坏了|坏的|坏掉|夹松|"
    "别(?:记|录|填|算|当真|理|管|信|登)|[做作当]不?得?不得?[准数]|不作准|作不得|划掉|划去|删掉|删了|忽略|无视|当没(?:说|看)|撤回|乱跳|抽风|发神经|疯了|失灵|不靠谱|不可信|虚高|"
    "(?:捂|晒|烫|焐|烤|跳操跳|跑步?跑|哭)(?:热|出来)?的|没(?:夹|放)[好紧住稳]|接触不良|作怪"
)
# "以36.6为准", "36.6才是真的": this one holds, the others do not.
_HOLDS = Pattern("为准|才是真|才对|才准|才算数|是对的|更正为|改为|改成")
_UNTOLD = ("不", "没", "没有", "不太", "不是很", "才算", "算", "是否", "是不是", "恢复", "唔", "勿", "弗")
_DONE = frozenset(
    "煎煮做修买办弄放备量填写搞约收记打报发装排想定网水电吃看听关送带戴洗晾炖蒸炒包取接订拍拿选配开抓熬泡说讲谈"
)
_ALSO_NAMES = frozenset(("平安", "健康", "安好", "安康", "良好"))
_READ_NEXT = Pattern(r" ?(?:体温|早|晚|\d\d[.。度点℃]|三十)")
_OWN = Pattern("我|今|都|感觉")
_NOT_VALUE = Pattern(r"(?:不是|并非|而非|不应是|而不是|非) ?$")


def states(text: str) -> list[Token]:
    """Statements of being well or unwell as tokens of kind `well`, `well_weak`, `unwell`."""
    found: list[Token] = []
    taken: set[int] = set()
    for start, end, kind in (*_shapes(text), *_STATE.scan(text)):
        if kind and taken.isdisjoint(range(start, end)) and (token := _told(text, start, end, kind)):
            found.append(token)
            taken.update(range(start, end))
    found.sort(key=lambda token: token.start)
    return found


def _shapes(text: str) -> list[tuple[int, int, str]]:
    """States put together from parts, those of being well first."""
    found: list[tuple[int, int, str]] = []
    if not _WELL_LETTERS.isdisjoint(text):
        found += [
            (match.start(), match.end(), "well") for match in _WELL_SHAPES.finditer(text) if _is_said(text, match)
        ]
    if not _UNWELL_LETTERS.isdisjoint(text):
        found += [(match.start(), match.end(), "unwell") for match in _UNWELL_SHAPES.finditer(text)]
    return found


def _is_said(text: str, match: re.Match[str]) -> bool:
    """Not asked ("有没有不舒服", "身体好吗"), nor wished ("身体好")."""
    start, end = match.span()
    if match[0].startswith("身体") and match[0].endswith("好") and not _OWN.search(text, max(0, start - 60), end):
        return False
    asked = text[end : end + 1]
    return not (asked and asked in "吗么没不嘛") and not text.startswith(("有没有", "有无"), max(0, start - 1))


def _told(text: str, start: int, end: int, kind: str) -> Token | None:
    """The state as a token, turned round where it is denied; none where it is asked after or said of something else."""
    before, word = text[max(0, start - 8) : start], text[start:end]
    if kind == "unwell":
        if _NO_ILLNESS.search(before):
            return None
        kind = "well" if _DENY_UNWELL.search(before) else kind
    elif _is_no_state(text, start, end, before):
        return None
    return Token(start, end, kind, word if word in _KINDS else "", f"state.{kind}")


def _is_no_state(text: str, start: int, end: int, before: str) -> bool:
    word = text[start:end]
    if word == "好了" and before[-1:] in _DONE:  # "煎好了"
        return True
    return (word in _KINDS and before.endswith(_UNTOLD)) or _is_name(text, start, end)


def _is_name(text: str, start: int, end: int) -> bool:
    """ "2. 平安 36.7" names somebody."""
    return (
        text[start:end] in _ALSO_NAMES
        and bool(_READ_NEXT.match(text, end))
        and text[start - 1 : start] in ("", " ", "、", ".")
    )


def takes_back(text: str, start: int = 0, end: int | None = None) -> bool:
    """Whether the text says that a number in it was wrong."""
    stretch = text[start:end]
    if _HOLDS.search(stretch):
        return any(stop in stretch for stop in ",。;!?\n")
    return bool(_WRONG.search(stretch))


def is_taken_back(text: str, place: int) -> bool:
    """Whether the number at this place is the wrong one ("不是38.5")."""
    return bool(_NOT_VALUE.search(text, max(0, place - 6), place))
