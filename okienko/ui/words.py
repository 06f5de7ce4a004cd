"""The words that the browser's own code shows, handed over as JSON so that they are translated too."""

from __future__ import annotations

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Return the words by the name under which okienko/ui/static/ui/js asks for them."""
    return {
        "failed": _("That did not work. Nothing was lost; please try again."),
        "refused": _("You may not do that here."),
        "gone": _("This is no longer here."),
        "unreachable": _("Okienko cannot be reached. What you wrote is kept in this browser."),
        "saved": _("Draft saved"),
        "kept": _("Draft kept in this browser"),
        "restored": _("Draft restored from this browser"),
        "elsewhere": _("This draft was changed in another window. Reload to see it."),
        "uploading": _("Uploading {name}"),
        "uploadFailed": _("{name} could not be uploaded. Please attach it again."),
        "tooLarge": _("{name} is too large; at most {limit} MB can be attached."),
        "linkAddress": _("Address of the link"),
        "back": _("Connected again"),
    }
