"""Which mail tells that one of ours did not arrive, and for whom (RFC 3464 and everybody else)."""

import email
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass

from okienko.lib.mail.addresses import parse_addresses
from okienko.lib.mail.bodies import Bodies
from okienko.lib.mail.mime import Part, split_headers
from okienko.lib.mail.params import decode_header


@dataclass(frozen=True, slots=True)
class Bounce:
    """`recipients` are the addresses that failed, `message_ids` those of the mails that came back."""

    is_bounce: bool
    recipients: tuple[str, ...]
    message_ids: tuple[str, ...]


MAX_TOLD = 50_000  # characters; servers are brief, what follows is the mail that came back
NO_BOUNCE = Bounce(False, (), ())
_ADDRESS = re.compile(
    r"(?<![\w.+=&'/~-])[A-Za-z0-9][\w.+=&'/~-]{0,100}@(?:[A-Za-z0-9-]{1,63}\.){1,9}[A-Za-z][A-Za-z0-9-]{1,62}"
)
_ID_LINE = re.compile(r"^[ \t>]*Message-ID:\s*<([^<>\s]{3,500})>", re.I | re.M)
_DAEMON = re.compile(r"^(?:mailer-?daemon|postmaster|mail-?daemon|mail-?delivery\w*)\b", re.I)
# Subjects that mail servers write; anchored, so that a person's answer or forward is none.
_SUBJECT = re.compile(
    r"^(?:\*+\s*spam\s*\*+\s*)?(?:undeliver(?:ed|able)|returned mail|return(?:ed)? to sender|"
    r"mail delivery (?:failed|failure|problem|error)|"
    r"delivery (?:status notification|failure|has failed|failed|notification|problem|report|unsuccessful)|"
    r"failure notice|"
    r"mail (?:could not be|not) delivered|message (?:undeliverable|could not|not delivered)|"
    r"non[- ]?delivera\w*|nondeliverable|"
    r"niedostarcz\w+|nie (?:można|udało się) dostarczyć|nie dostarczono|wiadomość (?:nie została|"
    r"niedostarcz)\w*|zwrot (?:poczty|wiadomości|niedostarcz)|"
    r"błąd (?:dostarcz|wysył)\w+|błąd doręczenia|nieudane dostarczenie|unzustellbar|zustell\w*(?:fehler|"
    r"status)|nicht zustellbar|"
    r"échec (?:de la remise|de remise)|non remis|no se puede entregar|no entregado|impossibile recapitare|"
    r"mancato recapito|onbestelbaar|"
    r"nedoruč\w+|kézbesíthetetlen|недоставлен\w*|не доставлено|bounce\b|rejected|mail system error|"
    r"(?:re:\s*)?warning: could not send message)",
    re.I,
)
_FAILED = re.compile(
    r"undeliver|(?:could|can|was|were|has|have)(?: ?not|n't|nnot)(?: be| been| yet been)? (?:deliver|"
    r"reach|sen[dt]|complet|process)|delivery (?:to|of|has|attempt)[^.]{0,80}fail|"
    r"deliver\w* (?:fail|unsuccessful|error)|fail\w* (?:to deliver|permanently|address|recipient)|"
    r"unable to deliver|not (?:been )?delivered|"
    r"(?:user|recipient|mailbox|address|account)[^.\n]{0,40}(?:unknown|not found|does(?: not|n't) exist|"
    r"unavailable|disabled|invalid|rejected|full|over quota|no longer)|"
    r"(?:unknown|no such|invalid|bad) (?:user|recipient|mailbox|address|host|domain)|over ?quota|"
    r"quota exceeded|returned to (?:you|sender)|permanent (?:fatal )?(?:error|failure)|"
    r"message (?:was )?rejected|(?:^|\W)5\d\d[ -]#?5\.\d{1,3}\.\d{1,3}|(?:said|reply|"
    r"error)[^\n]{0,30}:\s*5\d\d\b|host (?:or domain name )?not found|"
    r"niedostarcz|nie (?:została?|zostały|mogła|mógł|może|mogą|udało się|można|"
    r"dotarła)[^.\n]{0,60}(?:dostarcz|doręcz|wysłan|wysła)|nie dotarła|(?:adresat|odbiorc|użytkownik|"
    r"skrzynk|konto|adres)\w*[^.\n]{0,40}"
    r"(?:nie istnieje|nieznan|przepełnion|pełna|niedostępn|zablokowan|nieaktywn)|przekroczon\w* (?:limit|"
    r"pojemność|rozmiar)|"
    r"nicht zugestellt|unzustellbar|n'a pas pu être|no se (?:pudo|ha podido) entregar|"
    r"non è stato possibile|не (?:может|удалось)[^.\n]{0,30}достав|не доставлено",
    re.I,
)
_LATE = re.compile(
    r"\bdelayed\b|\bdelay\b|will (?:be retried|retry|continue|keep trying)|still (?:being )?(?:retr|try)|"
    r"not yet been delivered|no action is required|"
    r"do not need to resend|this is a warning message only|opóźni|zostanie ponowion|kolejn\w+ prób|ponowi|"
    r"nie musisz wysyłać|nie jest wymagan\w+ żadn\w+|"
    r"verzögert|transient|temporarily deferred|will try again",
    re.I,
)
_GAVE_UP = re.compile(
    r"giv(?:en|ing) up|gave up|permanent|returned to sender|too long|(?:has|have) expired|"
    r"could not be delivered for|failed after|"
    r"retry time(?:out)? exceeded|rezygnuj|ostateczn|nie będzie ponawiana|was not delivered",
    re.I,
)
_COPY = re.compile(
    r"^[ \t>]*(?:-{2,}.{0,60}(?:copy|original|returned|unsent|below|undelivered|kopia|treść|oryginaln|"
    r"header|message).{0,80}|"
    r"(?:below this line is|this is a copy of|original (?:message|mail) (?:follows|headers|attached)|"
    r"the original message|"
    r"(?:oto )?kopia (?:wiadomości|nagłówk)|poniżej (?:znajduje|kopia)|treść (?:oryginaln|zwrócon|"
    r"wiadomości)|oryginalna wiadomość).{0,80}|"
    r"(?:received|return-path|x-\w+|dkim-signature|mime-version): .*)$",
    re.I | re.M,
)
# What no person writes about a parcel that did not arrive.
_SERVER_SAYS = re.compile(
    r"\b5\.\d{1,3}\.\d{1,3}\b|\b55\d[ -]|did not reach (?:some|all|the following)|created automatically|"
    r"following (?:recipient|address)|wasn't able to deliver|adresat\w* (?:nie istnieje|wiadomości)|"
    r"(?:generowan|wysłan)\w* automatycznie|serwer poczt|mail server|remote (?:host|server)",
    re.I,
)
_FINAL = re.compile(r"(?:final|original)-recipient|x-failed-recipients|x-actual-recipient", re.I)


