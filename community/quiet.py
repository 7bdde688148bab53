"""The quiet hours of the night, in which nothing is sent that the program starts by itself."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from community.rules import Rules


def quiet_until(now: datetime, rules: Rules, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours end; None outside of them."""
    local = now.astimezone(zone)
    return end_of_quiet(local, rules.quiet_hours[1]) if rules.is_quiet(local.time()) else None


def end_of_quiet(local: datetime, ends: time) -> datetime:
    """The next moment at which the quiet hours end."""
    today = local.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
    return today if today > local else today + timedelta(days=1)
