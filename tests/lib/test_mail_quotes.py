"""What was newly written is seen, what was written before is folded, in every language and client."""

import pytest

from okienko.lib.mail import Segment, parse
from okienko.lib.mail.quotes import cut, visible
from okienko.lib.quoting import Thread

REPLY = Thread(is_reply=True)
FRESH = Thread(is_reply=False, partners=frozenset({"pomoc@sklep.example"}))
FORWARD = Thread(is_reply=False, is_forward=True)
WHO = "Pomoc Sklep <pomoc@sklep.example>"


def seen(text: str, thread: Thread = REPLY) -> str:
    """The visible text; what is joined is what was given."""
    segments = cut((("new", text),), thread)
    assert "".join(segment.text for segment in segments) == text
    return visible(segments)


ATTRIBUTIONS = [
    # Polish
    f"pt., 3 maj 2024 o 10:00 {WHO} napisał(a):",
    "W dniu 3 maja 2024 10:00 użytkownik Pomoc Sklep\n<pomoc@sklep.example> napisał:",
    f"W dniu pt., 3.05.2024 o 10:00 {WHO} napisał(a):",
    "W dniu 3.05.2024 o 10:00, Pomoc Sklep pisze:",
    "W dniu 2024-05-03 o 10:00, Pomoc Sklep pisze:",
    "W dniu 03.05.2024 10:00, Pomoc Sklep napisał(a):",
    f"W dniu 2024-05-03 10:00:11 użytkownik {WHO} napisał:",
    f"Dnia 3 maja 2024 10:00 {WHO} napisał(a):",
    f"Dnia 2024-05-03, o godz. 10:00:00\n{WHO} napisał(a):",
    f"Dnia Fri, 3 May 2024 10:00:00 +0200\n{WHO} napisał(a):",
    "Dnia piątek, 3 maja 2024 10:00:00 CEST Pomoc pisze:",
    f"Wiadomość napisana przez {WHO} w dniu 3 maj 2024, o godz. 10:00:",
    "Wiadomość napisana przez Pomoc w dniu 03.05.2024, o godz. 10:00:",
    f"Użytkownik {WHO} w dniu 3 maja 2024 napisał:",
    f"3 maja 2024 10:00 {WHO} napisał(a):",
    f"piątek, 3 maja 2024 10:00 {WHO} napisała:",
    # English
    f"On Fri, May 3, 2024 at 10:00 AM {WHO} wrote:",
    "On Fri, May 3, 2024 at 10:00 AM Pomoc Sklep <\npomoc@sklep.example> wrote:",
    f"On 3 May 2024, at 10:00, {WHO} wrote:",
    "On 03/05/2024 10:00, Pomoc wrote:",
    "On Friday, 3 May 2024 10:00:00 CEST Pomoc wrote:",
    f"{WHO} wrote (3 May 2024 10:00):",
    f"{WHO} on Fri 3 May 2024 at 10:00 wrote:",
    # German
    f"Am Fr., 3. Mai 2024 um 10:00 Uhr schrieb {WHO}:",
    "Am 03.05.24 um 10:00 schrieb Pomoc Sklep:",
    f"Am 3. Mai 2024 10:00:11 MESZ schrieb {WHO}:",
    f"{WHO} schrieb am Fr., 3. Mai 2024, 10:00:",
    # and others
    f"Le ven. 3 mai 2024 à 10:00, {WHO} a écrit :",
    "El vie, 3 may 2024 a las 10:00, Pomoc (<pomoc@sklep.example>) escribió:",
    f"Il giorno ven 3 mag 2024 alle ore 10:00 {WHO} ha scritto:",
    f"Em sex., 3 de mai. de 2024 às 10:00, {WHO} escreveu:",
    f"Op vr 3 mei 2024 om 10:00 schreef {WHO}:",
    f"Den fre 3 maj 2024 kl 10:00 skrev {WHO}:",
    f"fre. 3. mai 2024 kl. 10:00 skrev {WHO}:",
    f"tors. 3. maj 2024 kl. 10.00 skrev {WHO}:",
    f"pe 3. toukok. 2024 klo 10.00 Pomoc ({'pomoc@sklep.example'}) kirjoitti:",
    f"pá 3. 5. 2024 v 10:00 odesílatel {WHO} napsal:",
    f"pi 3. 5. 2024 o 10:00 {WHO} napísal(a):",
    "Pomoc <pomoc@sklep.example> ezt írta (időpont: 2024. máj. 3., P, 10:00):",
    f"пт, 3 мая 2024 г. в 10:00, {WHO}:",
    f"пт, 3 трав. 2024 р. о 10:00 {WHO} пише:",
    f"3 Mayıs 2024 Cum 10:00 tarihinde {WHO} şunu yazdı:",
    f"vin., 3 mai 2024 la 10:00, {WHO} a scris:",
    f"2024年5月3日(金) 10:00 {WHO}:",
    f"在 2024年5月3日周五 10:00，{WHO} 写道：",
    f"2024년 5월 3일 (금) 오전 10:00, {WHO}님이 작성:",
]


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_history_below_its_introduction_is_folded(line: str) -> None:
    assert seen(f"Nowe słowa.\n\n{line}\n\n> stare\n> słowa\n") == "Nowe słowa."
    assert seen(f"{line}\n> pytanie\n\nodpowiedź\n\n> drugie\n\ndruga\n") == "odpowiedź\n\n\ndruga"
    assert seen(f"Nowe słowa.\n{line}\n> stare\n", FRESH) == "Nowe słowa."


