"""Symptoms told in a phrase: something that is lacking ("胃口都冇得"), a verb parted from its object ("拉了四五趟稀")."""

from collections.abc import Iterator

from parsing.writing.lexicon import Pattern

_NONE = "(?:没得?有?|无|莫得|木得|木有|么得|冒得|呒没|呒得|毫无)"
_BIT = "(?:一?[点丝丁星毫分]|半[点分丝毫]|多少|什么|啥子?|么子|太多|几多|太大|一点点|一丝丝|一丁点|点儿|一点儿|了|的|儿){1,3}"
_LEFT = "(?:半点|一点儿?|一丝丝?|丝毫|彻底|好像|基本上?|压根|根本|统统|完全|突然|已经|也|都|全|就|是|一下子|儿|快|又|还){0,4}"
_GONE = "(?:没有|没得|没了|没|莫得|木有|木得|么得|冒得|呒没|使不[上出]来?|使勿出|提不起来?|打不起来?|全无|尽失|不见了?|跑光|用光|耗尽)"
_NOUNS = "力气|气力|力道|劲头|劲儿?|精气神|精神头?|精力|体力|力|胃口|食欲|饭欲|味觉|嗅觉"
# "味觉都没问题" lacks nothing.
_NOT_A_LACK = "(?!问题|毛病|什么|啥|事|关系|影响|变|差|下降|减|大碍|异常|受|丢|丧失|消失|[有得]?[^,。;!?]{0,3}(?:问题|异常|影响|变化))"
_COUNT = "[好几两俩仨一二三四五六七八九十多半来\\d]{1,4}"
_TIMES = f"(?:{_COUNT}(?:次|回|趟|遍|泡|场|整?天|个?整?夜|宿|[个整]?(?:上午|下午|早上|早晨|晚上|白天)|个?(?:小时|钟头))|整[天夜宿晚])"
_OFTEN = f"{_COUNT}(?:次|回|整?天|个?整?夜)"
_EATEN = "(?:吃|喝|嚼|食)(?:饭|东西|啥子?|什么|么子|嘛|菜|肉|糖|水果|药|面|粥|起来|嘢)?|嘴[里巴]?|口里|口中|舌头|舌尖"
_FELT = "(?:都|也|觉得|感觉|总|一直|完全|尝着|吃着|还是|有点|全|现在|啥|跟|像){0,4}"

_THINGS = (
    dict.fromkeys("力气 气力 力道 劲头 劲儿 劲 精气神 精神头 精神 精力 体力 力".split(), "fatigue")
    | dict.fromkeys("胃口 食欲 饭欲".split(), "poor_appetite")
    | dict.fromkeys("味觉 嗅觉".split(), "anosmia")
)
# "没一丝力气", "胃口都冇得"; "没劲" and "没力" alone are words of their own, "没力" and "没劲" of other things too.
_LACKED = Pattern(
    f"{_NONE}(?P<bit>{_BIT})?(?P<thing>{_NOUNS})(?![透减失下异障变差有来承支偿量度争]|不[振佳好])|(?P<lost>{_NOUNS}){_LEFT}{_GONE}{_NOT_A_LACK}"
)

