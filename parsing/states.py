"""Words that say how somebody is without naming a symptom, and words that take a number back."""

import re

from parsing.lexicon import Token, trie_pattern

_WELL = (
    "一切正常 一切都正常 一切安好 一切良好 一切都好 一切很好 都正常 均正常 全部正常 全都正常 体温正常 正常 无症状 没症状 没有症状 没有任何症状 无任何症状 都没症状 无其他症状 没有其他症状 没其他症状 没别的症状 没有别的症状 "
    "无不适 没有不适 没不适 没有任何不适 无任何不适 均无不适 没有不舒服 没有什么不舒服 没什么不舒服 没啥不舒服 没不舒服 没有哪里不舒服 没哪里不舒服 没有什么不舒服的 没啥不适 没什么不适 没什么症状 没啥症状 没什么异常 没啥异常 无异常 没有异常 没异常 未见异常 均无异常 无异样 "
    "没毛病 没啥毛病 没什么毛病 没病没痛 没病没灾 无恙 身体健康 身体正常 身体挺好 身体很好 身体好 身体良好 状态良好 状态正常 状况良好 情况正常 无其他不适 没有其他不适 没其他不适 没有不舒服的地方 没有什么症状 不难受 没有难受 没感觉不舒服 没觉得不舒服 没什么感觉 啥症状没有 啥毛病没有 啥事没有 "
    "啥症状也没有 啥症状都没有 什么症状都没有 什么症状也没有 症状无 症状:无 症状: 无 没有啥不舒服 没有症状的 不适无 没有任何问题 无特殊 没特殊 无变化 没得啥子 木有不舒服 无不舒服 症状没有 没有不良反应 未出现症状 未有症状 症状为无 不适症状无 无不良症状 没有感觉不适 没有感到不适 没觉着不得劲 身体无恙 正常的 正常着 没有半点不适"
)
_WELL_WEAK = "能吃能睡 好得很 好好的 好着呢 好着哩 好着咧 活蹦乱跳 生龙活虎 精神很好 精神好 精神不错 精神挺好 状态不错 精神着呢 精神头好 浑身舒坦 舒坦 硬朗 好唻 健康 良好 没事 没事儿 没事情 没啥事 没什么事 没得事 莫得事 没问题 都好 都挺好 都很好 都没事 都还好 都好着 都蛮好 挺好 挺好的 很好 蛮好 蛮好的 还好 好的很 还行 都ok OK ok 平安 安好 都平安 好了 都可以 可以 还可以 不错 也好 也没事 我好 无碍 没大碍 无大碍 木事 冇事 没啥 都没啥 没什么 都健康 都好好的 都好的 好好哒 好滴很 都行"
_UNWELL = "不舒服 不太舒服 不大舒服 有点不舒服 不怎么舒服 不适 身体不适 难受 感冒 感冒了 不得劲 不对劲 不太好 不大好 不太对劲 不太对 身体不好 病了 生病了 生病 不爽利 不舒坦 不太舒坦 着凉了 着凉 受凉了 状态不好 状态不太好 不大得劲 不好受 唔舒服 不适意 不太适意 不太得劲 人不好 不自在 伤风 中招了"
_IGNORED = (
    "正常吗 正常不 正常么 正常嘛 正常吧 不正常 不太正常 恢复正常 正常上班 正常开 正常营业 正常供应 正常上学 正常出 正常使用 正常进 正常走 正常通 正常发 正常送 正常情况 正常人 正常范围 正常体温 正常值 正常生活 正常工作 正常运 正常吃 正常排 正常出入 正常的话 算正常 "
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
_STATE = re.compile(trie_pattern(_KINDS))
_WELL_SHAPES = re.compile(
    r"(?:没有?|无|莫得|木有|没得|未见|未出现|未有|并无|冇)(?:任何|什么|啥子?|出现|其他|其它|别的|哪里|哪儿|感觉|感到|觉得|觉着|明显|身体|一点|半点|特别|的|特殊|可疑|相关|上述|以上|这些|那些|发现)*(?:不舒服|不适|症状|异常|毛病|不对劲|不正常|问题|情况|难受|不得劲|反应|病)|"
    r"(?:不适|症状|异常)(?:情况)?[:是为 ]*(?:无|没有|否)(?![力])|(?:身体|身上|感觉|精神|状态|状况|人|胃口|啥)(?:都|也|还|一直|一切)*(?:挺|很|蛮|非常|比较|还|倍儿?)?(?:好|棒|不错|可以)(?!像|些|点|一|多)|啥(?:事|症状|毛病)(?:都|也)?(?:没有|没)|一切(?:都)?(?:好|OK|ok|平安|如常|正常)"
)
_DENY_UNWELL = re.compile(
    r"(?:不|没有?|无|未|木有|没觉得|不觉得|没感觉|没什么|没啥|莫得|哪里|并无)(?:出现|感到|感觉|任何|什么|啥|身体|有|觉得|怎么|其他|别的|明显)*$"
)
_WRONG = re.compile(
    "不作数|不算数?|量错|测错|写错|打错|输错|看错|报错|填错|发错|记错|按错|说错|手误|不准|没夹好|没夹紧|没夹住|没放好|没甩|有误|错了|更正|纠正|作废|误报|写反|搞错|弄错|刚喝(?:了|完)热|没量好|没测好|当不得真|不对,|笔误|多打了|少打了|应为|应该是|写岔|瞎量|坏了[,量]|夹松"
)
_NOT_VALUE = re.compile(r"(?:不是|并非|而非|不应是|而不是|非) ?$")


def states(text: str) -> list[Token]:
    """Statements of being well or unwell as tokens of kind `well`, `well_weak`, `unwell`."""
    found: list[Token] = []
    for match in _WELL_SHAPES.finditer(text):
        if (
            match[0].endswith("好")
            and match[0].startswith("身体")
            and not re.search("我|今|都|感觉", text[: match.end()])
        ):
            continue
        if not re.match("[吗么没不嘛]", text[match.end() :]) and not text.startswith(
            ("有没有", "有无"), max(0, match.start() - 1)
        ):
            found.append(Token(match.start(), match.end(), "well", "", "state.well"))
    for match in _STATE.finditer(text):
        kind = _KINDS[match[0]]
        if not kind or any(token.start < match.end() and token.end > match.start() for token in found):
            continue
        before = text[max(0, match.start() - 8) : match.start()]
        if kind == "unwell" and _DENY_UNWELL.search(before):
            kind = "well"
        elif kind != "unwell" and before.endswith(
            ("不", "没", "没有", "不太", "不是很", "才算", "算", "是否", "是不是", "恢复")
        ):
            continue
        found.append(Token(match.start(), match.end(), kind, match[0], f"state.{kind}"))
    return found


def takes_back(text: str, start: int = 0, end: int | None = None) -> bool:
    """Whether the text says that a number in it was wrong."""
    return bool(_WRONG.search(text, start, len(text) if end is None else end))


def is_taken_back(text: str, place: int) -> bool:
    """Whether the number at this place is the wrong one ("不是38.5")."""
    return bool(_NOT_VALUE.search(text, max(0, place - 6), place))