def read_bounce(
    raw: bytes, root: Part, bodies: Bodies, sender: str, title: str, text: str, return_path: str | None
) -> Bounce:
    """Return what a mail that may be a bounce says; a delay, a delivery or a reading receipt is none.

    `sender` is the address in From, `text` the whole plain text. Recipients are as the report writes them.
    """
    statuses = [part for part in bodies.reports if part.content_type.endswith("delivery-status")]
    failed, others = _from_statuses(statuses)
    if failed:
        return Bounce(True, failed, _message_ids(root, bodies, text))
    if others or "disposition-notification" in root.type_params.get("report-type", ""):
        return NO_BOUNCE
    is_machine = return_path == "" or bool(_DAEMON.match(sender)) or bool(root.first("x-failed-recipients"))
    is_machine = is_machine or root.content_type == "multipart/report"
    if not is_machine and not (_SUBJECT.match(title) and _is_evident(text[:MAX_TOLD], bodies)):
        return NO_BOUNCE
    text = text[:MAX_TOLD]
    told = _before_copy(text)
    if not _FAILED.search(told) and not (_SUBJECT.match(title) and is_machine):
        return NO_BOUNCE
    if _LATE.search(f"{title}\n{told}") and not _GAVE_UP.search(told):
        return NO_BOUNCE
    named = tuple(
        person.address for value in root.all("x-failed-recipients") for person in parse_addresses(value)
    )
    own = {sender.lower(), *(person.address.lower() for person in parse_addresses(root.first("to")))}
    recipients = named or _told(told, own) or _from_library(raw, own) or _from_original(bodies, text, own)
    return Bounce(True, tuple(dict.fromkeys(recipients)), _message_ids(root, bodies, text))


def _is_evident(text: str, bodies: Bodies) -> bool:
    told = _before_copy(text)[:4000]
    return bool(
        _FAILED.search(told) and (bodies.reports or (_ADDRESS.search(told) and _SERVER_SAYS.search(told)))
    )


