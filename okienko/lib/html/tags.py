"""Well-formed HTML, as nh3 writes it, taken apart into tags and text."""

import re

# nh3 quotes every attribute with ", so a ">" inside a value can't end a tag.
TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>|([^<]+)')
ATTRIBUTE = re.compile(r'\s([a-z-]+)="([^"]*)"')
VOID = {"br", "hr", "img", "col", "wbr"}


def unescaped(text: str) -> str:
    """Return the text of a node without the four entities that nh3 writes in it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\xa0").replace("&amp;", "&")
