"""What the house says when something cannot be done. Every message is for a person and in Chinese."""

from __future__ import annotations


class Refused(Exception):
    """A rule says no.

    ``message`` tells a person, in Chinese, what is wrong and what to do instead; ``field`` names the fact at
    fault when there is one, so that a form can show the message beside it. Refusing changes nothing.
    """

    def __init__(self, message: str, *, code: str = "refused", field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refused) and (self.message, self.code) == (other.message, other.code)

    def __hash__(self) -> int:
        return hash((self.message, self.code))


class Forbidden(Refused):
    """This person may never make this move on this order, whatever the facts."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="forbidden")


class Conflict(Exception):
    """Two people acted on one order and somebody else was first; nothing of the loser's act was written."""

    def __init__(self, message: str, *, number: int, version: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.number = number
        self.version = version


class NotFound(Exception):
    """There is no such order (or none that this person may know of)."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
