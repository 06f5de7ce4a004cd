"""Which mail tells that one of ours did not arrive, and for whom (RFC 3464 and everybody else)."""

from dataclasses import dataclass

from okienko.lib.mail.bodies import Bodies
from okienko.lib.mail.mime import Part
from okienko.lib.mail.model import Address


@dataclass(frozen=True, slots=True)
class Bounce:
    """`recipients` are the addresses that failed, `message_ids` those of the mails that came back."""

    is_bounce: bool
    recipients: tuple[str, ...]
    message_ids: tuple[str, ...]


NO_BOUNCE = Bounce(False, (), ())


def read_bounce(
    raw: bytes, root: Part, bodies: Bodies, from_: Address, title: str, text: str, return_path: str | None
) -> Bounce:
    """Return what a mail that may be a bounce says; a delayed notice is none."""
    return NO_BOUNCE
