"""Programs, lists and servers are recognised, people are not taken for them."""

import pytest

from okienko.lib.mail import Mail, parse


def mail(head: str, body: str = "Treść.", sender: str = "anna@kwiaciarnia.example") -> Mail:
    """A mail from Anna unless told otherwise."""
    lines = [] if "From:" in head else [f"From: {sender}"]
    lines += [
        "To: pomoc@sklep.example",
        *([] if "Subject:" in head else ["Subject: Zwrot"]),
        *head.split("\n"),
    ]
    lines += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    return parse("\r\n".join([*filter(None, lines), "", body]).encode())


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("Auto-Submitted: auto-replied", "auto-submitted"),
        ("Auto-Submitted: auto-generated; owner=x", "auto-submitted"),
        ("X-Autoreply: yes", "auto-reply"),
        ("X-Autorespond: Zwrot", "auto-reply"),
        ("Precedence: auto_reply", "auto-reply"),
        ("Precedence: bulk", "bulk"),
        ("Precedence: junk", "bulk"),
        ("Precedence: list", "bulk"),
        ("Feedback-ID: 1:2:3:x", "bulk"),
        ("List-Id: <x.lista.example>", "list"),
        ("List-Unsubscribe: <mailto:u@x.example>", "list"),
        ("Mailing-List: x", "list"),
        ("Sender: owner-lista@x.example", "list"),
        ("X-Auto-Response-Suppress: All", "suppressed"),
        ("X-Auto-Response-Suppress: OOF, DR", "suppressed"),
        ("X-Loop: pomoc@sklep.example", "loop"),
        ("Return-Path: <>", "null-sender"),
        ("Return-Path: <bounces+12-anna=x.example@esp.example>", "bulk"),
        ("From: no-reply@x.example", "no-reply-address"),
        ("From: noreply@x.example", "no-reply-address"),
        ("From: do_not_reply@x.example", "no-reply-address"),
        ("From: nie-odpowiadaj@x.example", "no-reply-address"),
        ("From: nieodpowiadaj@x.example", "no-reply-address"),
        ("From: faktury-noreply@x.example", "no-reply-address"),
        ("From: MAILER-DAEMON@x.example", "no-reply-address"),
        ("From: postmaster@x.example", "no-reply-address"),
        ("From: zabbix@x.example", "program"),
        ("From: newsletter@x.example", "program"),
        ("From: Cron Daemon <root@x.example>", "program"),
    ],
)
def test_no_automatic_answer_goes_to_a_machine(head: str, reason: str) -> None:
    read = mail(head)
    assert (read.auto_reply_allowed, read.no_reply_reason) == (False, reason)
    assert not read.is_bounce


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: no",
        "Precedence: first-class",
        "X-Auto-Response-Suppress: DR, RN, NRN",
        "From: Anna <info@x.example>",
        "From: biuro@x.example",
        "From: norbert@x.example",
        "From: nobel@x.example",
        "From: replyk@x.example",
        "From: bounty@x.example",
        "From: Automatyka <automatyka@x.example>",
        "Return-Path: <anna@kwiaciarnia.example>",
        "X-Mailer: Microsoft Outlook 16.0",
        "Importance: high\nX-Priority: 1",
        "Disposition-Notification-To: anna@x.example",
        "Subject: Urlopy w Grecji - pytanie",
        "Subject: Pytanie o urlop",
        "Subject: Re: Automat do kawy",
        "Subject: Undelivered parcel",
        "Subject: Zwrot niedostarczonej paczki",
        "Subject: Nie dostarczono mi paczki",
        "Subject: Returned parcel, delivery failed",
    ],
)
def test_people_get_their_answer(head: str) -> None:
    read = mail(head)
    assert (read.auto_reply_allowed, read.no_reply_reason) == (True, None)
    assert not read.is_auto_reply
    assert not read.is_bounce


