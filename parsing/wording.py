"""Check-ins put back into words, as a resident might write them; reading those words gives the same check-ins."""

from collections.abc import Iterable

from parsing.health.symptoms import SYMPTOM_LABELS
from parsing.model import CheckIn

PERSONS = {
    "self": "我", "spouse": "爱人", "father": "爸爸", "mother": "妈妈", "son": "儿子", "daughter": "女儿", "child": "孩子",
    "children": "孩子们", "grandfather": "爷爷", "grandmother": "奶奶", "father_in_law": "岳父", "mother_in_law": "岳母",
    "grandchild": "孙子", "sibling": "弟弟", "parents": "爸妈", "all": "全家", "?": "家里有个人",
}  # fmt: skip
PARTS = {"morning": "早上", "noon": "中午", "evening": "晚上"}


def as_text(checkins: Iterable[CheckIn]) -> str:
    """One clause for each check-in: address, person, part of the day, reading, symptoms."""
    return "；".join(map(_clause, checkins))


def _clause(checkin: CheckIn) -> str:
    symptoms = "、".join(SYMPTOM_LABELS[code] for code in checkin.symptoms)
    reading = "" if checkin.temperature is None else f"{checkin.temperature:.1f}"
    told = " ".join(filter(None, (PARTS.get(checkin.when or "", "") + reading, symptoms))) or "一切正常"
    who = PERSONS.get(checkin.person, checkin.person)
    return " ".join(filter(None, (checkin.address, who, told)))