_PHRASES = Pattern(
    "(?P<poor_appetite>"
    "(?:饭|早饭|早餐|中饭|午饭|晚饭|粥)(?:都|也)(?:不想|不愿意?|吃不|咽不|喝不|没心思)(?:吃|下|进|动|落|喝)?|"
    "(?:东西|啥|什么|一口|半口|么子)(?:东西|饭)?(?:都|也)(?:不想吃|不愿意?吃|吃不[下进动落]|喝不[下进]|没心思吃|懒得吃))|"
    f"(?P<anosmia>(?:{_EATEN}){_FELT}没得?有?(?:什么|啥子?|一点|半点|任何|么子)?(?:味道?|滋味)(?!的|道的)|"
    "(?:闻|嗅)[^,。;!?\\d]{0,6}(?:都|也)(?:没得?有?|不觉得有?|闻不[到出着]|不[香臭])(?:味道?|气味|感觉)?|"
    "(?:[闻嗅]|尝|吃)[不唔勿弗](?:太|大|怎么)?(?:到|着|见|出|来|出来|得)?[香臭酸甜苦辣咸]{0,2}(?:味|滋味|咸淡|香臭))|"
    f"(?P<diarrhea>(?:[拉屙窜泻蹿痾](?:了|过|着|咗|哒|得)?(?:{_TIMES})?的?(?:肚子|稀|水(?![管泥果电])|黄水)|(?<![帮车货客群票])[拉屙泻窜]了{_OFTEN}(?=[,。;!?) ]|$|了|都|还|呢|人|腿)|"
    f"(?:还|又|一直|仍|还是)(?:在)?拉(?=[,。!; ]|$|了|着|个不停)|跑了?{_TIMES}(?:厕所|茅房|茅厕|卫生间|洗手间|马桶)|[跑闹]了?(?:{_TIMES})的?肚子?))|"
    "(?P<relieved>(?:烧|高热)(?:也|都|全|已经?|终于|总算|算是|就|才|早就?|基本|慢慢|昨晚|今早|刚){0,2}退(?:了|完|干净|下去|下来)(?!,?又)|(?<![没不未])退烧了)|"
    "(?P<fever>(?:摸|一摸|摸着|摸起来|摸上去)[^,。;!?]{0,4}(?:烫|热乎乎)(?!伤)|"
    "(?:像|跟|成了?)[一个只小]{0,2}(?:火炉|火炭|暖炉|火球|烙铁)|"
    "(?:退|好|降)了?,?(?:没[^,。;!?]{1,3},?)?又(?:起来|烧|上来|上去|发起|升上)|"
    "发(?:着|了|起|过|点|咗)[^,。;!?给到出水]{0,4}?(?:(?<!退)烧(?![烤饼饭菜鸡鹅水酒香])|[低高]?热(?![水饭心闹门量情汗气点贴])))|"
    f"(?P<insomnia>(?:{_COUNT}|整|半|彻|通)(?:个)?(?:整)?(?:夜|宿|晚|晚上|夜里)(?:都|也|就|全|基本|几乎|上){{0,2}}(?:没怎?么?(?:睡|合眼|眯|困)|睡不|没闭眼|翻来覆去))|"
    "(?P<sore_throat>(?:咽|吞|吞咽)(?:口|下|点|个|一口)?(?:口水|唾沫|唾液|吐沫|东西|饭|水|食物|药)?(?:都|就|也|时|的时候|很|好|有点|特别|嗓子|喉咙){0,3}(?:疼|痛))|"
    "(?P<vomiting>(?<![不没])(?:呕|哕)(?:了|出)|(?:早饭|晚饭|午饭|中饭|饭|奶|药|水)(?:都|全|又|也|刚?吃?完?就|给){1,2}吐(?![槽司字舌丝气露核籽])|(?:喝|吃)[^,。;!?\\d]{1,4}[都就也]吐)|"
    "(?P<dyspnea>气(?:儿)?(?:都|也|有点|快|又|老|总){0,2}(?:上|喘|透|接|捯|倒|缓|提|出|换)[不唔勿](?:上来?|过来?|来|匀|赢|顺|动))|"
    "(?P<runny_nose>(?:开始|反倒|又|也|还|还在|一直|老|直|倒)流(?=[了着]?(?:$|[,。;!?]))|鼻[^,。;!?\\d]{0,6}(?:水龙头|开了?闸|关不住|稀里哗啦|哗哗地?[流淌]|自来水|流水|淌水))"
)
# The cheap look before: one of these characters stands in each phrase.
_LACK_LETTERS = frozenset("力劲精胃食饭味嗅")
_LETTERS = frozenset("想愿吃咽喝心懒味滋闻嗅尝拉屙窜泻蹿痾跑闹退摸火暖烙又烧热夜宿晚吞呕哕吐气流鼻")
_BOWELS = Pattern("[肚泻吐稀屙]|厕所|肠|蒙脱石")
# A complaint said before the part of the body: "疼的是脑袋", "疼得直捂肚子".
_TURNED = Pattern(
    "[疼痛]得?[^,。;!?\\d]{0,4}?(?:的(?:是|就是|地方是|主要是)|[捂抱按揉捧](?:着|住)?)(?P<part>头|脑袋|脑壳|肚子|胃|胸口|心口|嗓子|喉咙|关节|膝盖)"
)
_TURNED_CODES = {
    "头": "headache", "脑袋": "headache", "脑壳": "headache", "肚子": "abdominal_pain", "胃": "abdominal_pain", "胸口": "chest_pain", "心口": "chest_pain",
    "嗓子": "sore_throat", "喉咙": "sore_throat", "关节": "arthralgia", "膝盖": "arthralgia",
}  # fmt: skip


def phrases(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and code of each phrase."""
    for match in () if _LACK_LETTERS.isdisjoint(text) else _LACKED.finditer(text):
        thing = match["thing"] or match["lost"]
        if (len(thing) > 1 and thing != "劲儿" and match["lost"]) or match["bit"] or _THINGS[thing] != "fatigue":
            yield match.start(), match.end(), _THINGS[thing]
    if not _LETTERS.isdisjoint(text):
        for match in _PHRASES.finditer(text):
            if _is_clear(text, match[0]):
                yield match.start(), match.end(), match.lastgroup or ""
    if "疼" in text or "痛" in text:
        for match in _TURNED.finditer(text):
            yield match.start(), match.end(), _TURNED_CODES[match["part"]]


def _is_clear(text: str, phrase: str) -> bool:
    """ "还拉" and "开始流了" leave out what: the text must have spoken of it."""
    if phrase[-1] == "拉":
        return bool(_BOWELS.search(text))
    return phrase[-1] != "流" or "鼻" in text
