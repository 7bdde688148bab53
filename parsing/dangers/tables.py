"""All the rules of danger, in the order in which they are tried, and the slips by sound that they see through."""

from parsing.dangers.alarms.around import GAS, POISON, WATER
from parsing.dangers.alarms.birth import BIRTH
from parsing.dangers.alarms.blood import BLEEDING
from parsing.dangers.alarms.body_signs import BODY_SIGNS
from parsing.dangers.alarms.brain import FITS, STROKE
from parsing.dangers.alarms.breath import BREATH
from parsing.dangers.alarms.call import CALL
from parsing.dangers.alarms.crisis_signs import CRISIS_SIGNS
from parsing.dangers.alarms.despair import BURDEN, DESPAIR
from parsing.dangers.alarms.edge import EDGE
from parsing.dangers.alarms.farewell import FAREWELL
from parsing.dangers.alarms.heart import HEART
from parsing.dangers.alarms.injury import INJURY
from parsing.dangers.alarms.means import MEANS
from parsing.dangers.alarms.taken import UNDER_WAY
from parsing.dangers.alarms.unconscious import UNCONSCIOUS
from parsing.dangers.alarms.wish import WISH
from parsing.dangers.looked_past import MASKS
from parsing.dangers.rules import Index, Rule

# Labels: a rule of `both` means a crisis that has become an emergency.
TABLES: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    ("both", UNDER_WAY),
    *(("crisis", rows) for rows in (WISH, EDGE, MEANS, FAREWELL, BURDEN, DESPAIR, CRISIS_SIGNS)),
    *(("emergency", rows) for rows in (UNCONSCIOUS, BREATH, HEART, STROKE, FITS, BLEEDING, INJURY, WATER, GAS, POISON)),
    *(("emergency", rows) for rows in (BIRTH, CALL, BODY_SIGNS)),
)
RULES = Index((label, row) for label, rows in TABLES for row in rows)
LOOKED_PAST = Index(("mask", row) for row in MASKS)

# Dialect and typing: one character read as another before the rules look.
SAME = str.maketrans("唔勿弗伊哒喇咧咯嘞饮", "不不不他了了了了了喝")
SLIPS = {  # by sound or shape, as long as what is meant
    "像活": "想活", "响活": "想活", "昏米": "昏迷", "晕到": "晕倒", "昏到": "昏倒", "昏道": "昏倒", "云倒": "晕倒", "晕道": "晕倒", "步上": "不上", "受最": "受罪",
    "模好": "磨好", "就命": "救命", "救名": "救命", "抽触": "抽搐", "抽畜": "抽搐", "质息": "窒息", "割碗": "割腕", "割万": "割腕", "自沙": "自杀", "跳搂": "跳楼",
    "遗树": "遗书", "呼西": "呼吸", "休可": "休克", "雪流": "血流", "留血": "流血", "想四": "想死", "像死": "想死", "去屎": "去死", "吊井": "掉井", "脑更": "脑梗", "心更": "心梗",
    "羊水坡": "羊水破", "坡水": "破水", "难禅": "难产", "农要": "农药", "安眠要": "安眠药", "休客": "休克", "血亚": "血压", "伊生": "医生", "晕刀": "晕倒", "不星": "不醒", "叫不省": "叫不醒", "钟毒": "中毒", "雪止": "血止", "步想": "不想", "布想": "不想", "部想": "不想",
}  # fmt: skip
SLIPPING = frozenset((*SLIPS, *map(chr, SAME)))
