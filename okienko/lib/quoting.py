"""The phrases by which mail clients introduce what somebody wrote before, in the languages they speak.

A pattern matches only what a program writes: prose that resembles it ("Od: poniedziałku …") must stay.
"""

import re

_WROTE = (
    r"wrote|writes|написал(?:а|\(а\))?|пишет|писал(?:а)?|написав|пише|"
    r"pisze|pisał(?:a|\(a\))?|napisał(?:a|\(a\)|/a|\(-a\)|/-a)?|schrieb|geschrieben|schreibt|"
    r"a écrit|écrit|escribió|escribio|ha escrito|ha scritto|scrive|scrisse|escreveu|skrev|schreef|geschreven|"
    r"napsal(?:a|\(a\)|/a)?|píše|napísal(?:a|\(a\))?|írta|ezt írta|kirjoitti|a scris|scris|написа|έγραψε|"
    r"yazdı|şunu yazdı|"
    r"rašė|rakstīja|kirjutas|je napisa[ol]|napisao|napisala|写道|寫道|書きました|님이 작성|작성|wrote"
)
_MAIL = r"[^\s<>@\"]+@[^\s<>@\"]+\.[^\s<>@\"]+"
_DATE = (
    r"(?:\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|\d{1,2}:\d{2}|\b(?:19|20)\d\d\b|\d{1,2}月\d{1,2}日|\d{1,2}월)"
)
_WROTE_END = re.compile(
    rf"(?:\b(?:{_WROTE})|写道|寫道|のメール)(?:\s*\(.{{0,3}}\))?\s*[:：]\s*$|のメール[:：]?\s*$|님이 작성[:：]?\s*$",
    re.I,
)
_WROTE_INSIDE = re.compile(rf"\b(?:{_WROTE})\b", re.I)
_OPENING = re.compile(
    r"^\W{0,3}(?:On\b|W dniu|Dnia|Dn\.|Am\b|Le\b|El\b|Il\b|Op\b|Den\b|Em\b|A\b|Dne\b|Dňa\b|Va?\b|"
    r"Wiadomość napisana przez|Message (?:from|du)|Mensaje (?:de|enviado)|Nachricht von|Użytkownik|"
    r"\w{1,12}[,.]?\s?\d{1,2}|\d{1,4}[./年-]|\d{1,2}\.)",
    re.I,
)
_DATE_END = re.compile(
    rf"^(?:Wiadomość napisana przez|Am .* schrieb|Messaggio di|El .* escribió)\b.*(?:{_DATE}).*[:：]\s*$",
    re.I | re.S,
)
_ADDRESSED = re.compile(_MAIL)
_DATED = re.compile(_DATE)


def is_attribution(text: str) -> bool:
    """Say whether `text` (one sentence, its lines joined by spaces) is "On … X wrote:" in some language."""
    if not 10 < len(text) < 500 or not text.rstrip().endswith((":", "：", "のメール")):
        return False
    if _DATE_END.match(text):
        return True
    if not (_WROTE_END.search(text) or (_WROTE_INSIDE.search(text) and _OPENING.match(text))):
        return False
    return bool(_DATED.search(text) or _ADDRESSED.search(text))


def is_strong_attribution(text: str) -> bool:
    """Say whether `text` is an attribution that no human writes: it names a time or date and an address."""
    return is_attribution(text) and bool(_ADDRESSED.search(text) and _DATED.search(text))


def ends_in_attribution(text: str) -> bool:
    """Say whether the last line or lines of `text` are an attribution."""
    return attribution_start(text.rstrip().split("\n")) is not None


def attribution_start(lines: list[str]) -> int | None:
    """Return the index of the line where an attribution that ends on the last of `lines` begins, or None."""
    last = len(lines) - 1
    if last < 0 or not lines[last].rstrip().endswith((":", "：", "のメール")):
        return None
    for first in range(last, max(-1, last - 4), -1):
        if not lines[first].strip() and first != last:
            break
        joined = " ".join(line.strip() for line in lines[first : last + 1])
        if is_attribution(joined) and (
            _OPENING.match(joined) or (first == last and _ADDRESSED.search(joined))
        ):
            return first
    return None


