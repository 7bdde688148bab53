"""One walk over the tokens of a message: whom each stretch speaks of, and what it says of them."""

from parsing.health.states import is_taken_back
from parsing.health.temperature import Reading, clause_start
from parsing.people.one_person import NAMES, SHY, explains, is_relation, joined, next_person, one_person, side_by_side
from parsing.people.stand_ins import CALLED, PLURAL
from parsing.reports.day_parts import heads, is_loose, sentence_end
from parsing.reports.groups import Group
from parsing.reports.turns import DATA, ails, clause_tells, takes_turn
from parsing.writing.lexicon import Pattern, Token

_SURE = frozenset({"people.only", "people.owner"})
_NEAR = 30  # tokens further on have nothing to do with a part of the day
_OF_SOMEBODY = frozenset({"mother", "father", "sibling"})
_CHILDREN = frozenset("child son daughter children".split())
# "爸36.5，妈也是": the same reading as the one before.
_SAME = Pattern(
    "(?:也|都|[和跟同与][我他她]){0,3}(?:是|一样|同上?|差不多|一致|这么多|这个数|这数)(?:的|呢|哈|啊)?(?=$|[,。;!\n])"
)
_ALL_OF_THEM = Pattern(
    "(?:不过|但是?|而且|另外|就是|只是|可是?|还|然后)?(?:他们|大家|几个人?|这?[两三四五]个人?|俩人?|仨)?人?"
    "(?:今天|现在)?(?:都|均|全都|统统|也都|全)"
)


def walk(
    text: str, tokens: list[Token], numbers: dict[int, Reading], past: list[tuple[int, int]], listed: bool
) -> list[Group]:
    """The groups of a text in its order; each takes what is said after its people and before the next."""
    return _Walk(text, tokens, numbers, past, listed).groups


