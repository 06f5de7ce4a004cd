"""File names that are safe to store, show and download."""

import re

_NAMED = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/svg+xml": "svg",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "text/rfc822-headers": "txt",
    "message/rfc822": "eml",
    "message/global": "eml",
    "message/delivery-status": "txt",
    "message/disposition-notification": "txt",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m",
    "application/pgp-signature": "asc",
    "application/pgp-encrypted": "asc",
    "application/ms-tnef": "dat",
    "application/msword": "doc",
    "audio/mpeg": "mp3",
    "audio/amr": "amr",
    "video/mp4": "mp4",
}
# Invisible characters, and those that turn the direction of writing ("gpj.exe" shown as "exe.jpg").
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_PATH = re.compile(r"^(?:[A-Za-z]:[\\/]|[\\/]|\.{1,2}[\\/]|~[\\/])|\\")
_RESERVED = re.compile(r'[<>:"/\\|?*]')
_DEVICE = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.I)
MAX_LENGTH = 180  # characters; with UTF-8 still below the 255 bytes of common file systems for European names


def safe_name(name: str) -> str:
    """Return `name` as a plain file name: no path, no control or bidi characters, at most 180 characters long.

    "" when nothing usable is left.
    """
    name = _UNSEEN.sub("", name).strip()
    if _PATH.search(name):
        name = re.split(r"[\\/]", name)[-1]
    name = _RESERVED.sub("_", " ".join(name.split())).strip(" .") if name.strip(" ._") else ""
    if _DEVICE.match(name):
        name = "_" + name
    return _short(name)


def default_name(content_type: str, position: int, title: str = "") -> str:
    """Return a name for a file that came without one; `position` counts from 1, `title` is used if it has one."""
    extension = _NAMED.get(content_type) or ("txt" if content_type.startswith("text/") else "bin")
    return f"{_short(safe_name(title), 80) or f'attachment-{position}'}.{extension}"


def _short(name: str, length: int = MAX_LENGTH) -> str:
    limit = 240  # bytes in UTF-8
    if len(name) <= length and len(name.encode()) <= limit:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        stem, dot, extension = name, "", ""
    stem = stem[: length - len(extension) - 1]
    while len(stem.encode()) > limit - len(extension.encode()) - 1:
        stem = stem[:-1]
    return stem.rstrip(" .") + dot + extension
