"""Inline styles that a mail may keep: those that can neither load anything nor leave the frame."""

import re

STYLE_PROPERTIES = {
    *("background", "background-color", "border", "border-bottom", "border-collapse", "border-color"),
    *("border-left", "border-radius", "border-right", "border-spacing", "border-style", "border-top"),
    *("border-width", "border-bottom-color", "border-left-color", "border-right-color", "border-top-color"),
    *("border-left-style", "border-left-width", "border-bottom-style", "border-bottom-width"),
    *("border-right-style", "border-right-width", "border-top-style", "border-top-width", "clear", "color"),
    *("direction", "display", "empty-cells", "float", "font", "font-family", "font-size", "font-style"),
    *("font-variant", "font-weight", "height", "letter-spacing", "line-height", "list-style-type"),
    *("margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-height", "max-width"),
    *("min-width", "opacity", "overflow", "padding", "padding-bottom", "padding-left", "padding-right"),
    *("padding-top", "table-layout", "text-align", "text-decoration", "text-indent", "text-transform"),
    *("vertical-align", "visibility", "white-space", "width", "word-break", "word-spacing", "word-wrap"),
}
_FUNCTION = re.compile(r"([\w-]*)\s*\(")
_HARMLESS = {"rgb", "rgba", "hsl", "hsla", "calc"}
_SUSPECT = re.compile(r"[(\\<@]|/\*|&(?:lt|#)|script:", re.I)
_COLOUR = re.compile(r"(?:^|;)\s*(background(?:-color)?|color)\s*:\s*([^;]+)", re.I)
_GREY = re.compile(r"#(?:([0-9a-f])\1\1|([0-9a-f]{2})\2\2)\b|rgb\(\s*(\d+),\s*\3,\s*\3\s*\)", re.I)
_DULL = re.compile(
    r"^(?:black|white|windowtext|inherit|initial|transparent|none|currentcolor|gr[ae]y|#1f497d)\b", re.I
)
HIDDEN = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px)?\s*(?:;|$))", re.I
)
TIGHT = re.compile(r"(?:^|;)\s*margin(?:-bottom)?\s*:\s*0")


def safe_style(style: str) -> str:
    """Return a style attribute without the declarations that call a function other than for colour or sums."""
    if not _SUSPECT.search(style):
        return style
    return ";".join(
        each
        for each in style.split(";")
        if not re.search(r"[\\<@]|/\*|&(?:lt|#)|script:", each, re.I)
        and all(name.lower() in _HARMLESS for name in _FUNCTION.findall(each))
    )


def is_colourful(style: str) -> bool:
    """Say whether a style paints in anything but black, white and grey."""
    return any(
        not _DULL.match(value) and not _GREY.match(value.strip()) for _, value in _COLOUR.findall(style)
    )
