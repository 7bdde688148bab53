"""When the line to a platform breaks: groups are asked to repeat what was lost meanwhile."""

from datetime import datetime, timedelta

from community.work import Priority, Work
from storage.queries import flow, places

SHORT_GAP = timedelta(minutes=2)  # hardly anybody wrote; to ask a whole group to look again would be noise


def tell_gap(work: Work, platform: str, account: str, since: datetime, until: datetime) -> None:
    """Tell each of our groups from which this account brought messages since when it heard nothing."""
    if until - since < SHORT_GAP:
        return
    keys = {(platform, chat_id) for chat_id in flow.groups_heard(work.session, platform, account)}
    zone = work.zone
    values = {"since": since.astimezone(zone), "until": until.astimezone(zone)}
    for group in places.groups_by_key(work.session, keys).values():
        once = f"gap/{platform}/{account}/{group.external_id}/{since.isoformat()}"
        work.post.to_group(group, "group/gap", Priority.NOTICE, values=values, once=once)
