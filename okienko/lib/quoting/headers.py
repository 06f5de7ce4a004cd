""" "From: … Sent: … To: … Subject: …", the block that Outlook and webmails put above quoted history."""

import re

_FROM = (
    "from|od|von|de|da|van|fra|från|feladó|от|від|lähettäjä|expéditeur|kimden|desde|mittente|nadawca|afzender|"
    "avsändare|absender|odesílatel|odosielateľ|pošiljatelj|发件人|發件人|寄件者|寄件人|差出人|보낸 사람|보낸사람"
)
_WHEN = (
    "sent|date|wysłano|wysłane|wysłany|data|data wysłania|data wiadomości|godzina|gesendet|datum|envoyé|envoyé le|"
    "date d'envoi|enviado|enviado el|enviada em|fecha|inviato|verzonden|skickat|sendt|dato|odesláno|odoslané|dátum|"
    "elküldve|küldve|отправлено|дата|надіслано|lähetetty|päivämäärä|päiväys|gönderildi|tarih|poslano|trimis|"
    "发送时间|發送時間|寄件日期|日期|送信日時|日時|보낸 날짜|날짜"
)
_TO = (
    "to|do|an|à|a|para|per|aan|till|til|pro|komu|címzett|кому|vastaanottaja|kime|destinataire|empfänger|adresat|"
    "odbiorca|destinatario|za|către|收件人|收件者|宛先|받는 사람|받는사람"
)
_SUBJECT = (
    "subject|temat|betreff|objet|asunto|oggetto|onderwerp|ämne|emne|předmět|predmet|tárgy|тема|aihe|konu|assunto|"
    "subiect|主题|主題|主旨|件名|제목"
)
_OTHER = (
    "cc|dw|kopia|kopie|kopi|cci|bcc|udw|reply-to|odpowiedz do|priorytet|importance|ważność|wichtigkeit|attachments|"
    "załączniki|anlagen|organization|copie|másolat|копия|抄送|副本"
)
_LINE = re.compile(
    rf"^[\s>*_|]*(?:(?P<from>{_FROM})|(?P<when>{_WHEN})|(?P<to>{_TO})|(?P<subject>{_SUBJECT})|(?P<other>{_OTHER}))"
    r"\s*\**\s*[:：]",
    re.I,
)
_ADDRESS = re.compile(r"[^\s<>@\"(),;:]+@[^\s<>@\"(),;:]+\.[^\s<>@\"(),;:]+")
MAX_LINE = 1000


def header_kind(line: str) -> str:
    """Return which header a line of a quoted block is: from, when, to, subject, other, or "" for none."""
    match = _LINE.match(line[:60]) if len(line) < MAX_LINE else None
    return (match.lastgroup or "") if match else ""


def header_block_length(lines: list[str]) -> int:
    """Return how many of the first `lines` form a header block, 0 if they form none.

    A block names the sender, and of date, recipient and subject at least two, with a date or an address among
    them; values may be wrapped.
    """
    kinds: list[str] = []
    length = wrapped = 0
    for number, line in enumerate(lines[:25]):
        kind = header_kind(line)
        if kind:
            if kind != "other" and kind in kinds:
                break
            kinds.append(kind)
            length = number + 1
            wrapped = 0
        elif not kinds or wrapped >= 3 or not _is_wrapped(line, kinds, wrapped):
            break
        else:
            wrapped += 1
    others = {"when", "to", "subject"}.intersection(kinds)
    if "from" not in kinds or kinds[0] == "other" or not others:
        return 0
    has_address = bool(_ADDRESS.search(" ".join(lines[:length])[:2000]))
    evidence = (len(others) >= 2) + ("when" in others) + has_address
    return length if evidence >= 2 else 0


def _is_wrapped(line: str, kinds: list[str], wrapped: int) -> bool:
    """Say whether a line that names no header may belong to the block: a wrapped value, one blank line."""
    if line.strip():
        return kinds[-1] in ("from", "to", "other", "subject")
    return len(kinds) < 3 and not wrapped


def is_header_block(text: str) -> bool:
    """Say whether `text` begins with a header block."""
    return header_block_length(text.strip().split("\n")) > 0


def block_sender(lines: list[str]) -> str:
    """Return the address in the From line of the block that `lines` begin with, in lower case, "" if none."""
    for number, line in enumerate(lines[:10]):
        if header_kind(line) == "from":
            found = _ADDRESS.search(" ".join(lines[number : number + 2])[:MAX_LINE])
            return found[0].lower().removeprefix("mailto:").strip("'.[]") if found else ""
    return ""
