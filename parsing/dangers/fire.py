"""Whether an emergency is one for the fire brigade, so that nobody is told to wait for an ambulance beside a fire."""

from parsing.writing.lexicon import Pattern
from parsing.writing.text import fold

_BURNING = "[着起失走]火|火灾|火烛|火势|火苗|明火|救火|[着被房楼屋家车棚炉]烧起来|烧着了|点着了|窜起(?:大)?火|火(?:一下)?[窜蹿]|烧得旺|爆炸|爆燃|炸了"
_SMOKE = "[冒起](?:着)?(?:黑|浓|好多|大)?烟|浓烟|黑烟|(?:好多|满屋|满楼|全是|都是|大股)的?烟(?!头|味|花|酒|火)|烟[^,。]{0,4}呛"
_GAS = "(?:煤气|燃气|天然气|液化气|瓦斯|沼气)[^,。]{0,6}(?:漏|泄|味|脱了|开着|拧开|打开)|漏(?:煤气|燃气|天然气|液化气)|臭鸡蛋味"
_FIRE = Pattern(f"{_BURNING}|{_SMOKE}|{_GAS}")
_NOT_FIRE = Pattern(
    "着火锅|起火锅|[上冒来发]火气|防火灾|火灾(?:报警|险|演)|消防演[习练]|火锅|打不着火|起火燎泡|高压锅炸了|热水袋炸了|瓶炸了|炸了毛|炸了锅|群里炸了|吸烟|抽烟|烟花"
)


def is_fire(text: str) -> bool:
    """Whether a text speaks of fire, smoke or leaking gas."""
    return bool(_FIRE.search(_NOT_FIRE.sub("", fold(text[:2_000]).text)))
