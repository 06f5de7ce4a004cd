"""For the doctor: the ledger."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from okienko.inbound.ledger import sums
from okienko.work.check import Finding


def ledger() -> Iterator[Finding]:
    """Every mailbox's account adds up, and nothing in it has failed."""
    for account in sums():
        if not account.balanced:
            said = _("%(mailbox)s: the ledger does not add up: %(sums)s.")
            yield Finding(False, said % {"mailbox": account.mailbox, "sums": account.as_json()})
        elif account.failed:
            said = ngettext(
                "%(mailbox)s: %(n)d message failed; see the ledger page to run it again.",
                "%(mailbox)s: %(n)d messages failed; see the ledger page to run them again.",
                account.failed,
            )
            yield Finding(False, said % {"mailbox": account.mailbox, "n": account.failed})
        else:
            said = _("%(mailbox)s: %(n)d received, and the ledger adds up.")
            yield Finding(True, said % {"mailbox": account.mailbox, "n": account.received})