@pytest.mark.parametrize(
    "line", [line for line in ATTRIBUTIONS if "<pomoc@" in line and "Polish" not in line]
)
def test_history_without_marks_is_folded_when_a_program_introduced_it(line: str) -> None:
    assert seen(f"Nowe słowa.\n\n{line}\n\nstare słowa\nbez znaków\n") == "Nowe słowa."


BLOCKS = [
    "From: Pomoc <pomoc@sklep.example>\nSent: Friday, May 3, 2024 10:00 AM\nTo: Anna\nSubject: Zwrot",
    "From: Pomoc <pomoc@sklep.example>\nDate: Friday, May 3, 2024\nTo: Anna\nCc: Jan\nSubject: Zwrot",
    "*From:* Pomoc <pomoc@sklep.example>\n*Sent:* Friday, May 3, 2024 10:00 AM\n*To:* Anna\n*Subject:* Zwrot",
    "Od: Pomoc <pomoc@sklep.example> \nWysłano: piątek, 3 maja 2024 10:00\nDo: Anna\nTemat: Zwrot",
    "Od: Pomoc <pomoc@sklep.example>\nWysłane: piątek, 3 maja 2024 10:00\nDo: Anna\nDW: Jan\nTemat: Zwrot",
    'Od: "Pomoc" <pomoc@sklep.example>\nDo: "Anna" <anna@x.example>;\nWysłane: 10:00 Piątek 2024-05-03\nTemat: Zwrot',
    "Od: Pomoc\nData: 3 maja 2024 10:00\nDo: Anna\nTemat: Zwrot",
    "Nadawca: Pomoc <pomoc@sklep.example>\nData wysłania: 3 maja 2024 10:00\nAdresat: Anna\nTemat: Zwrot",
    "Von: Pomoc <pomoc@sklep.example>\nGesendet: Freitag, 3. Mai 2024 10:00\nAn: Anna\nBetreff: Zwrot",
    "De : Pomoc <pomoc@sklep.example>\nEnvoyé : vendredi 3 mai 2024 10:00\nÀ : Anna\nObjet : Zwrot",
    "De: Pomoc <pomoc@sklep.example>\nEnviado el: viernes, 3 de mayo de 2024 10:00\nPara: Anna\nAsunto: Zwrot",
    "Da: Pomoc <pomoc@sklep.example>\nInviato: venerdì 3 maggio 2024 10:00\nA: Anna\nOggetto: Zwrot",
    "Van: Pomoc <pomoc@sklep.example>\nVerzonden: vrijdag 3 mei 2024 10:00\nAan: Anna\nOnderwerp: Zwrot",
    "Från: Pomoc <pomoc@sklep.example>\nSkickat: den 3 maj 2024 10:00\nTill: Anna\nÄmne: Zwrot",
    "Fra: Pomoc <pomoc@sklep.example>\nSendt: 3. maj 2024 10:00\nTil: Anna\nEmne: Zwrot",
    "Odesílatel: Pomoc <pomoc@sklep.example>\nOdesláno: pátek 3. května 2024 10:00\nKomu: Anna\nPředmět: Zwrot",
    "Feladó: Pomoc <pomoc@sklep.example>\nElküldve: 2024. május 3. 10:00\nCímzett: Anna\nTárgy: Zwrot",
    "От: Pomoc <pomoc@sklep.example>\nОтправлено: пятница, 3 мая 2024 г. 10:00\nКому: Anna\nТема: Zwrot",
    "发件人: Pomoc <pomoc@sklep.example>\n发送时间: 2024年5月3日 10:00\n收件人: Anna\n主题: Zwrot",
    "差出人: Pomoc <pomoc@sklep.example>\n送信日時: 2024年5月3日 10:00\n宛先: Anna\n件名: Zwrot",
    "-----Original Message-----\nFrom: Pomoc\nSent: Friday",
    "-----Wiadomość oryginalna-----\nOd: Pomoc",
    "------ Wiadomość oryginalna ------\nOd: Pomoc",
    "-------- Oryginalna wiadomość --------\nOd: Pomoc <pomoc@sklep.example>",
    "-----Ursprüngliche Nachricht-----\nVon: Pomoc",
    "----- Message d'origine -----\nDe : Pomoc",
    "##- Please type your reply above this line -##",
]


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("rule", ["", "________________________________\n"])
def test_everything_below_a_header_block_is_folded_in_a_reply(block: str, rule: str) -> None:
    text = f"Nowe słowa.\n\n{rule}{block}\n\nStare słowa.\n"
    assert seen(text) == "Nowe słowa."
    assert seen(text, FRESH) == "Nowe słowa."


