"""Questions: what a person would answer with information, and what only sounds like one."""

import re

from parsing.lexicon import Token

_ASK = re.compile(
    r"(?:电话|号码|地址|流程|链接)[^,。]{0,4}(?:发|给)(?:一下|我|下|个)|请问|想问|问一下|问下|问问|咨询|求解|求教|请教|打听|想知道|想了解|不知道[^,。]{0,8}(?:要不要|能不能|可不可以|怎么|是不是|算不算|该|去哪|找谁)|"
    r"什么时候|啥时候|几时|何时|几点|几号|哪天|多久|多长时间|几天|多少|哪里|哪儿|哪个|哪些|哪家|哪种|去哪|到哪|在哪|找谁|问谁|报给谁|跟谁|谁(?:知道|清楚|懂|负责|管|晓得|了解)|(?<![没不])怎么(?![^,。?]{1,5}(?:都|也)(?:没|不|叫|喊|弄)|还不来|这样|又|这么|那么|回事儿?都|能这|没人管|就|没人|都)|(?<![没不])咋个?(?!又|这么|这样|[^,。?]{1,5}(?:都|也)(?:没|不|叫|喊))|如何|为什么|为啥|为何|怎样|什么(?:情况|意思|流程|手续|条件|标准|规定|政策|材料|原因|症状|时间|药|地方|口罩|叫|是|样)|啥(?:情况|意思|流程|手续|条件|材料|标准|规定|政策|时间|症状)|"
    r"(?<!没)(?:有|是|叫|为|干|吃|用|带|算|该|看|做|办|拿|填|准备)(?:些|点)?(?:什么|啥)(?!都|也|不|好|意思|用|了不起|事)|(?:开门|开|好|到|来|过|消息|通知|结果|恢复|开始|发|修好|解封|送到)(?:了)?没有?(?=$|[?!])|(?:应该|不会|还是)(?:没|不|算)[^,。]{0,6}吧$|(?:假的|真的|谣言|谣传|瞎编的?)(?:吧|吗|么|啊|呀|不)|几[栋号楼幢个](?!人)[^,。]{0,4}(?:封|有|出)|是不是|能不能|可不可以|可以不可以|可否|能否|是否|要不要|该不该|需不需要|需要不|用不用|会不会|有没有(?![^,。?]{1,8}:)|有无(?![^,。?]{1,8}:)|算不算|准不准|让不让|行不行|好不好使|对不对|管不管用|开不开|做不做|得不得|是真是假|真的假的|真的吗|真的么|真假|属实吗|靠谱吗|可信吗|是真的|有这回事|真有|有这事|"
    r"边度|点样|点解|咩|可唔可以|使唔使|系唔系|有冇|有无得|几多|几耐|点先|咋办|咋整|咋弄|怎么办|怎么弄|怎么搞|怎办|咋样才|哪能|阿要|啥辰光|吗(?![啡])|么(?=[?。!,]|$)|喃(?=[?。!,]|$)|伐(?=[?。!,]|$)|不(?=\?|$)|没(?=\?)|否(?=\?)|呢(?=\?)|呀(?=\?)|啊(?=\?)|嘛(?=\?)|吧(?=\?)"
)
_HEARSAY = re.compile(
    r"听说|听人说|听讲|据说|有人说|有人讲|都说|传言|传说|谣传|网传|群里(?:都)?(?:在)?(?:说|传)|网上(?:说|传)|我听|朋友圈(?:说|都在传|传)|人家(?:都)?说|听邻居说|听隔壁|外面(?:都)?(?:在)?传|说是|小区(?:里)?(?:都)?(?:在)?传|听物业|有消息说|别人说|听闻|听到说|大家都在说|非说"
)
_QUIET = re.compile(
    r"(?:吃|睡|起|醒|忙)(?:了|饭了|好了)?(?:吗|没|么)(?:[?]|$)|在(?:吗|不在|么|不)(?:[?]|$)|满意了(?:吧|吗)|知道(?:了)?(?:吗|吧|么)[?!]?$|有完没完|(?:烦|累|气人|过分)不[?]?$|有意思(?:吗|么)|好(?:吗|不好|么)[?]?$|行(?:吗|不行)[?]?$|懂(?:吗|了吗)|是吧|对吧|好吧|算了吧|(?:搞|玩|图)(?:什么|啥)|凭什么|谁(?:信|懂|敢|稀罕|在乎|怕谁|不是)|哪(?:有|像|能不|里都|都|儿都|里不)|什么都|啥都|怎么都|怎么也|谁都|哪里也|哪也|没什么|没啥|有什么了不起|多少(?:有点|都|也|钱都)|不知道(?:怎么|为什么|说什么)(?:回事|的|好|说)|无论|不管|不论|"
    r"(?:今晚|明天|周末|谁|有没有人|有人)(?:要|想|来|一起)?(?:来)?(?:打牌|打麻将|斗地主|打游戏|开黑|撸串|喝酒|唱歌|遛弯|跳舞|一起玩|下棋)|你(?:们)?(?:好吗|还好吗|猜|是谁|多大|叫什么|几岁|是不是机器人|是机器人吗|猜猜)|大家(?:都)?(?:还)?好(?:吗|吧)|(?:好看|好吃|好玩|漂亮|帅|厉害|牛|可爱)(?:吗|吧|不)|几天没|好几天|没几天|几天了|过几天|这几天|前几天|头几天|几天前|几天假|住几天|玩几天|待几天|呆几天|几天就|十几天|二十几天|三十几天|多少天了|多久了(?!还|才|能)|好久|没多久|不多久|几点了才|几号楼|几号桌|哪里[,。]|哪[家里个][^,。]{0,4}不知道|什么时候(?:才)?能去[^,。]{0,6}玩"
)
_SYMPTOM_ASK = re.compile(
    r"正常(?:吗|不|么|嘛)|算(?:是)?(?:发烧|低烧|发热|高|正常|偏高)(?:吗|不|么|了吗)?|高不高|高吗|要紧吗|要紧不|有事吗|没事吧|严重吗|严重不|碍事吗|危险吗|没关系吧|不要紧吧|没问题吧|要不要紧|正不正常|有问题吗|有问题不|可以吗|行吗|好吗|是不是(?:发烧|感冒|中招|阳|感染)|会不会是"
)
_TOLD_TO = re.compile(r"(?:听说|据说|听人说)(?:要|得|需要)?(?:报|登记|打卡)")  # "听说要打卡，36.5" asks nothing
_TAIL = re.compile(r"\?")
_RHETORIC = re.compile(
    r"怎么(?:还不|这么|那么|又|能这|就这|没人|都没人|也不|总是|老是|办事|搞的|当的|可能)|有没有(?:人|谁)?管|没人管|管不管|能不能(?:管|派人|来人管|处理|清|有人|查|别|不要|安静|自觉|叫(?:人|他们)|去看|让|派|说说|劝)|能否(?:派人|管|处理|查)|有没有(?:公德|素质|王法|人来|人去|人看)|麻烦[^,。?]{0,10}(?:管|查|处理|看看|问问|清)|谁(?:来)?(?:管|查)(?:一?管|一下|查)?|像话吗|什么素质|有没有搞错|还让不让|怎么办事|管一?管(?:吗|行吗|吧)?|查一?查(?:吗|行吗|吧)?"
)


