"""Owners who are named behind their readings: "36.9是娃的", "37.2——婆婆", "36.5/36.7（本人/父亲）"."""

from itertools import pairwise

from parsing.writing.lexicon import Pattern, Token

_LINK = Pattern(r"[ 了的]*(?P<link>(?:这?个?(?:就)?是|属于|归|为|——|—|--+|→|[-=:(~]|,?(?:(?:这|那)个?)?是))[ :]*$")
_TIGHT = Pattern(r"[ 了]*$")
_EDGE = Pattern(r"(?:的(?:体温|温度)?)?(?:[ ]*\)|[ )]*(?:$|[,。;、!\n~])|(?=再|然后|还有)|(?<= )(?=第|另|\d))")
_ASIDE = Pattern("[ 了,]*$")
_LAST = Pattern("的(?:体温|温度)?[ 。!~]*(?:$|\n)")
_OF = Pattern(r"的(?:体温|温度)?")
_BETWEEN = Pattern(r"^(?:[ 、和跟与及&+/(]|还有|以及|我|俺|咱|额|家|们家|家里|的|那|个)*$")
_SEPARATED = Pattern(r"^[ /、,;|\n]*(?:和|跟|与|以及|还有)?(?:另?外?一个)?[ /、]*$")
_TRAILING = Pattern(r"^[ ]*(?:[×xX✖*乘️][ ]*[2-9两二三四])?[ ,。:(—\n-]*(?:分别|依次|各自)?(?:是|为|属于|对应)?[:( ]*$")
_AFTER_ALL = Pattern(r"^(?:的(?:体温|温度)?|都是?|一样|两个?人?|三个?人?|俩|仨|谢谢|辛苦了?|报告?完毕?|哈|[ )。!,~])*$")
_ORDINAL = Pattern(
    "(?:(?P<first>前面?|第一|头一?|上面|左边|先)|(?:后面?|第[二三]|下面|右边|末尾?|最后))(?:那|一)?个?(?:的|量的|那个)?(?:就?是|为|:)(?:我家?的?)?$"
)
_NOT_SIGNED = frozenset({"people.titled", "people.all", "people.other"})  # "36.5 王姐" is said to her
_SIGNED_END = Pattern(r"的?[ ]*(?:$|[,。;!\n~])")
_STOP = Pattern("[,。;!?\n]")


def moved(text: str, tokens: list[Token]) -> list[Token]:
    """The tokens with owners that stand behind their readings put in front of them."""
    people = [place for place, token in enumerate(tokens) if token.kind == "person"]
    readings = [place for place, token in enumerate(tokens) if token.kind == "reading"]
    if not people or not readings or people[-1] < readings[0]:
        return tokens
    if len(people) == len(readings) == 1 and _names_reading(text, tokens[readings[0]], tokens[people[0]]):
        person = tokens[people[0]]  # "36.5 祝融", a row of a list
        return [*tokens[: readings[0]], person, *tokens[readings[0] : people[0]], *tokens[people[0] + 1 :]]
    if (whole := _parallel(text, tokens, people, readings)) is not None:
        return whole
    if len(readings) > 1 and (ordered := _by_order(text, tokens, people, readings)):
        return ordered
    loose = _alternating(text, tokens, people, readings)
    result: list[Token] = []
    taken: set[int] = set()
    for place, token in enumerate(tokens):
        if place in taken:
            continue
        if token.kind == "reading" and (run := _owners(text, tokens, place, loose, taken)):
            result += [_sure(tokens[i]) for i in run]
            taken.update(run)
        result.append(token)
    return result


def _names_reading(text: str, reading: Token, person: Token) -> bool:
    gap = text[reading.end : person.start]
    return person.rule in ("people.before_data", "people.introduced") and not gap.strip(" ,:(")


def _sure(token: Token) -> Token:
    return token._replace(rule="people.owner") if token.value in ("self", "all", "?") else token


def _owners(text: str, tokens: list[Token], place: int, loose: bool, taken: set[int]) -> list[int]:
    """The places of those whom the words behind a reading name as its owners."""
    reading, run = tokens[place], _run(text, tokens, place + 1)
    if not run:
        return []
    between = text[reading.end : tokens[run[0]].start]
    end = tokens[run[-1]].end
    if _ASIDE.match(between) and _LAST.match(text, end):
        return run  # "测了36.7，孩子的"
    loose = loose or _signed(text, tokens, run, between)
    if not (link := _LINK.match(between)) and not (loose and _TIGHT.match(between)):
        return []
    if not _EDGE.match(text, end) and not (loose and text[end : end + 2].strip()[:1].isdigit()):
        return []
    named_before = _named_in_clause(text, tokens, place, taken)
    if link and ("是" in link["link"] or "—" in link["link"] or link["link"] in ("属于", "归", "为")):
        return run if not named_before or _OF.match(text, end) else []
    return [] if named_before else run