@pytest.mark.parametrize("block", BLOCKS[:20])
def test_what_is_passed_on_is_the_news(block: str) -> None:
    text = f"Proszę o pomoc.\n\n{block}\n\nStare słowa.\n"
    assert seen(text, FORWARD) == text.strip()
    foreign = text.replace("pomoc@sklep.example", "klient@x.example")
    if "klient@x.example" in foreign:
        assert seen(foreign, FRESH) == foreign.strip()


@pytest.mark.parametrize(
    "mark",
    [
        "---------- Forwarded message ---------",
        "-------- Przekazana wiadomość --------",
        "---------- Wiadomość przekazana dalej ----------",
        "Begin forwarded message:",
        "Początek przekazywanej wiadomości:",
        "-------- Weitergeleitete Nachricht --------",
        "---------- Forwarded message ----------\n> From: a@x.example",
    ],
)
def test_a_forward_is_seen_with_all_that_is_in_it(mark: str) -> None:
    text = f"Do obsługi.\n\n{mark}\nOd: Celina <c@x.example>\n\nRóże zwiędły.\n> cytat w środku\n> dalej\n> i dalej"
    assert seen(text, FRESH) == text
    assert seen(text, REPLY) == text


@pytest.mark.parametrize(
    "text",
    [
        "Od: poniedziałku nie działa mi logowanie.\nDo: piątku muszę wysłać zamówienie.",
        "Temat: zwrot\nOd: zeszłego tygodnia czekam\nna odpowiedź.",
        "W dniu 12 maja 2024 Wasz konsultant napisał:\nzwrot będzie w 14 dni.\nI co?",
        "W dniu 12.05 pan Kowalski pisze: zwrot będzie jutro.",
        "On Monday your colleague wrote:\nwe will refund you.\nWhere is it?",
        "Zamawiam:\n> 5 sztuk tulipanów\nDziękuję",
        "Temperatura > 30 stopni\n> 18 lat\nkoniec",
        "Lista:\n-- jeden\n-- dwa",
        "Pierwsza część.\n--\nDruga część, czy ją widać?",
        "Jan pisał do mnie wczoraj o 10:00, cytuję:\n„proszę czekać”",
        "Sent from my desk, is much easier than my mobile phone.",
        "Wysłano z magazynu 12 maja, a paczki nie ma.",
        "Proszę o kontakt: jan@firma.example",
        "Adres do wysyłki 12:00-14:00, jan@firma.example:\nPolna 5",
        "From: page 3 of the manual\nTo: page 7 everything is wrong.",
        ">From tego, co wiem, tak nie wolno.",
        "Data: 3 maja\nDo: zapłaty 100 zł",
        "-- \n" + "\n".join(f"akapit {number}" for number in range(40)),
    ],
)
def test_prose_that_resembles_a_quote_stays(text: str) -> None:
    assert seen(text, FRESH) == text
    assert seen(f"Witam\n\n{text}") == f"Witam\n\n{text}"


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nJan Nowak\nKierownik\ntel. 22 555 01 02",
        "--\nJan Nowak\ntel. 22 555 01 02",
        "Wysłane z iPhone'a",
        "Wysłane z iPhonea",
        "Wysłano z mojego urządzenia Galaxy",
        "Wysłano z telefonu Huawei",
        "Wysłane z aplikacji Poczta dla Windows",
        "Wysłano z Outlooka dla systemu Android<https://aka.ms/x>",
        "Wysłane z Proton Mail do urządzeń mobilnych",
        "Pobierz aplikację Outlook dla systemu iOS<https://aka.ms/o0ukef>",
        "Sent from my iPhone",
        "Sent from my Verizon Wireless BlackBerry",
        "Sent from Outlook for Android<https://aka.ms/x>",
        "Get Outlook for iOS<https://aka.ms/x>",
        "Von meinem iPhone gesendet",
        "Gesendet von Outlook für Android",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPad",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Отправлено с iPhone",
        "iPhoneから送信",
    ],
)
def test_signatures_are_folded_but_never_the_only_words(signature: str) -> None:
    assert seen(f"Nowe słowa.\n\n{signature}\n") == "Nowe słowa."
    assert (
        seen(f"Nowe słowa.\n\n{signature}\n\nOn 3 May 2024, at 10:00, {WHO} wrote:\n> a\n") == "Nowe słowa."
    )
    assert seen(signature) == signature


