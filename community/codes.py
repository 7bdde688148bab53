"""Six-character codes: how they are made, and that nobody finds one by trying."""

import secrets
from datetime import datetime, timedelta

from community import channels
from community.errors import NotNow
from community.unsent import disguised
from community.work import Priority, Work
from storage.queries import flow, people
from storage.tables import Account

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without those that look alike: 0 O 1 I L
LENGTH = 6  # 31 ** 6: some 900 million
MOST_WRONG = 5  # codes of one account; then it has to ask a neighbour, or wait
LOCKED_FOR = timedelta(days=1)


def new_code() -> str:
    """A code that nobody can foresee."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def check_tries(work: Work, account: Account) -> None:
    """Raises `NotNow` for an account that has tried too many wrong codes; the way over a neighbour stays open."""
    if _wrong(work, account) >= MOST_WRONG:
        raise NotNow("binding/too_many_tries")


def count_wrong(work: Work, account: Account) -> None:
    """One wrong code more; whoever runs the machine hears of the account that has to stop."""
    wrong = _wrong(work, account) + 1
    since = work.now.isoformat() if wrong == 1 else _kept(work, account)["since"]
    flow.keep_setting(work.session, _key(account), {"wrong": wrong, "since": since})
    if wrong == MOST_WRONG:
        values = {"conversation": disguised(f"{account.platform}/private/{account.external_id}"), "wrong": wrong}
        channels.to_operator(work, "flow/guessing", Priority.NOTICE, values=values)


def forget_tries(work: Work, account: Account) -> None:
    """A right code was given."""
    people.drop_fact(work.session, _key(account))


def _wrong(work: Work, account: Account) -> int:
    kept = _kept(work, account)
    over = not kept or work.now - datetime.fromisoformat(kept["since"]) >= LOCKED_FOR
    return 0 if over else int(kept["wrong"])


def _kept(work: Work, account: Account) -> dict[str, str]:
    return flow.setting(work.session, _key(account)) or {}


def _key(account: Account) -> str:
    return f"guesses/{account.id}"
