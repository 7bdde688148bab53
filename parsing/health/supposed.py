"""Symptoms that nobody has: feared, supposed, asked after, told of in general."""

from parsing.health.temperature import sentence_start
from parsing.writing.lexicon import Pattern, Token

_IN_GENERAL = Pattern(
    "(?:之前|以前|的人|患者|病人|门诊|药|的药|咋办的|算|是指|包括|的标准|疫苗|属于|者|的(?:时候|话)?(?:要|请|应|得)|时(?:要|请|应|得|必须)|请(?:及时|立即|马上|第一时间)|应(?:及时|立即|该|当)|"
    "需(?:要)?(?:及时|立即|马上|第一时间)|的?(?:人员|居民|住户|同志|朋友|业主|孩子)(?:请|要|应|需|不要|别)|的请)"
)
_FEARS = (
    "怕|担心|害怕|恐怕|生怕|唯恐|就怕|省得|免得|以免|以防|当心|小心|会不会|是不是(?:要)?|以为(?:是|自己|我)?|预防|防止|避免|梦见|梦到|不要|千万别|别再?|容易|引起|导致|造成|疑似|"
    "万一|要是|如果|假如|一旦|谁要?|倘若|若|只要|假设|凡是|凡|有没有|有无|是否|能不能|算不算|叫不叫|属不属于|算是|能算|出现|什么|哪些|为了|防|治|得了|谁家|如有|若有|一有|当|"
    "差点儿?|险些|几乎|要不要|假装|装|一般(?:要|会|都|得)?|通常(?:要|会|都|得)?|往往|多半会|盼着|祝你|诅咒|巴不得|怀疑(?:自己)?(?:是)?|吓得(?:我)?以为|还当(?:是)?|误以为|硬说(?:我|他|她)?|非说(?:我|他|她)?|都说(?:我|他|她)"
)
_WHO = "(?:他|她|它|我|你|半夜|夜里|又|再|突然|也|有|点|了|孩子|娃儿?|儿|宝宝|老人家?|人家|家人|上|得|自己|去|就|会|是|真|要|的|脸|红|这|在|还|大家|着){0,6}"
_FEARED = Pattern(f"(?:{_FEARS}){_WHO}$")
_ASKED_BEFORE = Pattern(r"(?:算|属于|叫)[不是得上个]{0,3}$|\d[度℃]?(?:左右|多)?(?:这|就|也|还|应该|不)?是(?:个|不是)?$")
_ASKED_AFTER = Pattern(r"(?:了|啊)?(?:吗|么|嘛|不(?=$|[,。?!了])|呢|吧|没|\?|还是|呀|啊)")
_THEN = Pattern(r"[^,。;]{0,4},?[^,。;]{0,4}就(?:麻烦|惨|完|糟|坏|难办|没辙|要命|得(?:隔离|去|住|上报)|要隔离)")
_IF_AFTER = Pattern("(?:[^,。;!?]{0,8}的话(?!题|剧|费)|就(?:能|可以)[^,。;!?]{0,10}(?:的话|就好|多好|该多))")
_IF = Pattern(r"真要|要真|如果|要是|万一|假如|假设|倘若|谁要|哪怕|一旦|等我|梦|幸亏没|幸好没|还好没")
# "孩子一咳嗽我就紧张": what happens whenever.
_STORIES = Pattern(
    "(?:小说|电影|电视剧?|连续剧|短视频|视频|新闻|抖音|快手|直播|书|故事|段子|漫画|游戏|剧|微博|朋友圈|公众号|网上|纪录片|报纸|手册|课本|讲座|历史)(?:里|上|中|说|写|讲|报道|演|播)|里头?写|科普"
)
_WHENEVER = Pattern("一(?:听见|听到|看到|有人|说)?$")
_WHENEVER_AFTER = Pattern(
    "[^,。;!?]{0,3},?(?:我|全家|大家|他妈|他爸|奶奶|我妈|我们|咱|人家)[^,。;!?]{0,2}(?:就|都|便|会)"
)


def is_supposed(text: str, token: Token, clause: str) -> str:
    """ "feared" where the symptom is only supposed, "dropped" where it is said of nobody, otherwise nothing."""
    if _IN_GENERAL.match(text, token.end) or _STORIES.search(text, sentence_start(text, token.start), token.start):
        return "dropped"
    if (_ASKED_BEFORE.search(clause) and _ASKED_AFTER.match(text, token.end)) or _IF_AFTER.match(text, token.end):
        return "feared"
    if clause.rfind("《") > clause.rfind("》"):
        return "dropped"  # the title of a song or a book
    if clause.endswith(("真", "要")) and _THEN.match(text, token.end):
        return "feared"
    if _WHENEVER.search(clause) and _WHENEVER_AFTER.match(text, token.end):
        return "feared"
    return "feared" if _FEARED.search(clause) or _IF.search(clause) else ""
