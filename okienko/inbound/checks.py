"""For the doctor: the ledger."""

from __future__ import annotations

from collections.abc import Iterator

from okienko.inbound.ledger import sums
from okienko.work.check import Finding


def ledger() -> Iterator[Finding]:
    """Every mailbox's account adds up, and nothing in it has failed."""
    for account in sums():
        if not account.balanced:
            yield Finding(False, f"{account.mailbox}: the ledger does not add up: {account.as_json()}.")
        elif account.failed:
            yield Finding(
                False,
                f"{account.mailbox}: {account.failed} messages failed; see the ledger page to run them again.",
            )
        else:
            yield Finding(True, f"{account.mailbox}: {account.received} received, and the ledger adds up.")