@pytest.mark.parametrize(
    "subject",
    [
        "Automatyczna odpowiedź: Zwrot",
        "Odpowiedź automatyczna: Zwrot",
        "Autoodpowiedź: Zwrot",
        "Re: Automatyczna odpowiedź",
        "[Autoodpowiedź] Zwrot",
        "Jestem na urlopie",
        "Jestem poza biurem",
        "Nieobecność w biurze",
        "Nieobecność",
        "Urlop",
        "Na urlopie do 15 maja",
        "Poza biurem: Zwrot",
        "Automatic reply: Order",
        "Auto-Reply: Order",
        "Auto Reply",
        "Autoreply: Order",
        "Auto: Order",
        "Out of Office: Order",
        "Out of the office",
        "Out-of-office AutoReply: x",
        "I am on vacation",
        "I'm out of the office",
        "Vacation reply",
        "Away from my desk",
        "Automatische Antwort: Termin",
        "Abwesenheitsnotiz",
        "Automatische Abwesenheitsmeldung",
        "Réponse automatique : Commande",
        "Respuesta automática: Pedido",
        "Risposta automatica: Ordine",
        "Automatisch antwoord: Bestelling",
        "Automatiskt svar: Order",
        "Автоматический ответ: Заказ",
        "自動返信: x",
    ],
)
def test_vacation_programs_are_known_by_their_subject(subject: str) -> None:
    read = mail(f"Subject: {subject}")
    assert read.is_auto_reply
    assert not read.auto_reply_allowed


ABSENT = [
    "Dzień dobry,\n\nod 1 do 14 maja jestem na urlopie. W pilnych sprawach proszę o kontakt z Janem Nowakiem.",
    "Przebywam na urlopie do 10 maja bez dostępu do poczty. Odpowiem po powrocie.",
    "Jestem poza biurem. Odpiszę po powrocie, w poniedziałek.",
    "Aktualnie jestem nieobecna w pracy. Zastępuje mnie Iga Lis, tel. 22 555 01 03.",
    "Hello,\nI am currently out of the office and will return on Monday. For urgent matters contact desk@x.example.",
    "I'll be on annual leave until 15 May with limited access to my email.",
    "Ich bin bis zum 15. Mai nicht im Büro. In dringenden Fällen wenden Sie sich an die Zentrale.",
    "This is an automatic reply. We have received your message.",
    "To jest automatyczna odpowiedź. Prosimy na nią nie odpowiadać.",
    "Dziękujemy za wiadomość. Odpowiemy najszybciej, jak to możliwe.",
    "Szanowni Państwo,\ndziękujemy za kontakt. Nasz konsultant odpowie w ciągu 24 godzin.",
    "Thank you for contacting us. We will get back to you within 24 hours.",
]


@pytest.mark.parametrize("body", ABSENT)
def test_vacation_notices_are_known_by_their_words(body: str) -> None:
    assert mail("In-Reply-To: <1@sklep.example>", body).is_auto_reply


@pytest.mark.parametrize(
    "body",
    [
        "Jestem na urlopie do piątku, więc proszę wysłać paczkę w sobotę.",
        "Dziękuję za wiadomość. Paczka dotarła, wszystko się zgadza.",
        "Thank you for your email. The parcel arrived, but the vase is broken.",
        "Będę w biurze od 10, proszę o telefon.",
        "Nie było mnie w biurze, kurier nie zostawił awiza. Proszę o kontakt z kurierem.",
        "W pilnych sprawach dzwonię, ale nikt nie odbiera.",
        "Wyjeżdżam na urlop 5 maja, czy zwrot dojdzie wcześniej?",
        "I was out of the office yesterday, sorry. Please contact the courier.",
    ],
)
def test_people_who_mention_their_absence_stay_people(body: str) -> None:
    read = mail("In-Reply-To: <1@sklep.example>", body)
    assert not read.is_auto_reply
    assert read.auto_reply_allowed