def find(text: str, helped: list[tuple[int, int]], tipped: bool, checked: bool) -> list[Token]:
    """The questions of a message outside of the stretches that already are requests for help."""
    found: list[Token] = []
    for start, end in _sentences(text):
        sentence = text[start:end]
        hearsay = _HEARSAY.search(sentence)
        if hearsay and ("?" in sentence or not _TOLD_TO.search(sentence)):
            found.append(Token(start + hearsay.start(), start + hearsay.end(), "question", "", "question.hearsay"))
            continue
        quiet = _QUIET.sub(lambda m: "\0" * len(m[0]), sentence)
        if checked and (match := _SYMPTOM_ASK.search(sentence)):
            found.append(Token(start + match.start(), start + match.end(), "question", "", "question.reading"))
            continue
        if tipped:
            quiet = _RHETORIC.sub(lambda m: "\0" * len(m[0]), quiet)
        for match in _ASK.finditer(quiet):
            place = start + match.start()
            if not any(left <= place < right for left, right in helped):
                found.append(Token(place, start + match.end(), "question", "", "question.word"))
                break
        else:
            if (
                (match := _TAIL.search(quiet))
                and not any(left <= start + match.start() <= right for left, right in helped)
                and "\0" not in quiet[-4:]
                and len(sentence) > 3
                and not tipped
            ):
                found.append(Token(start + match.start(), start + match.end(), "question", "", "question.mark"))
    return found


def _sentences(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for match in re.finditer(r"[。!;\n]+(?!\d)|\?+", text):
        end = match.end() if text[match.start()] == "?" else match.start()
        if end > start:
            spans.append((start, end))
        start = match.end()
    if start < len(text):
        spans.append((start, len(text)))
    return spans