_FROM = (
    "from|od|von|de|da|van|fra|från|feladó|от|від|lähettäjä|expéditeur|kimden|desde|mittente|nadawca|"
    "afzender|avsändare|absender|odesílatel|odosielateľ|发件人|寄件者|差出人|보낸 사람"
)
_WHEN = (
    "sent|date|wysłano|wysłane|data|data wysłania|gesendet|datum|envoyé|envoyé le|date d'envoi|enviado|"
    "enviado el|enviada em|fecha|inviato|"
    "verzonden|skickat|sendt|dato|odesláno|odoslané|dátum|elküldve|küldve|отправлено|дата|надіслано|"
    "lähetetty|päivämäärä|"
    "gönderildi|tarih|发送时间|日期|送信日時|日時|보낸 날짜|godzina|wysłany"
)
_TO = (
    "to|do|an|à|a|para|per|aan|till|til|komu|címzett|кому|vastaanottaja|kime|destinataire|empfänger|"
    "adresat|收件人|宛先|받는 사람|ad|destinatario"
)
_SUBJECT = (
    "subject|temat|betreff|objet|asunto|oggetto|onderwerp|ämne|emne|předmět|predmet|tárgy|тема|aihe|konu|"
    "assunto|subiect|主题|主旨|件名|제목|dot"
)
_HEADER_LINE = re.compile(
    rf"^[\s>*_|]*(?:(?P<from>{_FROM})|(?P<when>{_WHEN})|(?P<to>{_TO})|(?P<subject>{_SUBJECT})|"
    r"(?P<other>cc|dw|kopia|kopie|cci|bcc|udw|reply-to|odpowiedz do|priorytet|importance|ważność|"
    r"attachments|załączniki|anlagen|organization|kopi|copie|kopií|másolat|копия|wichtigkeit))"
    r"\s*\**\s*[:：]\**(?P<rest>.*)$",
    re.I,
)
_ORIGINAL = re.compile(
    r"^[\s>*]*[-_=]{2,}\s*(?:original message|wiadomość oryginalna|oryginalna wiadomość|wiadomosc oryginalna|"
    r"ursprüngliche (?:nachricht|mail)|original-?nachricht|message d'origine|message original|"
    r"mensaje original|"
    r"messaggio originale|mensagem original|oorspronkelijk bericht|originalmeddelande|"
    r"ursprungligt meddelande|"
    r"oprindelig meddelelse|opprinnelig melding|původní zpráva|pôvodná správa|eredeti üzenet|"
    r"исходное сообщение|оригинальное сообщение|alkuperäinen viesti|orijinal mesaj|原始邮件|原始郵件|"
    r"original appointment|"
    r"元のメッセージ|원본 메시지|reply message|treść oryginalnej wiadomości|cytowana wiadomość|reply to message|"
    r"odpowied[zź] na wiadomość)\s*[-_=]{2,}\s*$",
    re.I,
)
_FORWARDED = re.compile(
    r"^[\s>*]*(?:[-_=]{3,}\s*)?(?:forwarded (?:message|by .+|mail)|wiadomość przekazana(?: dalej)?|"
    r"przekazana wiadomość|"
    r"treść przekazanej wiadomości|początek (?:przekazanej|przekazywanej) wiadomości|"
    r"przesłana dalej wiadomość|wiadomość przesłana dalej|"
    r"begin forwarded message|weitergeleitete (?:nachricht|mail)|anfang der weitergeleiteten nachricht|"
    r"message transféré|"
    r"début du message (?:réexpédié|transféré)|mensaje reenviado|inicio del mensaje reenviado|"
    r"messaggio inoltrato|"
    r"inizio messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht|begin doorgestuurd bericht|"
    r"vidarebefordrat meddelande|"
    r"videresendt (?:meddelelse|melding)|přeposlaná zpráva|preposlaná správa|továbbított (?:üzenet|levél)|"
    r"пересылаемое сообщение|перенаправленное сообщение|переслане повідомлення|转发的?邮件|転送メッセージ|"
    r"edelleen lähetetty viesti)"
    r"(?:\s*[-_=]{3,}|\s*[:：])?\s*$",
    re.I,
)
_CUT_HERE = re.compile(
    r"(?:please (?:type|write|enter) your reply above this line|reply above this line|"
    r"(?:odpowiedz|odpowiadaj|proszę odpowiadać|napisz odpowiedź|wpisz odpowiedź).{0,20} (?:powyżej|"
    r"nad) (?:tej|tą) lini|"
    r"antworten sie oberhalb dieser linie|bitte oberhalb dieser (?:zeile|linie) antworten)",
    re.I,
)


