"""Why administration did not do something, in words that say what to do."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _

from okienko.lib.refusal import Invalid, NotAllowed, Refused

FIELDS = {
    "address": "address",
    "agent_exists": "email",
    "mailbox_exists": "address",
    "name": "name",
    "name_taken": "name",
    "password": "password",
    "rank_taken": "rank",
    "status_in_use": "state",
}
"""Which field of a form a refusal is about, where the form has it."""


def said(refused: Refused) -> str:
    """The refusal in one plain sentence, in the reader's language."""
    if isinstance(refused, NotAllowed):
        return _("You may not do that here.")
    words = {
        "address": _("“%(address)s” is not an e-mail address."),
        "agent_exists": _("There is an agent with the address %(email)s already."),
        "mailbox_exists": _("There is a mailbox %(address)s already."),
        "name": _("It needs a name."),
        "name_taken": _("“%(name)s” is taken. Choose another name."),
        "password": "%(why)s",
        "rank_taken": _("Another priority has this place in the order."),
        "status_in_use": _("Tickets have this status, so its state stays."),
        "last_of_state": _("Each state needs at least one active status."),
        "default_priority": _("New tickets get this priority, so it stays active."),
        "last_administrator": _("Somebody has to administer Okienko: this is the last administrator."),
        "administrator_role": _("The administrator's role may do everything and stays as it is."),
        "set_up_already": _("This Okienko is set up already."),
        "filed": _("This message lies on a ticket already."),
        "not_empty": _("There is something in this Okienko already, so no demo company can be put into it."),
        "not_failed": _("It has been sent again already."),
    }
    said = words.get(refused.code)
    if said is None:
        unusable, changed = _("That cannot be used."), _("Somebody has changed this meanwhile. Look again.")
        return unusable if isinstance(refused, Invalid) else changed
    return said % refused.details if refused.details else said


def tell(form: forms.Form, refused: Refused) -> None:
    """Shows the refusal at the field that it is about, else above the form."""
    field = FIELDS.get(refused.code)
    form.add_error(field if field in form.fields else None, said(refused))
