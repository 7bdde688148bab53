"""Whether an emergency is one for the fire brigade, so that nobody is told to wait for an ambulance beside a fire."""

import re

from parsing.text import fold

_FIRE = re.compile(
    r"[着起失]火|火灾|烧起来|冒(?:黑|浓|好多|大)?烟|(?:煤气|燃气|天然气|液化气)[^,。]{0,4}(?:漏|泄|味)|爆炸"
)
_NOT_FIRE = re.compile("着火锅|[上冒来]火气|防火灾|火灾报警|消防演[习练]")


def is_fire(text: str) -> bool:
    """Whether a text speaks of fire, smoke or leaking gas."""
    return bool(_FIRE.search(_NOT_FIRE.sub("", fold(text[:2_000]).text)))
