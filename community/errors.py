"""Every error that people meet, in one tree:

Expected                an error with its own template: the sender did something that can be put right
├── WrongUsage          a command that cannot be read; answered with its usage and an example
├── NotFound            a household, person or number that is not there, or not in scope
├── NotAllowed          role or area does not reach; the answer holds 无权 and discloses nothing
└── NotNow              allowed in general, but a rule forbids it at present; says which
"""

from typing import Any


class Expected(Exception):
    """An error that is answered by its template."""

    def __init__(self, template: str, **values: Any) -> None:
        super().__init__(template)
        self.template = template
        self.values = values


class WrongUsage(Expected):
    """A command that cannot be read."""

    def __init__(self, hint: str = "") -> None:
        super().__init__("errors/usage", hint=hint)


class NotFound(Expected):
    """What was named is not there."""


class NotAllowed(Expected):
    """Role or area does not reach."""


class NotNow(Expected):
    """A rule forbids it at present."""
