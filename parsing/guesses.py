"""What a number that is no temperature may have been meant for: a lost point, a doubled zero, Fahrenheit."""

from parsing.health.temperature import HIGHEST, LOWEST


def guess(claimed: float) -> float | None:
    """The one believable reading behind a slip (3.65, 3650, 306.5, 98.6, 63.5), or None."""
    candidates = (
        claimed * 10,  # 3.65
        claimed / 10,  # 365.0
        claimed / 100,  # 3650
        30 + (claimed - 300) if 300 <= claimed < 310 else 0.0,  # 306.5: the zero is one too many
        _swapped(claimed),
        (claimed - 32) / 1.8,  # 98.6
    )
    return next((round(value, 1) for value in candidates if LOWEST <= value <= HIGHEST), None)


def _swapped(claimed: float) -> float:
    """63.5 for 36.5: the first two figures changed places."""
    whole, rest = divmod(claimed, 1)
    return (whole % 10) * 10 + whole // 10 + rest if 10 <= whole < 100 else 0.0
