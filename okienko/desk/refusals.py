"""Why something was not done, in words that say what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from okienko.lib.refusal import Invalid, NotAllowed, Refused


def said(refused: Refused) -> str:
    """The refusal in one plain sentence, in the reader's language."""
    if isinstance(refused, NotAllowed):
        return _("You may not do that here.")
    words = {
        "stale": _(
            "Something new came in while you were writing. Your text is kept; read it and send again."
        ),
        "draft": _("This draft was changed in another window."),
        "files": _("The files of this draft were changed in another window. Look at them and send again."),
        "forward_begun": _("You have begun to forward another message. Send or discard that first."),
        "note_stays": _("A note stays in the house: it cannot be forwarded."),
        "already_leaving": _("It is already on its way and cannot be taken back."),
        "not_failed": _("It has been sent again already."),
        "not_your_reply": _("Only the author of a reply can take it back."),
        "assigned": _("Somebody else has just taken this ticket."),
        "no_recipient": _("Nobody would receive this. Enter an address."),
        "address": _("“%(address)s” is not an address."),
        "no_mailbox": _("This ticket has no mailbox to send from. Choose one under “From”."),
        "empty": _("There is nothing to send yet. Write something or attach a file."),
        "in_bin": _("This ticket is in the bin. Take it back first."),
        "too_large": _("%(name)s is too large; at most %(limit)s MB can be attached."),
        "subject": _("A ticket needs a subject."),
        "agent": _("This person no longer works here."),
        "status": _("There is no such status."),
        "customer": _("Enter an address, a number or a name."),
    }
    said = words.get(refused.code)
    if said is None:
        unusable, changed = _("That cannot be used."), _("Somebody has changed this meanwhile. Look again.")
        return unusable if isinstance(refused, Invalid) else changed
    return said % refused.details if refused.details else said