def _from_statuses(statuses: Iterable[Part]) -> tuple[tuple[str, ...], bool]:
    """Return the failed recipients, and whether a status other than failure was reported."""
    failed: list[str] = []
    others = False
    for part in statuses:
        block = part.payload.lstrip(b"\r\n")
        while block:
            headers, block = split_headers(block)
            block = block.lstrip(b"\r\n")
            fields = {name: decode_header(value) for name, value in reversed(headers)}
            recipient = _typed(fields.get("original-recipient", "")) or _typed(
                fields.get("final-recipient", "")
            )
            action = fields.get("action", "").lower()
            is_failed = action.startswith(("fail", "error")) or (
                not action and fields.get("status", "").startswith("5")
            )
            if is_failed and recipient:
                failed.append(recipient)
            elif action:
                others = True
            if not headers:
                break
    return tuple(dict.fromkeys(failed)), others


def _typed(value: str) -> str:
    """Return the address of "rfc822; a@b", whatever the type is called."""
    found = _ADDRESS.search(value.rpartition(";")[2]) or _ADDRESS.search(value)
    if found:
        return found[0]
    text = value.rpartition(";")[2].strip().strip("<>")
    return text if "@" in text else ""


def _before_copy(text: str) -> str:
    cut = _COPY.search(text)
    return text[: cut.start()] if cut and cut.start() > 40 else text


def _told(told: str, own: set[str]) -> list[str]:
    """Return the addresses in a server's own words, those beside a reason first."""
    near: list[str] = []
    alone: list[str] = []
    lines = told.split("\n")
    for number, line in enumerate(lines):
        for match in _ADDRESS.finditer(line):
            address = match[0].rstrip(".-'")
            if address.lower() in own or _DAEMON.match(address):
                continue
            around = " ".join(lines[max(0, number - 1) : number + 3])
            bare = line.strip().strip("<>:;,.'\"*•- ")
            if _FAILED.search(line) or _FINAL.search(line) or re.search(r"<\S+@\S+>\s*:", line):
                near.append(address)
            elif bare.lower() == address.lower() or _FAILED.search(around):
                alone.append(address)
    return near or alone


def _from_library(raw: bytes, own: set[str]) -> list[str]:
    """Ask flufl.bounce, which knows many old servers' words."""
    from flufl.bounce import all_failures  # few mails get here

    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)
    try:
        _, permanent = all_failures(email.message_from_bytes(raw[:500_000]))
    except Exception:  # it was not written for hostile bytes
        return []
    found = (each.decode("ascii", "replace") for each in sorted(permanent))
    return [each for each in found if "@" in each and each.lower() not in own]


def _original_headers(bodies: Bodies) -> list[tuple[str, bytes]]:
    for part in bodies.reports:
        if part.content_type in ("message/rfc822", "text/rfc822-headers"):
            return split_headers(part.payload[:200_000])[0]
    return []


def _from_original(bodies: Bodies, text: str, own: set[str]) -> list[str]:
    """Return to whom the mail that came back was addressed."""
    people = [
        person
        for name, value in _original_headers(bodies)
        if name == "to"
        for person in parse_addresses(value)
    ]
    if not people:
        to_lines = re.findall(r"^[ \t>]*(?:To|Do|An):[ \t]*(.+)$", text, re.M)
        people = [person for line in to_lines[:1] for person in parse_addresses(line.encode())]
    found = [person.address for person in people if person.address and person.address.lower() not in own]
    return found if len(found) == 1 else []


def _message_ids(root: Part, bodies: Bodies, text: str) -> tuple[str, ...]:
    found: list[str] = []
    for part in bodies.reports:
        if part.content_type in ("message/rfc822", "text/rfc822-headers"):
            headers = split_headers(part.payload[:200_000])[0]
            found += [decode_header(value).strip("<> ") for name, value in headers if name == "message-id"]
        elif part.content_type.endswith("delivery-status"):
            found += re.findall(
                r"^(?:X-)?Original-Message-ID:\s*<?([^<>\s]+)",
                part.payload.decode("ascii", "replace"),
                re.M | re.I,
            )
    found += _ID_LINE.findall(text)
    for header in ("x-original-message-id", "in-reply-to", "references"):
        found += re.findall(r"<([^<>\s]+)>", decode_header(root.first(header)))[-1:]
    return tuple(dict.fromkeys(each[:500] for each in found if each))[:20]