def _signed(text: str, tokens: list[Token], run: list[int], between: str) -> bool:
    """ "37.8 李梅", "36.6小宝": who stands close behind a reading, and is the last word of the message or its clause."""
    last = run[-1] + 1
    if between.strip() or any(tokens[place].rule in _NOT_SIGNED for place in run):
        return False
    follows = tokens[last] if last < len(tokens) else None
    if follows is not None and (
        follows.kind == "reading" or not _STOP.search(text, tokens[run[-1]].end, follows.start)
    ):
        return False
    return bool(_SIGNED_END.match(text, tokens[run[-1]].end))


def _run(text: str, tokens: list[Token], place: int) -> list[int]:
    """People who stand side by side from a place in the tokens on."""
    run: list[int] = []
    while place < len(tokens) and tokens[place].kind == "person":
        if run and not _BETWEEN.match(text[tokens[run[-1]].end : tokens[place].start]):
            break
        run.append(place)
        place += 1
    return run


def _named_in_clause(text: str, tokens: list[Token], place: int, taken: set[int]) -> bool:
    """Whether somebody is named before a reading in its own clause, behind the reading before it."""
    reading = tokens[place]
    for earlier in range(place - 1, -1, -1):
        token = tokens[earlier]
        if token.kind == "reading" or _STOP.search(text, token.end, reading.start):
            return False
        if token.kind == "person" and token.value not in ("other", "pet") and earlier not in taken:
            return True
    return False


def _alternating(text: str, tokens: list[Token], people: list[int], readings: list[int]) -> bool:
    """ "36.5我，36.6老婆，36.7孩子": each reading is followed by a person, the last word is one."""
    if people[0] < readings[0] or len(readings) < 2:
        return False
    last = tokens[people[-1]]
    if not _AFTER_ALL.match(text[last.end :]) or readings[-1] > people[-1]:
        return False
    return all(place + 1 < len(tokens) and tokens[place + 1].kind == "person" for place in readings)


def _parallel(text: str, tokens: list[Token], people: list[int], readings: list[int]) -> list[Token] | None:
    """ "36.5/36.7（本人/父亲）", "36.6×2，我和老公": all readings, then all people."""
    if people[0] < readings[-1] or readings[-1] + 1 != people[0]:
        return None
    run = _run(text, tokens, people[0])
    first, last = tokens[readings[-1]], tokens[people[0]]
    if len(run) < 2 or len(run) != len(people) or not _TRAILING.match(text[first.end : last.start]):
        return None
    if not _AFTER_ALL.match(text[tokens[run[-1]].end :].split("\n", maxsplit=1)[0]):
        return None
    apart = [text[tokens[a].end : tokens[b].start] for a, b in pairwise(readings)]
    if not all(_SEPARATED.match(gap) for gap in apart) or (
        len(readings) > 1 and len(readings) != _heads(text, tokens, run)
    ):
        return None
    others = [token for place, token in enumerate(tokens) if place not in run and place < readings[0]]
    rest = [token for place, token in enumerate(tokens) if place not in run and place >= readings[0]]
    return [*others, *(_sure(tokens[place]) for place in run), *rest]


def _by_order(text: str, tokens: list[Token], people: list[int], readings: list[int]) -> list[Token] | None:
    """ "36.6 37.2，前面是我后面是娃": owners told by the order of the readings; the sender has the rest."""
    owners: dict[int, int] = {}
    for place in people:
        told = _ORDINAL.search(text, max(0, tokens[place].start - 9), tokens[place].start)
        if place < readings[-1] or not told:
            return None
        owners[0 if told["first"] else len(readings) - 1] = place
    result: list[Token] = []
    for number, place in enumerate(readings):
        start = tokens[place].start
        owner = tokens[owners[number]] if number in owners else Token(start, start, "person", "self", "people.owner")
        result += [_sure(owner), tokens[place]]
    others = [token for place, token in enumerate(tokens) if place not in people and place not in readings]
    return [*result, *others]


def _heads(text: str, tokens: list[Token], run: list[int]) -> int:
    """How many people a run names: "我老婆" is one."""
    gaps = [text[tokens[a].end : tokens[b].start] for a, b in pairwise(run)]
    own = sum(
        1
        for place, gap in zip(run, gaps, strict=False)
        if tokens[place].value == "self" and gap in ("", "的", "家", "家的")
    )
    return len(run) - own