@pytest.mark.parametrize(
    ("head", "body", "recipients"),
    [
        (
            "From: postmaster@x.example\nSubject: Wiadomość niedostarczona",
            "Wiadomość nie została dostarczona do: jan@x.example\nPowód: użytkownik nie istnieje.",
            ["jan@x.example"],
        ),
        (
            "From: System pocztowy <mailer-daemon@poczta.example>\nSubject: Zwrot wiadomości",
            "Nie można dostarczyć wiadomości do następujących adresatów:\n\n<ola@x.example>\n<ula@x.example>\n\n"
            "550 5.2.2 Skrzynka przepełniona",
            ["ola@x.example", "ula@x.example"],
        ),
        (
            "Return-Path: <>\nFrom: Mail Delivery Subsystem <mailer-daemon@googlemail.example>\n"
            "Subject: Delivery Status Notification (Failure)",
            "** Address not found **\n\nYour message wasn't delivered to jan@x.example because the address couldn't be "
            "found, or is unable to receive mail.\n\nThe response was:\n\n550 5.1.1 The email account does not exist.",
            ["jan@x.example"],
        ),
        (
            "From: Administrator <postmaster@x.example>\nSubject: Undeliverable: Zwrot",
            "Your message did not reach some or all of the intended recipients.\n\n"
            "      Subject: Zwrot\n      Sent: 5/3/2024 10:00 AM\n\nThe following recipient(s) cannot be reached:\n\n"
            "      jan@x.example on 5/3/2024 10:00 AM\n            550 5.1.1 User unknown",
            ["jan@x.example"],
        ),
        (
            "Return-Path: <>\nFrom: <>\nSubject: Returned mail: see transcript for details",
            "   ----- The following addresses had permanent fatal errors -----\n<jan@x.example>\n"
            "    (reason: 550 User unknown)\n\n   ----- Transcript of session follows -----\n"
            "... while talking to mx.x.example.:\n>>> DATA\n<<< 550 User unknown",
            ["jan@x.example"],
        ),
        (
            "From: Mail Delivery System <MAILER-DAEMON@mx.example>\nSubject: Mail delivery failed",
            "A message that you sent could not be delivered. The following address failed:\n\n"
            "  jan@x.example\n    host mx.x.example: 554 5.7.1 message rejected as spam",
            ["jan@x.example"],
        ),
        (
            "From: postmaster@firma.example\nSubject: Unzustellbar: Termin",
            "Ihre Nachricht konnte nicht zugestellt werden an:\n\njan@x.example\n\nGrund: Empfänger unbekannt",
            ["jan@x.example"],
        ),
    ],
)
def test_bounces_in_free_words(head: str, body: str, recipients: list[str]) -> None:
    read = mail(head, body)
    assert read.is_bounce
    assert list(read.bounced_recipients) == recipients
    assert (read.auto_reply_allowed, read.no_reply_reason) == (False, "bounce")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (
            "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example>\n"
            "Subject: Warning: message 1abc delayed 24 hours",
            "This message was created automatically.\nA message that you sent has not yet been delivered to "
            "one or more of its recipients after more than 24 hours.\n  jan@x.example\n\n"
            "No action is required on your part. "
            "Delivery attempts will continue for some time.",
        ),
        (
            "Return-Path: <>\nFrom: postmaster@poczta.example\nSubject: Opóźnienie w dostarczeniu wiadomości",
            "Twoja wiadomość do jan@x.example nie została jeszcze dostarczona. Próba zostanie ponowiona.",
        ),
        (
            "Return-Path: <>\nFrom: postmaster@x.example\nSubject: Raport kwarantanny",
            "W kwarantannie są 3 wiadomości.",
        ),
        ("Return-Path: <>\nSubject: Przeczytano: Zwrot", "Twoja wiadomość została przeczytana."),
        (
            "From: Jan <jan@x.example>\nSubject: Fwd: Undelivered Mail Returned to Sender",
            "Dostałem coś takiego:\n<pomoc@sklep.example>: 550 5.1.1 User unknown",
        ),
        (
            "From: Jan <jan@x.example>\nSubject: Nie dostarczono paczki",
            "Paczka nie została dostarczona, adres jan@x.example się zgadza.",
        ),
    ],
)
def test_what_is_no_failure_is_no_bounce(head: str, body: str) -> None:
    assert not mail(head, body).is_bounce