def test_segments_tell_their_kind() -> None:
    text = "Tak.\n-- \nJan\n\nOn 3 May 2024 at 10:00 X <x@x.example> wrote:\n> a?\n"
    assert cut((("new", text),), REPLY) == (
        Segment("new", "Tak.\n"),
        Segment("signature", "-- \nJan\n\n"),
        Segment("quote", "On 3 May 2024 at 10:00 X <x@x.example> wrote:\n> a?\n"),
    )


def test_words_above_the_introduction_are_not_swallowed() -> None:
    assert seen(f"Dzięki!\nOn it.\nOn 3 May 2024, at 10:00, {WHO} wrote:\n> a\n") == "Dzięki!\nOn it."


def test_a_mark_in_the_html_alone_cuts_the_text_too() -> None:
    raw = (
        "From: a@b.example\r\nTo: pomoc@sklep.example\r\nSubject: Re: x\r\n"
        "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nNowe słowa.\r\n\r\nStare słowa, które ktoś napisał.\r\n"
        "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Nowe <b>słowa</b>.</p>"
        "<blockquote type=cite>Stare słowa, które ktoś napisał.</blockquote>\r\n--b--\r\n"
    ).encode()
    mail = parse(raw)
    assert mail.visible_text == "Nowe słowa."
    assert "".join(segment.text for segment in mail.segments) == mail.text
