"""Numbers written in Chinese, in the few shapes that readings, addresses and times use."""

DIGITS: dict[str, int] = dict(zip("零〇一二三四五六七八九", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
DIGITS |= {
    "两": 2,
    "幺": 1,
    "洞": 0,
    "拐": 7,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
    "陆": 6,
    "柒": 7,
    "捌": 8,
    "玖": 9,
}
DIGIT_CLASS = "零〇一二三四五六七八九两幺壹贰叁肆伍陆柒捌玖"


def to_int(word: str) -> int | None:
    """The value of "12", "十二", "一百零二", "五零一" (digit by digit) or None."""
    if word.isascii():
        return int(word) if word.isdigit() else None
    word = word.replace("拾", "十")
    if "十" not in word and "百" not in word and "千" not in word:
        digits = spelled(word)
        return int(digits) if digits else None
    total = current = 0
    for character in word:
        unit = {"十": 10, "百": 100, "千": 1000}.get(character)
        if unit:
            total, current = total + (current or 1) * unit, 0
        elif character in DIGITS:
            current = DIGITS[character]
        elif character.isdigit() and character.isascii():
            current = int(character)
        else:
            return None
    return total + current


def spelled(word: str) -> str | None:
    """Digits read out one by one ("五零一" is "501"), or None where something else is in the word."""
    figures = []
    for character in word:
        if character in DIGITS:
            figures.append(str(DIGITS[character]))
        elif "0" <= character <= "9":
            figures.append(character)
        else:
            return None
    return "".join(figures)
