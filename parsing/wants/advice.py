"""Questions that only a doctor may answer, or nobody: dosage, diagnosis, another person's health."""

from parsing.people.surnames import SURNAME_CLASS
from parsing.writing.lexicon import Pattern

_MEDICINE = "药|布洛芬|美林|泰诺|对乙酰|阿莫西林|头孢|连花|板蓝根|阿司匹林|胰岛素|降压|退烧|止咳|消炎|抗生素|激素|安眠|感冒灵|抗病毒|冲剂|胶囊|针剂"
_AMOUNT = "几片|几粒|几颗|几毫升|多少毫升|几毫克|多少毫克|几包|几袋|几支|几滴|几勺|多大剂量|剂量|用量|减半|加量|减量|一次吃多少|一天吃几次|一日几次|隔几(?:个)?(?:小时|钟头)|隔多久(?:吃|喂)"
_ILLNESS = "阳|中招|感染|确诊|得病|染上|肺炎|新冠|传染病|那个病|这病|病例|疑似|发烧|发热|咳"
_SOMEBODY = r"(?:谁|哪个|哪一?家|哪一?户|哪一?栋|哪一?楼|那家|那户|那个(?:男|女|人|阿姨|大爷|老|小)|隔壁|对门|楼上|楼下|邻居|\d+(?:号楼|栋|幢|单元|室|楼)?的?(?:那|老|小|阿姨|大爷|大妈))"

_NAMED = rf"(?:老|小){SURNAME_CLASS}家?|{SURNAME_CLASS}[\u4e00-\u9fff]{{1,2}}(?:家|他们家|一家)?|[\u4e00-\u9fff]{{0,3}}(?:大爷|大妈|大娘|阿姨|叔叔?|婶|大哥|大姐|师傅|老师)家?|(?:谁|哪)[个家户]*"

RULES: tuple[tuple[str, Pattern], ...] = tuple(
    (f"advice.{name}", Pattern(pattern))
    for name, pattern in (
        # how much of a medicine, which one, together with what
        ("dosage.amount", rf"(?:{_MEDICINE}|[吃喝喂服用打])[^。?!]{{0,12}}(?:{_AMOUNT})|(?:{_AMOUNT})[^。?!]{{0,8}}(?:{_MEDICINE})"),
        ("dosage.together", rf"(?:{_MEDICINE})[^。?!]{{0,8}}(?:[和跟与同])[^。?!]{{1,10}}(?:一起|同时|混着|一块儿?)[^。?!]{{0,3}}[吃喝服用]"),
        ("dosage.which", rf"(?:吃|服|用|买|开)(?:点|些)?(?:什么|啥|哪种|哪个|么子)(?:牌子的?)?(?:{_MEDICINE})"),
        # what illness is this
        ("diagnosis.is_it", rf"(?:我|俺|孩子|娃|老伴|我妈|我爸|这)[^。?!]{{0,14}}(?:是不是|会不会是|是|算不算)(?:得了?|感染了?|染上了?|中)?(?:了)?(?:{_ILLNESS})(?:了|上了)?(?:吗|么|呀|啊|吧|不)?$"),
        ("diagnosis.paper", "化验单|血常规|白细胞|淋巴细胞|CT片|片子|报告单|结节|指标|偏高是|偏低是|阴影"),
        # somebody else's illness
        ("others_health.who", rf"{_SOMEBODY}[^。?!]{{0,14}}(?:{_ILLNESS})[^。?!]{{0,10}}(?:吗|么|没|是谁|哪|叫什么|住|结果|怎么样|严重|真的)"),
        ("others_health.named", rf"(?:^|[,。 ])(?:{_NAMED})(?:现在|到底|昨天|今天)?(?:是不是|有没有|在不在|还)?(?:{_ILLNESS}|在?隔离|在?观察|住院|密接)[了着过的家人]*(?:吗|么|没有?|不)?[?。!]*$|(?:^|[,。 ])(?:{_NAMED})的?(?:体温|温度)(?:是)?(?:多少|几度|怎么样)"),
        ("others_health.how_many", rf"(?:小区|院里|村里|楼里?|栋|幢|单元|社区|群里|咱们?这|我们这)[^。?!,]{{0,6}}(?:有没有|有|几个|多少|是不是有)[^。?!,]{{0,4}}(?:{_ILLNESS}|隔离|密接)[的了着过人病]*(?:吗|么|没有?|不)?[?。!]*$"),
        ("others_health.name", rf"(?:{_ILLNESS})的?(?:那个|那位|那家|那户|人|病人|患者)?[^。?!]{{0,6}}(?:是谁|叫什么|叫啥|姓什么|住哪|住几|哪一?栋|哪一?户|哪一?家|哪个单元|几楼的|哪里人)"),
    )
)  # fmt: skip


def only_a_person(text: str) -> tuple[str, int, int] | None:
    """The rule by which a folded question may not be answered by the bot, and where it spoke."""
    for name, pattern in RULES:
        if match := pattern.search(text):
            return name, match.start(), match.end()
    return None
