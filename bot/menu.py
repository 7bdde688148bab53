"""The commands as a platform with a menu of its own shows them."""

from bot import router  # noqa: F401  its import registers every command
from handlers.registry import COMMANDS


def telegram_menu() -> tuple[tuple[str, str], ...]:
    """(English alias, what it does) of every command; Telegram takes small letters, digits and `_` only."""
    return tuple((entry.aliases[0].replace("-", "_"), entry.about) for entry in COMMANDS.values())
