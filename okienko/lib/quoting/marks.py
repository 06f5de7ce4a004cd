"""Lines that stand between what is new and what is not: "-----Original Message-----" and its like."""

import re

_ORIGINAL_WORDS = (
    "original (?:message|appointment|mail|e-?mail)|wiadomość oryginalna|oryginalna wiadomość|wiadomosc oryginalna|"
    "treść oryginalnej wiadomości|cytowana wiadomość|odpowied[zź] na wiadomość|ursprüngliche (?:nachricht|mail)|"
    "original-?nachricht|message d['’]origine|message original|courriel original|mensaje original|messaggio originale|"
    "mensagem original|oorspronkelijk bericht|original ?meddelande|ursprungligt meddelande|"
    "oprindelig (?:meddelelse|besked)|opprinnelig melding|původní (?:zpráva|e-?mail)|pôvodná správa|eredeti üzenet|"
    "(?:исходное|оригинальное) сообщение|початкове повідомлення|alkuperäinen viesti|or[iı]j[iı]nal (?:mesaj|i̇leti)|"
    "mesaj original|原始邮件|原始郵件|原始訊息|元のメッセージ|원본 메시지|원본메시지|reply message|reply to message"
)
_ORIGINAL = re.compile(rf"^[\s>*]*[-_=]{{2,}}\s*(?:{_ORIGINAL_WORDS})\s*[-_=]{{2,}}\s*$", re.I)
_CUT_HERE = re.compile(
    r"(?:please (?:type|write|enter) your |^\W*)reply above this line|"
    r"(?:odpowiedz|odpowiadaj|proszę odpowiadać|napisz odpowiedź|wpisz odpowiedź).{0,20} "
    r"(?:powyżej|nad) (?:tej|tą) lini|"
    r"oberhalb dieser (?:zeile|linie) antworten|antworten sie oberhalb dieser",
    re.I,
)
_FORWARDED_WORDS = (
    "forwarded (?:message|mail|by .+)|begin forwarded message|wiadomość przekazana(?: dalej)?|przekazana wiadomość|"
    "treść przekazanej wiadomości|początek (?:przekazanej|przekazywanej) wiadomości|przesłana dalej wiadomość|"
    "wiadomość przesłana dalej|weitergeleitete (?:nachricht|mail)|anfang der weitergeleiteten nachricht|"
    "message transféré|début du message (?:réexpédié|transféré)|mensaje reenviado|inicio del mensaje reenviado|"
    "messaggio inoltrato|inizio messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht|"
    "begin doorgestuurd bericht|vidarebefordrat meddelande|videresendt (?:meddelelse|melding|besked)|"
    "(?:přeposlaná|předávaná) zpráva|preposlaná správa|továbbított (?:üzenet|levél)|пересылаемое сообщение|"
    "перенаправленное сообщение|переслане повідомлення|edelleen ?lähetetty viesti|iletilen mesaj|"
    "转发的?邮件|轉寄的?郵件|転送メッセージ|전달된 메시지"
)
_FORWARDED = re.compile(
    rf"^[\s>*]*(?:[-_=]{{3,}}\s*)?(?:{_FORWARDED_WORDS})(?:\s*[-_=]{{3,}}|\s*[:：])?\s*$", re.I
)
_SENT = (
    "sent (?:from|via|with|using)|wysłan[eoya] (?:z|ze|za pomocą|przez|przy pomocy|w)|napisan[eo] (?:z|na|za pomocą)|"
    "gesendet (?:von|mit|aus|über)|diese nachricht wurde (?:von|mit)|envoyé (?:de|depuis|à partir de|avec)|"
    "enviado (?:desde|do|de|a partir do)|inviato (?:da|con)|verzonden (?:vanaf|met|via|vanuit)|verstuurd (?:vanaf|met)|"
    "skickat från|sendt (?:fra|med)|lähetetty|odesláno z|odoslané z|отправлено (?:с|из)|надіслано з|trimis de pe|"
    "elküldve|küldve"
)
_DEVICE = (
    "iphone\\w*|ipad\\w*|ipod|android|samsung|galaxy|huawei|xiaomi|redmi|oneplus|motorola|sony|xperia|lg|nokia|blackberry|"
    "outlook|yahoo|gmail|aol|proton\\w*|tutanota|mail|poczt\\w*|wp|onet|o2|interia|windows|thunderbird|k-9|bluemail|spark|"
    "edison|nine|typeapp|workspace|zoho|fastmail|telefon\\w*|handy\\w*|mobil\\w*|smartfon\\w*|smartphone\\w*|tablet\\w*|"
    "urządzeni\\w*|gerät\\w*|appareil|dispositivo|t[eé]l[eé]fono?|cellulare|móvil|puhelin\\w*|laite\\w*|"
    "device|phone|my mac"
)
_SENT_FROM = re.compile(
    rf"^\W{{0,3}}(?:sent from my (?:[^\s,.!?]+ ?){{1,6}}|(?:{_SENT}) [^,]{{0,40}}?\b(?:{_DEVICE})\b.{{0,60}}|"
    r"(?:get|pobierz|uzyskaj|télécharger|obtenir|obtener|holen sie sich|laden sie) (?:aplikację )?outlook .{1,60}|"
    r"von meinem .{1,40} gesendet|outlook (?:für|for|pour|dla|voor) (?:ios|android|mac).{0,30}|"
    r"iphone(?:から送信|から).{0,10}|发自我的.{1,20}|發自我的.{1,20}|從我的.{1,20}傳送|.{1,20}에서 보냄)\s*$",
    re.I,
)
_LIST_FOOTER = re.compile(
    r"^[_-]{20,}\s*\n[^\n]{0,80}(?:mailing list|lista dyskusyjna|\blist\b)[^\n]{0,80}\n", re.I
)


def is_original_mark(line: str) -> bool:
    """Say whether `line` is "-----Original Message-----" or "please reply above this line"."""
    return len(line) < 200 and bool(_ORIGINAL.match(line) or _CUT_HERE.search(line))


def is_forward_mark(text: str) -> bool:
    """Say whether `text` begins with "---------- Forwarded message ---------" or its like."""
    first = text.strip().split("\n", 1)[0]
    return len(first) < 120 and bool(_FORWARDED.match(first))


def is_sent_from(line: str) -> bool:
    """Say whether `line` is what a phone or program adds by itself: "Wysłane z iPhone'a", "Sent from my …"."""
    line = line.strip()
    return 8 < len(line) < 140 and not line.endswith("?") and bool(_SENT_FROM.match(line))


def is_list_footer(text: str) -> bool:
    """Say whether `text` begins with the ruled footer that list servers add below a mail."""
    return bool(_LIST_FOOTER.match(text[:400]))
