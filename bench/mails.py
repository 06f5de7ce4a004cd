"""Mixed mails for measuring: mean about 30 kB, 20 % with attachments, 40 % replies, 2 % duplicates. Seeded."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

WORDS = """
dzień dobry proszę o informację kiedy dotrze moja przesyłka zamówienie faktura korygująca numer klienta zwrot reklamacja
etykieta paczkomat termin dostawy uszkodzony kartonik brakuje doniczki pozdrawiam serdecznie dziękuję za odpowiedź
nadal czekam czy można zmienić adres płatność przelewem rabat hurtowy oferta kwiaty cebulki róże the parcel has not
arrived please let me know where it is order number regards liebe grüße rechnung lieferung
""".split()  # noqa: SIM905 - easier to read as prose
NAMES = (
    "Anna",
    "Piotr",
    "Marta",
    "Tomasz",
    "Zofia",
    "Jan",
    "Ewa",
    "Krzysztof",
    "Maria",
    "Paweł",
    "Jörg",
    "Emily",
)
SURNAMES = (
    "Kowalska",
    "Nowak",
    "Wiśniewska",
    "Wójcik",
    "Lis",
    "Mazur",
    "Zając",
    "Lindner",
    "Baker",
    "Król",
    "Sowa",
)


def text(rng: random.Random, words: int) -> str:
    lines, line = [], []
    for _ in range(words):
        line.append(rng.choice(WORDS))
        if len(line) >= rng.randint(6, 14):
            lines.append(" ".join(line).capitalize() + rng.choice((".", "?", ",", "")))
            line = []
    return "\r\n".join([*lines, " ".join(line)])


def mails(count: int, to: str, seed: int = 1) -> Iterator[bytes]:
    """``count`` raw mails to the address ``to``; replies go by References to earlier ones of the same sender."""
    rng = random.Random(seed)
    began = datetime(2026, 10, 1, 8, tzinfo=UTC)
    earlier: list[tuple[str, str, str]] = []
    last: list[bytes] = []
    for n in range(count):
        if last and rng.random() < 0.02:
            yield rng.choice(last)
            continue
        is_reply = len(earlier) > 20 and rng.random() < 0.41
        if is_reply:
            parent, sender, subject = rng.choice(earlier[-2000:])
            subject = f"Re: {subject}"
        else:
            name = f"{rng.choice(NAMES)} {rng.choice(SURNAMES)}"
            sender = f"{name} <klient{rng.randint(1, max(count // 2, 10))}@poczta.example>"
            parent, subject = "", text(rng, rng.randint(2, 7)).replace("\r\n", " ")
        message_id = f"<bench.{seed}.{n}.{rng.randint(0, 1 << 40):x}@poczta.example>"
        body = text(rng, rng.randint(15, 160))
        if is_reply:
            quoted = "\r\n".join("> " + line for line in text(rng, rng.randint(30, 150)).split("\r\n"))
            body += f"\r\n\r\nW dniu 12.10.2026 o 10:11, Bez pisze:\r\n{quoted}"
        when = format_datetime(began + timedelta(seconds=n * 7))
        head = (
            f"Received: from mx.poczta.example by imap.bez.example; {when}\r\n"
            f"From: {_header(sender)}\r\nTo: {to}\r\nSubject: {_header(subject)}\r\nDate: {when}\r\n"
            f"Message-ID: {message_id}\r\nMIME-Version: 1.0\r\n"
        )
        if parent:
            head += f"In-Reply-To: {parent}\r\nReferences: {parent}\r\n"
        raw = _whole(rng, head, body)
        earlier.append((message_id, sender, subject.removeprefix("Re: ")))
        last = [*last[-200:], raw]
        yield raw


def _header(value: str) -> str:
    if value.isascii():
        return value
    name, bracket, address = value.partition(" <")
    return f"=?utf-8?b?{base64.b64encode(name.encode()).decode()}?={bracket}{address}"


def _whole(rng: random.Random, head: str, body: str) -> bytes:
    html = "".join(f"<p>{line}</p>" for line in body.split("\r\n"))
    padding = "".join(f"<div style='color:#333'>{text(rng, 30)}</div>" for _ in range(rng.randint(0, 40)))
    alternative = (
        'Content-Type: multipart/alternative; boundary="a1"\r\n\r\n'
        f"--a1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n"
        f"--a1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"<html><body>{html}{padding}</body></html>\r\n--a1--\r\n"
    )
    if rng.random() >= 0.2:
        return (head + alternative).encode()
    data = base64.encodebytes(rng.randbytes(rng.randint(5_000, 150_000))).decode().replace("\n", "\r\n")
    return (
        f'{head}Content-Type: multipart/mixed; boundary="m1"\r\n\r\n--m1\r\n{alternative}\r\n'
        '--m1\r\nContent-Type: application/pdf; name="faktura.pdf"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="faktura.pdf"\r\n\r\n{data}--m1--\r\n'
    ).encode()
