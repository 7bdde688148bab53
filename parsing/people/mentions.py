"""Words for people in a text: relations, the whole household, titled neighbours, and those who are nobody's business."""

from collections.abc import Iterator

from parsing.people.kin import CODES, HOUSEHOLD_COUNT, PLURALS, SEVERAL
from parsing.people.person_sense import meant
from parsing.people.surnames import SURNAME_CLASS, TITLED
from parsing.writing.characters import SIMPLIFIED
from parsing.writing.lexicon import Pattern, Token


def _lengths() -> dict[str, tuple[int, ...]]:
    """The lengths of the words that begin with each character, longest first."""
    found: dict[str, set[int]] = {}
    for word in CODES:
        found.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


_LENGTHS = _lengths()
_FIRST = Pattern("[" + "".join(sorted(_LENGTHS)) + "]")
_SEVERAL = Pattern(SEVERAL)
_HOUSEHOLD = Pattern(HOUSEHOLD_COUNT)
_HOUSEHOLD_CUE = Pattern("[二两三四五六七八九十2-9][口个位人]|除")

# Somebody pointed at who is no kin: "那大叔", "一女的". Of the family they would be called by a relation.
_POINTED_CUE = Pattern("[那这有一][个位大老男女小人几好]")
_POINTED_AT = Pattern(
    "(?:公司|单位|学校|办公室|厂里?|车间|班[里上]|工地|楼[里上下道]|小区里?|电梯里?|[车地铁公交]上|群里|店里?|超市|隔壁|对门)[^,。]{0,4}有(?:个?人|几个|好几个)|"
    "(?:[那这][个位]?|[有一]个|[有一]位)(?:[\u4e00-\u9fff]{1,6}的)?"
    "(?:大爷|大妈|大娘|大叔|大婶|大姐|大哥|阿姨|小伙子?|小年轻|年轻人|男的|女的|男人|女人|男生|女生|老头|老太|家伙|哥们|小哥|姑娘|陌生人|外地人|老汉|老爷子|老太太|老婆婆|老人|小孩|孩子爸|孩子妈|师傅|租客|住户)"
)
# "王小宝37.8": after a surname that begins a word, a pet name is the given name.
_PET_NAMES = frozenset(
    "小宝 大宝 小妹 小弟 二宝 三宝 宝宝 囡囡 毛毛 丫丫 贝贝 小妞 小囡 小丫 大毛 小毛 宝贝 小朋 大妞 毛头 老大 老二 乖乖 千金 幺妹 小女 小儿 小兵".split()
)
_SURNAME_BEFORE = Pattern(f"(?:^|[ ,。;、:\n(\\d]){SURNAME_CLASS}$")
# "别的都好，就我爸咳嗽": the others of the household, for one of it is set against them.
_THE_OTHERS = Pattern(
    "(?:其[他它余]|别)的?(?=都[^,。]{1,4},(?:就|只有|单单|只|就是)(?:我|俺|咱)?家?[爸妈爹娘爷奶姥孩娃儿女老公婆岳哥姐弟妹孙宝])"
)
_EDGES = frozenset(" ,。;、\n(和跟与!|家我的儿女孩弟妹哥姐子娃公婆人妇:")


def people(text: str, members: tuple[str, ...] = ()) -> list[Token]:
    """All words for people as tokens; the value is a code, a name or the word itself."""
    found = list(_words(text))
    if _HOUSEHOLD_CUE.search(text):
        found += [Token(m.start(), m.end(), "person", "all", "people.all") for m in _HOUSEHOLD.finditer(text)]
    for member in members:
        found += _member(text, member)
    found += [Token(m.start(), m.end(), "person", m[0], "people.titled") for m in TITLED.finditer(text)]
    if "都" in text:
        found += [Token(m.start(), m.end(), "person", "all", "people.all") for m in _THE_OTHERS.finditer(text)]
    if _POINTED_CUE.search(text):
        found += [Token(m.start(), m.end(), "person", "other", "people.other") for m in _POINTED_AT.finditer(text)]
    return found


def _words(text: str) -> Iterator[Token]:
    """The longest words of the table, left to right; those that mean nobody are passed over."""
    place = 0
    for match in _FIRST.finditer(text):
        start = match.start()
        if start < place:
            continue
        for length in _LENGTHS[match[0]]:
            word = text[start : start + length]
            code = CODES.get(word)
            if code is None:
                continue
            if code and (token := _person(text, start, word, code)):
                yield token
                place = token.end
            elif not code:
                place = start + len(word)
            break


def _person(text: str, start: int, word: str, listed: str) -> Token | None:
    end = start + len(word)
    if listed in PLURALS and (several := _SEVERAL.search(text, max(0, start - 3), start)):
        return Token(several.start(), end, "person", PLURALS[listed], f"people.{PLURALS[listed]}")
    if word in _PET_NAMES and _SURNAME_BEFORE.search(text, max(0, start - 2), start):
        return Token(start - 1, end, "person", text[start - 1 : end], "people.before_data")
    if code := meant(text, start, word, listed):
        return Token(start, end, "person", word if code == "word" else code, f"people.{code}")
    return None


def _member(text: str, member: str) -> list[Token]:
    """A registered name, and the given name alone where it stands as a word: "小树今天36.7", "瑶瑶36.6"."""
    folded = member.translate(SIMPLIFIED)
    found: list[Token] = []
    if len(folded) < 2:
        return found
    place = text.find(folded)
    while place >= 0:
        found.append(Token(place, place + len(folded), "person", member, "people.member"))
        place = text.find(folded, place + len(folded))
    if found or folded[-1] not in text:
        return found
    return _given(text, member, folded)


def _given(text: str, member: str, folded: str) -> list[Token]:
    last, own = folded[-1], member[-1]
    forms = {
        last * 2: own * 2,
        f"小{last}": f"小{own}",
        f"阿{last}": f"阿{own}",
        f"{last}儿": f"{own}儿",
        f"{last}宝": f"{own}宝",
    }
    if len(folded) > 2:
        forms[folded[-2:]] = member[-2:]
    found = []
    for form, written in forms.items():
        place = text.find(form)
        while place >= 0:
            before = text[place - 1 : place]
            if not before or before in _EDGES:
                found.append(Token(place, place + len(form), "person", written, "people.member"))
            place = text.find(form, place + len(form))
    return found
