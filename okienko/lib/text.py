"""Small questions about text: shorten it, squeeze it, compare addresses."""

import unicodedata


def squash(text: str) -> str:
    """Return `text` with every run of white space as one space, trimmed."""
    return " ".join(text.split())


def preview(text: str, length: int = 140) -> str:
    """Return the beginning of `text` on one line, at most `length` characters, cut between words with "…"."""
    line = squash(text[: length * 8])
    if len(line) <= length and len(text) <= length * 8:
        return line
    cut = line[: length - 1]
    if len(line) > length - 1 and line[length - 1] != " " and " " in cut[length // 2 :]:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip(" ,;:.–-") + "…"


def normalise_address(address: str) -> str:
    """Return an e-mail address as we compare it: trimmed, lower case, its domain in ASCII (RFC 5890).

    What is no address comes back trimmed and in lower case.
    """
    text = unicodedata.normalize("NFKC", address).strip().strip("<>").strip().lower()
    local, at, domain = text.rpartition("@")
    return f"{local}{at}{ascii_domain(domain)}" if at else text


def ascii_domain(domain: str) -> str:
    """Return a domain with its international labels as "xn--…"; unchanged where that is impossible."""
    domain = domain.strip().rstrip(".")
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
