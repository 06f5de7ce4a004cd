"""Auto-replies that only their words give away: vacation notices and "we have got your mail"."""

import re

from okienko.lib.text import squash

# Subjects that a program writes in front of, or instead of, the subject that it answers.
_SUBJECT = re.compile(
    r"^\W*(?:(?:re|odp|aw|sv)\s*:\s*)?\W*(?:"
    r"auto(?:matic|mated)?[-\s]*(?:reply|response|answer|respond\w*|generated reply)\b|autoreply|auto:|"
    r"automat(?:yczna|ic) odpowied[zź]|"
    r"odpowied[zź] automatyczna|auto\s?odpowied[zź]|autoresponder|automatische (?:antwort|rückantwort|"
    r"abwesenheit\w*)|"
    r"(?:automatische )?abwesenheits\w*|abwesend\b|außer haus|ich bin (?:nicht im büro|im urlaub)|"
    r"out[-\s]of[-\s](?:the[-\s])?office|ooo\s*:|away from (?:the|my) (?:office|desk|mail)|"
    r"(?:i am|i'm|i will be|currently) (?:on (?:vacation|holiday|leave|parental|maternity)|away\b|out of)|"
    r"(?:on )?vacation (?:reply|notice|message|response|alert)|(?:annual|sick|maternity|parental) leave\b|"
    r"(?:jestem|będę|przebywam|aktualnie jestem)\b.{0,30}\b(?:poza biurem|na urlopie|nieobecn\w+|"
    r"na zwolnieniu)|"
    r"nieobecno[śs][ćc]\b|nieobecn[ay] w (?:biurze|pracy)|poza biurem|(?:jestem )?na urlopie\b|"
    r"urlop(?:\s*$|\s*[:\-–(]|\s+(?:do|od|w dniach|wypoczynkowy|macierzyński)\b)|"
    r"réponse automatique|absence du bureau|message d'absence|absent du bureau|absence\s*:|"
    r"respuesta automática|fuera de la oficina|"
    r"risposta automatica|fuori (?:sede|ufficio)|resposta automática|automatisch antwoord|afwezig\w*|"
    r"niet aanwezig|"
    r"automatiskt svar|autosvar|automatisk svar|frånvaro|fravær|ikke til stede|automaattinen vastaus|"
    r"poissa\b|poissaolo|"
    r"automatická odpov\w+|mimo kancelář\w*|automatikus válasz|házon kívül|автоматический ответ|автоответ|"
    r"автоматична відповідь|"
    r"отсутстви\w+|otomatik yanıt|răspuns automat|"
    r"自动(?:回复|答复)|自動(?:返信|応答|回覆)|不在|부재|자동 ?(?:회신|응답)"
    r")",
    re.I,
)
_AUTOMATIC = re.compile(
    r"(?:this|it) is an? (?:automat(?:ic|ed)|auto[-\s]?generated) (?:reply|response|answer|e-?mail response)|"
    r"(?:automatic|automated) (?:reply|response) (?:to|from|message)|this is an auto[-\s]?(?:reply|"
    r"response|responder)|"
    r"(?:to jest|jest to|to) automatyczn[ay] (?:odpowied[zź]|potwierdzenie)|"
    r"(?:wiadomość|odpowiedź)[^.]{0,40} (?:wysłana|wygenerowana) (?:została )?(?:automatycznie|"
    r"przez autoresponder)[^.]{0,60}(?:odpowied[zź]|potwierdz)|"
    r"(?:dies|das) ist eine automatische (?:antwort|abwesenheit)\w*|diese (?:antwort|"
    r"nachricht) wurde automatisch",
    re.I,
)
_ABSENT = re.compile(
    r"\b(?:i am|i'm|i will be|i'll be|we are) (?:currently |presently |now )?(?:out of (?:the )?(?:office|"
    r"town|country)|on (?:vacation|holidays?|leave|annual leave|"
    r"maternity leave|sick leave|parental leave|a business trip)|away (?:from|until|on|till)|"
    r"not in the office|unavailable)|"
    r"\b(?:jestem|będę|przebywam|obecnie jestem)\b[^.!?]{0,60}\b(?:poza biurem|na urlopie|nieobecn[ay]|"
    r"na zwolnieniu|w delegacji|niedostępn[ay])|"
    r"\b(?:od|w dniach|w dniu|do|dnia)\b[^.!?]{0,50}\b(?:przebywam|jestem|będę|"
    r"nieobecn[ay])\b[^.!?]{0,40}(?:urlop|biur|nieobecn|delegacj|zwolnieni|niedostępn)?|"
    r"\bna urlopie (?:wypoczynkowym|macierzyńskim|rodzicielskim)|"
    r"\bich bin\b.{0,60}\b(?:nicht im (?:büro|haus)|im urlaub|abwesend|außer haus|nicht erreichbar)|"
    r"\bje suis (?:actuellement )?(?:absent|en congés?)|\bestoy (?:de vacaciones|fuera de la oficina)|"
    r"\bsono (?:in ferie|assente|fuori)",
    re.I,
)
_RETURNING = re.compile(
    r"\bin (?:case of )?(?:an )?(?:urgent|emergency)|for urgent (?:matters|issues|requests)|"
    r"if (?:your (?:request|matter|e?-?mail|message) is|this is|it is|it's) urgent|"
    r"(?:limited|no|without|intermittent) access to (?:my )?(?:e-?mails?|internet)|not (?:have|"
    r"be) (?:access|checking|reading)|"
    r"(?:will|shall|'ll) (?:respond|reply|answer|get back|be back|return|read)|(?:upon|on|after|"
    r"when) (?:my|i) return|please contact|"
    r"w (?:sprawach |sytuacjach |razie |przypadku )?(?:pilnych|niecierpiących zwłoki|pilnej|"
    r"spraw pilnych)|bez dostępu do (?:poczty|e-?mail|skrzynki|internetu)|"
    r"(?:ograniczony|utrudniony) dostęp|(?:odpowiem|odpiszę|odpowiedzi udzielę|skontaktuję się|wracam|"
    r"wrócę|będę ponownie)\b|po (?:moim )?powrocie|"
    r"zastępuje mnie|zastępstwo|(?:proszę|prosz[eę]|prosimy) o kontakt z|proszę kontaktować się|"
    r"nie będzie (?:przekazywana|przekierowywana|czytana)|"
    r"in dringenden (?:fällen|angelegenheiten)|bin ab|wieder (?:erreichbar|im büro|zurück)|"
    r"wird nicht weitergeleitet|wenden sie sich|"
    r"en cas d'urgence|à mon retour|para asuntos urgentes|in caso di urgenza|al mio rientro",
    re.I,
)
_RECEIVED = re.compile(
    r"(?:dziękujemy|dziękuję) za (?:kontakt|wiadomość|przesłanie|wysłanie|zgłoszenie|e-?mail|maila|"
    r"przesłaną wiadomość)[^.!]{0,80}[.!]?.{0,160}"
    r"(?:odpowiemy|skontaktujemy się|udzielimy odpowiedzi|odpowiedź (?:otrzyma|zostanie)|"
    r"nasz (?:konsultant|doradca|pracownik)|"
    r"potwierdzamy (?:jej |jego )?otrzymanie|zgłoszenie (?:zostało )?(?:przyjęte|zarejestrowane))|"
    r"(?:potwierdzamy otrzymanie|otrzymaliśmy) (?:państwa |twoj[ąe] |pana |pani )?(?:wiadomoś|zgłoszeni|"
    r"e-?mail|zapytani).{0,200}"
    r"(?:odpowiemy|skontaktujemy|udzielimy|numer|nadan)|"
    r"(?:thank you|thanks) for (?:contacting|your (?:e-?mail|message|request|enquiry|inquiry|query)|"
    r"e-?mailing|getting in touch|reaching out|writing)"
    r".{0,200}(?:we (?:will|have received|aim to|'ll)|(?:your|a) (?:request|ticket|case|message|"
    r"enquiry) (?:has been|was|is)|"
    r"(?:a member of|one of) our|within \d+|as soon as possible|shortly)|"
    r"(?:we have received|this (?:e-?mail )?(?:confirms|is to confirm|"
    r"acknowledges)).{0,60}(?:your (?:e-?mail|message|request|enquiry)).{0,200}"
    r"(?:we will|within|soon|reference|ticket|case)|"
    r"vielen dank für ihre (?:e-?mail|nachricht|anfrage).{0,200}(?:werden|wird|schnellstmöglich|bearbeit)",
    re.I | re.S,
)


def is_away_subject(subject: str) -> bool:
    """Say whether a subject is one that vacation programs write."""
    return bool(_SUBJECT.match(subject[:200]))


def is_away_text(text: str, *, is_answer: bool) -> bool:
    """Say whether the newly written `text` is an auto-reply's.

    One phrase alone may be a person's ("jestem na urlopie do piątku"), so absence needs what a notice adds to it,
    and a receipt counts only for an answer to us.
    """
    head = squash(text[:1500])
    if _AUTOMATIC.search(head[:900]):
        return True
    if len(text) > 1500 or not is_answer:
        return False
    return bool(
        (_ABSENT.search(head) and _RETURNING.search(head)) or _RECEIVED.match(head[_greeting(head) :])
    )


_GREETING = re.compile(
    r"(?:(?:szanown\w+ (?:państwo|pani\w*|panie)|dzień dobry|witam\w*|witaj\w*|cześć|hello|hi|"
    r"dear [\w .,/-]{1,40}?|good (?:day|morning)|"
    r"sehr geehrte[\w ,]{1,50}?|guten tag)\b[\w ]{0,20}[,.!:]*\s*)+",
    re.I,
)


def _greeting(text: str) -> int:
    match = _GREETING.match(text)
    return match.end() if match else 0