class _Walk:
    def __init__(
        self, text: str, tokens: list[Token], numbers: dict[int, Reading], past: list[tuple[int, int]], listed: bool
    ) -> None:
        self.text, self.tokens, self.numbers, self.past, self.listed = text, tokens, numbers, past, listed
        self.groups: list[Group] = []
        self.group: Group | None = None
        self.address: str | None = None
        self.homes: dict[str, str] = {}  # of those whose address is told on its own
        self.pending: list[str] = []  # parts of the day waiting for their readings
        self.sticky: str | None = None  # the part of the day that a heading gives to all below it
        self.until = 0  # where a part of the day said before somebody's name ceases to hold; 0: never
        self.last: Token | None = None
        self.named_at = 0  # where the words for the last person of the group end
        for place, token in enumerate(tokens):
            self._step(place, token)
            self.last = token

    def _step(self, place: int, token: Token) -> None:
        if token.kind == "address":
            self._address(token)
        elif token.kind == "person":
            self._person(place, token)
        elif token.kind == "when":
            self._when(place, token)
        elif token.kind in DATA and (token.kind == "over" or not any(s <= token.start < e for s, e in self.past)):
            self._datum(token)

    def _address(self, token: Token) -> None:
        group, last = self.group, self.last
        theirs = last is not None and last.kind == "person"  # "我妈住9栋202"
        if group and not group.has_data and group.named and (group.address is None or theirs):
            group.address = self.homes[group.persons[0]] = token.value
            if group.persons[0] not in SHY:
                return  # hers alone: "…，36.3；我36.5"
        else:
            self.group = None
        self.address = token.value

    # People

    def _person(self, place: int, token: Token) -> None:
        code, word = token.value, self.text[token.start : token.end]
        if token.rule == "people.they":
            people = [pair.partition(CALLED) for pair in code.split(PLURAL)]
            self._fresh(token, [pair[0] for pair in people], [pair[2] for pair in people])
            return
        if code in SHY and not self._speaks(token) and not clause_tells(self.text, self.tokens, place):
            turn = code == "self" and self.group is not None and self.group.has_data and self._previous() != "self"
            if (turn and takes_turn(self.text, self.tokens, place)) or self._ails(place):
                self._fresh(token, [code], [word])
            return
        if code in _OF_SOMEBODY and self.text[token.start - 1 : token.start] in ("他", "她"):
            code, sibling = self._theirs(code, word), code
            if sibling == "sibling" != code:
                self._fresh(token, [code], [word])  # "孩子他哥"
                return
        group, last = self.group, self.last
        if group and last and last.kind == "person" and not group.has_data and group.named:
            if self._joined(group, last, token, code, word):
                return
        elif self._names_sender(token):
            self.groups[-1].persons, self.groups[-1].words = [code], [word]
            return
        self._fresh(token, [code], [word])
        self._copies(token)

    def _ails(self, place: int) -> bool:
        fits = self.group is None or self.tokens[place].value == "pet"
        return fits and ails(self.text, self.tokens, place)

    def _copies(self, token: Token) -> None:
        """ "爸36.5，妈也是"."""
        before = next((g for g in reversed(self.groups[:-1]) if g.readings and not g.skip), None)
        if before and _SAME.match(self.text, token.end) and not self.groups[-1].has_data:
            self.groups[-1].readings.append(before.readings[-1])

    def _fresh(self, token: Token, persons: list[str], words: list[str]) -> None:
        skip = persons[0] in ("other", "pet")
        address = self.homes.get(persons[0], self.address)
        self.group = Group(persons, token.start, address, skip=skip, words=words)
        self.groups.append(self.group)
        self.named_at = token.end

    def _speaks(self, token: Token) -> bool:
        """Whether one of those who are people only with something told is surely meant: "老汉我八十有四，36.3"."""
        last, group = self.last, self.group
        if token.rule in _SURE:
            return True
        apposed = last and last.kind == "person" and last.end == token.start and last.value not in SHY
        return bool(apposed and group and group.named and not group.has_data and not next_person(self.tokens, token))

    def _names_sender(self, token: Token) -> bool:
        """ "我，3-2-501，张三，36.5"."""
        group, last = self.group, self.last
        if not (group and last and last.kind == "address" and token.rule in NAMES):
            return False
        return group.address is not None and not group.has_data and group.named and group.persons == ["self"]

    def _theirs(self, code: str, word: str) -> str:
        """ "我老公36.5，他妈36.8", "孩子38.5，他爸36.6，他哥36.7"."""
        others = [g.persons[-1] for g in self.groups[-4:] if g.persons[-1] != "self"]
        previous = others[-1] if others and self._previous() == "self" else self._previous()
        married = previous in ("father_in_law", "mother_in_law") and any(g.persons[-1] == "spouse" for g in self.groups)
        if code != "sibling" and (previous == "spouse" or married):
            return f"{code}_in_law"
        if previous not in _CHILDREN:
            return code
        if code == "sibling":
            return "daughter" if "姐" in word or "妹" in word else "son"
        return "spouse"

    def _previous(self) -> str:
        return self.group.persons[-1] if self.group else ""

    def _joined(self, group: Group, last: Token, token: Token, code: str, word: str) -> bool:
        """Whether the person belongs to the group that was just opened: a name for it, one more of it, or kin of it."""
        between, previous = self.text[last.end : token.start], group.persons[-1]
        if explains(self.text, last, token, previous, self.named_at):
            if is_relation(previous) and code != "self":
                group.persons[-1] = code  # "婆婆（我奶奶）"
            return True
        meant = one_person(self.text, self.tokens, last, token, code, previous)
        if meant is not None:
            group.persons[-1], group.words[-1] = meant, word if meant == code else group.words[-1]
            group.skip = meant in ("other", "pet")
        elif code in ("pet", "other") or group.skip or not side_by_side(between):
            return False
        elif not (previous == code == "self") or joined(between):
            group.persons.append(code)
            group.words.append(word)
        self.named_at = token.end
        return True

    # Parts of the day

    def _when(self, place: int, token: Token) -> None:
        text, last, group = self.text, self.last, self.group
        near = self.tokens[place + 1 : place + _NEAR]
        if group is None and not self.groups and not self.pending:
            self.sticky = token.value if heads(text, token, near) else None
            self.until = 0
        if is_loose(text, token, near):
            return
        if last and last.kind == "reading" and group and group.readings and text[last.end : token.start].strip() == "(":
            group.readings[-1] = (group.readings[-1][0], token.value)
            return
        if self.pending[-1:] != [token.value] or (last and last.kind == "reading"):  # "今天早上嗯早上量的…": said twice
            self.pending.append(token.value)
        if self.groups and (after := self.tokens[place + 1 : place + 2]) and after[0].kind == "person":
            self.sticky, self.until = token.value, sentence_end(text, token.end)

    def _part(self, token: Token) -> str | None:
        if self.pending:
            return self.pending.pop(0)
        if self.until and token.start > self.until:
            self.sticky, self.until = None, 0
        return self.sticky

    # What is told

    def _datum(self, token: Token) -> None:
        if self.group is None:
            person = "?" if self.listed and self.address else "self"
            self.group = Group([person], token.start, self.address, named=False, words=[""])
            self.groups.append(self.group)
        group = self.group
        group.end = token.end
        if token.kind == "reading":
            name_before = self.last and self.last.kind == "person" and token.start - self.last.end < 2  # "莫非 36.4"
            if name_before or not is_taken_back(self.text, token.start):
                reading = (self.numbers[token.start], self._part(token))
                for member in self._measured(token, group):
                    member.readings.append(reading)
        elif token.kind == "symptom":
            for member in self._sharing(token, group):
                member.symptoms.append(token.value)
        elif token.kind == "unwell":
            group.unwell = True
        else:
            group.told = True
            group.strong = group.strong or token.kind in ("well", "denied", "over")

    def _measured(self, token: Token, group: Group) -> list[Group]:
        """ "妹妹咳嗽，姐姐也咳，都37.0": one reading for all who have none."""
        told = [g for g in self.groups if g.has_data and not g.skip and g.named]
        if len(told) < 2 or any(g.readings for g in told):
            return [group]
        clause = self.text[clause_start(self.text, token.start) : token.start].lstrip()
        return told if clause.startswith(("都", "均", "也都")) else [group]

    def _sharing(self, token: Token, group: Group) -> list[Group]:
        clause = self.text[clause_start(self.text, token.start) : token.start].lstrip()
        if not _ALL_OF_THEM.match(clause):
            return [group]
        if len(self.groups) > 1 and (told := [g for g in self.groups if g.has_data and not g.skip]):
            return told
        group.shared = not group.named
        return [group]