def header_kind(line: str) -> str:
    """Return which header a line of a quoted header block is: from, when, to, subject, other, or ""."""
    match = _HEADER_LINE.match(line) if len(line) < 1000 else None
    return (match.lastgroup if match.lastgroup != "rest" else _group(match)) or "" if match else ""


def _group(match: re.Match[str]) -> str:
    return next((name for name in ("from", "when", "to", "subject", "other") if match[name]), "")


def header_block_length(lines: list[str]) -> int:
    """Return how many of the first `lines` form a "From: … Sent: … To: … Subject: …" block, 0 if none do."""
    kinds: list[str] = []
    length = 0
    folded = 0
    for number, line in enumerate(lines[:25]):
        kind = header_kind(line)
        if kind:
            if kind != "other" and kind in kinds:
                break
            kinds.append(kind)
            length = number + 1
            folded = 0
        elif not kinds:
            return 0
        elif not line.strip():
            if len(kinds) >= 3 or folded:
                break
            folded = 1
        elif folded >= 3 or kinds[-1] not in ("to", "other", "subject"):
            break
        else:
            folded += 1
    if kinds and kinds[0] in ("from", "when", "subject", "to") and "from" in kinds:
        others = {"when", "to", "subject"} & set(kinds)
        if len(others) >= 2:
            return length
        if "when" in others and _ADDRESSED.search(" ".join(lines[:length])[:2000]):
            return length
    return 0


def is_header_block(text: str) -> bool:
    """Say whether `text` begins with a quoted header block."""
    return header_block_length(text.strip().split("\n")) > 0


def is_original_mark(line: str) -> bool:
    """Say whether `line` is "-----Original Message-----" or "please reply above this line"."""
    return len(line) < 200 and bool(_ORIGINAL.match(line) or _CUT_HERE.search(line))


def is_forward_mark(text: str) -> bool:
    """Say whether `text` begins with "---------- Forwarded message ---------" or its like."""
    first = text.strip().split("\n", 1)[0]
    return len(first) < 120 and bool(_FORWARDED.match(first))


_SENT_FROM = re.compile(
    r"^\W{0,3}(?:sent (?:from|via|with|using) .{1,60}|get outlook for (?:ios|android|mac)\b.*|"
    r"(?:wysłan[eoy]|napisan[eoy]) (?:z|ze|za pomocą|przez|przy pomocy|w)\s+(?:mojego |mojej |aplikacji |"
    r"programu |telefonu|urządzenia |"
    r"bezpłatnej |iphone|ipad|ipod|smartfon|tablet|samsung|galaxy|huawei|xiaomi|redmi|oneplus|motorola|"
    r"sony|lg|nokia|outlook|androi|"
    r"poczt[ya] |yahoo|gmail|proton|wp|onet|o2|interia|mail|windows|blackberry|thunderbird|k-9|bluemail|"
    r"spark|edison|mobiln).{0,80}|"
    r"pobierz (?:aplikację )?outlook.{0,60}|uzyskaj (?:aplikację )?outlook.{0,60}|"
    r"(?:von meinem|gesendet (?:von|mit)|diese nachricht wurde von) .{1,60}|envoyé (?:de|depuis|"
    r"à partir de) .{1,60}|"
    r"enviado (?:desde|do|de|a partir do) .{1,60}|inviato da .{1,60}|verzonden (?:vanaf|met|via|"
    r"vanuit) .{1,60}|"
    r"skickat från .{1,60}|sendt fra .{1,60}|lähetetty .{1,40}|odesláno z .{1,60}|odoslané z .{1,60}|"
    r"отправлено (?:с|из) .{1,60}|"
    r"iphone(?:から|から送信).{0,10}|发自我的.{1,20}|從我的.{1,20}傳送|내 iphone에서 보냄|"
    r".{1,20}에서 보냄|outlook (?:für|for|"
    r"pour|dla) (?:ios|android).{0,30}|"
    r"küldve .{1,40}|trimis de pe .{1,40})\s*$",
    re.I,
)


def is_sent_from(line: str) -> bool:
    """Say whether `line` is what a phone or program adds by itself: "Wysłane z iPhone'a", "Sent from my …"."""
    return 8 < len(line) < 140 and bool(_SENT_FROM.match(line.strip()))
