"""How mail clients mark quoted history and signatures in their HTML."""

import re

from okienko.lib.quoting import ends_in_attribution, is_forward_mark, is_header_block

__all__ = ["ends_in_attribution", "is_forward_mark", "is_header_block", "mark_of"]

_MARKS = {
    "gmail_attr": "attribution",
    "moz-cite-prefix": "attribution",
    "reply-intro": "attribution",
    "moz-forward-container": "forward",
    "isForwardContent": "forward",
    "gmail_signature": "signature",
    "moz-signature": "signature",
    "protonmail_signature_block": "signature",
    "ms-outlook-mobile-signature": "signature",
    "AppleMailSignature": "signature",
    "yahoo_quoted": "quote",
    "protonmail_quote": "quote",
    "tutanota_quote": "quote",
    "ms-outlook-mobile-reference-message": "rest",
    "mail-editor-reference-message-container": "rest",
    "divRplyFwdMsg": "rest",
    "OLK_SRC_BODY_SECTION": "rest",
    "replySplit": "rest",
}
_NAMED = re.compile(r'\s(?:class|id)="([^"]*)"')


def mark_of(tag: str, attributes: str) -> str:
    """Return what an element is: "quote", "attribution", "signature", "rest", "forward", or ""."""
    if tag == "blockquote" and ('type="cite"' in attributes or "gmail_quote" in attributes):
        return "quote"
    for names in _NAMED.findall(attributes):
        for name in names.split():
            while name.startswith("x_"):
                name = name[2:]
            if mark := _MARKS.get(name):
                return mark
    return ""
