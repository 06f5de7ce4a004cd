"""HTML nested so deep that building its tree takes minutes, flattened beforehand."""

import re

MAX_DEPTH = 500  # real mails have been seen with 318 nested blocks
_FEW = 500  # tags; too few to nest deeply
# Elements that HTML closes by itself don't count: thousands of unclosed <p> are flat.
_TAG = re.compile(
    r"<(/?)(?!(?:p|li|td|th|tr|dt|dd|br|hr|img|col|meta|link|input|option|tbody|thead|wbr|body|html|head)\b)"
    r"([a-z][a-z0-9:]*)[^<>]*(/?)>",
    re.I,
)


def shallow(html: str) -> str:
    """Return `html` without the tags that stand more than 500 elements deep; all text stays."""
    if html.count("<") < _FEW or _depth(html) <= MAX_DEPTH:
        return html
    depth = dropped = 0

    def kept(tag: re.Match[str]) -> str:
        nonlocal depth, dropped
        if tag[3]:
            return tag[0]
        if tag[1]:
            if dropped:
                dropped -= 1
                return ""
            depth = max(0, depth - 1)
        elif depth >= MAX_DEPTH:
            dropped += 1
            return ""
        else:
            depth += 1
        return tag[0]

    return _TAG.sub(kept, html)


def _depth(html: str) -> int:
    depth = deepest = 0
    for tag in _TAG.finditer(html):
        if not tag[3]:
            depth = max(0, depth - 1) if tag[1] else depth + 1
            deepest = max(deepest, depth)
    return deepest
