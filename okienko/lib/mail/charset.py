"""Bytes to text, whatever the mail claims about them."""

import codecs
import re
from functools import lru_cache

# Codecs that Python knows but that are no character set of a mail (some even run transformations).
_NOT_A_CHARSET = {
    "idna",
    "punycode",
    "unicode-escape",
    "raw-unicode-escape",
    "undefined",
    "charmap",
    "mbcs",
    "oem",
}
# What senders call it → the superset that they really send.
_MEANT = {
    "ascii": "ascii",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso2022_jp": "iso2022_jp_ext",
    "iso8859-8-i": "cp1255",
}
_ALIASES = {
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-8-i": "cp1255",
    "iso-8859-8-e": "cp1255",
    "ks_c_5601-1987": "cp949",
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "x-user-defined": "cp1250",
    "x-mac-ce": "mac_latin2",
    "x-mac-roman": "mac_roman",
    "win-1250": "cp1250",
    "cp-1250": "cp1250",
    "x-cp1250": "cp1250",
    "x-windows-949": "cp949",
    "dos-852": "cp852",
    "ansi_x3.110-1983": "cp1252",
    "default": "utf-8",
    "unknown-8bit": "utf-8",
    "8bit": "utf-8",
}
_ONE_BYTE = re.compile(r"^(cp125\d|iso8859-\d+|ascii|cp852|mac.*)$")
_HIGH = bytes(range(128, 256))
_C1 = re.compile("[\x80-\x9f]")
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


@lru_cache(maxsize=512)
def codec_for(name: str) -> str | None:
    """Return the Python codec for a charset named in a mail, or None when there is no such character set."""
    key = name.strip().strip("\"'").lower().split("*", 1)[0].replace(" ", "")
    key = _ALIASES.get(key, key)
    if not key or len(key) > 40 or not key.isascii() or "\x00" in key:
        return None
    try:
        info = codecs.lookup(key)
    except (LookupError, ValueError):
        return None
    if not getattr(info, "_is_text_encoding", True) or info.name.replace("_", "-") in _NOT_A_CHARSET:
        return None
    return _MEANT.get(info.name, info.name)


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """Return `data` as text and a defect ("" when it was as declared).

    The declared charset is tried first, then UTF-8, windows-1250 and latin-1. A one-byte charset that is
    contradicted by well-formed UTF-8 loses, and so does ISO 8859-2 with windows-1250's letters in it.
    """
    if data.isascii() and not declared:
        return data.decode("ascii"), ""
    codec = codec_for(declared) if declared else None
    defect = f"unknown charset {declared[:40]}" if declared and codec is None else ""
    if codec and not (codec == "utf-8" or codec.startswith("utf-8")):
        if _ONE_BYTE.match(codec) and not data.isascii() and (text := _strict(data, "utf-8")) is not None:
            return text, f"charset is utf-8, not {declared[:40]}"
        text = _strict(data, codec)
        if text is not None and not (codec.startswith("iso8859") and _C1.search(text)):
            return text, ""
        defect = f"charset is not {declared[:40]}"
        if codec.startswith("cp125"):  # a byte that this code page leaves undefined
            return data.decode(codec, "replace"), defect
        if codec.startswith("iso8859-") and codec != "iso8859-2" and text is not None:
            return text, ""
    text = _strict(data, "utf-8-sig")
    if text is not None:
        return text, defect
    if _mostly_utf8(data):
        return data.decode("utf-8-sig", "replace"), defect or "broken utf-8"
    text = _strict(data, "cp1250")
    return (text if text is not None else data.decode("latin-1")), defect or "charset guessed"


def clean(text: str) -> str:
    """Return `text` with line breaks as "\\n" and without NUL, other control characters and lone surrogates."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isprintable():
        return text
    return _FORBIDDEN.sub("", text.replace("\x0b", "\n").replace("\x0c", "\n"))


_BREAKS = re.compile("[\x00-\x20\x7f\x85\xa0\u2028\u2029]+")


def clean_line(text: str) -> str:
    """Return `text` as one line fit for a header: breaks and controls become single spaces, ends trimmed."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return clean(_BREAKS.sub(" ", text)).strip()


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError, LookupError):
        return None


def _mostly_utf8(data: bytes) -> bool:
    """A cut or damaged byte in a long UTF-8 text must not turn all its letters into rubbish."""
    high = len(data) - len(data.translate(None, _HIGH))
    good = data.decode("utf-8", "ignore").encode()
    return high > 0 and len(good) - len(good.translate(None, _HIGH)) >= 0.8 * high
