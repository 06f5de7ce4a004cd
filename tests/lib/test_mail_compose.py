"""What we send is a mail that every client understands and nobody can inject into."""

import email
import email.policy
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okienko.lib.mail import Address, Attached, Outgoing, compose, parse

NOW = datetime(2024, 5, 3, 10, 0, tzinfo=UTC)
ANNA = Address("Anna Kowalska", "anna@kwiaciarnia.example")


def letter(**changes: Any) -> Outgoing:
    """A plain reply, with `changes`."""
    given: dict[str, Any] = {
        "message_id": "okienko.1@sklep.example",
        "from_": Address("Pomoc", "pomoc@sklep.example"),
        "to": (ANNA,),
        "subject": "Zwrot",
        "text": "Dzień dobry",
        "date": NOW,
    }
    return Outgoing(**(given | changes))


def file(name: str, data: bytes = b"x", content_type: str = "application/pdf", **changes: Any) -> Attached:
    """An attachment."""
    given = {
        "inline": False,
        "content_id": "",
        "sha256": sha256(data).hexdigest(),
        "size": len(data),
    } | changes
    return Attached(filename=name, content_type=content_type, data=data, **given)


def head(raw: bytes) -> bytes:
    """The header block."""
    return raw.partition(b"\r\n\r\n")[0]


def test_a_reply_threads() -> None:
    raw = compose(letter(in_reply_to="k1@x.example", references=("k0@x.example", "k1@x.example")))
    assert b"In-Reply-To: <k1@x.example>" in raw
    assert b"References: <k0@x.example> <k1@x.example>" in raw
    read = parse(raw)
    assert read.message_id == "okienko.1@sklep.example"
    assert read.references == ("k0@x.example", "k1@x.example")
    assert read.date == NOW
    assert read.text == "Dzień dobry\n"
    assert (read.from_.name, read.to) == ("Pomoc", (ANNA,))


def test_long_references_keep_the_first_and_the_newest() -> None:
    read = parse(
        compose(letter(references=tuple(f"{n}@x.example" for n in range(500)), in_reply_to="499@x.example"))
    )
    assert read.references[0] == "0@x.example"
    assert read.references[-1] == "499@x.example"
    assert len(read.references) == 20


def test_every_line_is_short_and_ends_with_crlf() -> None:
    people = tuple(Address(f"Zażółć Gęślą {n}", f"k{n}@x.example") for n in range(200))
    raw = compose(letter(to=people, subject="Zażółć " * 50, text="słowo " * 500, html="<p>" + "słowo " * 500))
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert raw.isascii()
    assert parse(raw).to == people
    assert parse(raw).subject == ("Zażółć " * 50).strip()


def test_bcc_is_never_written() -> None:
    assert b"tajny" not in compose(letter(bcc=(Address("", "tajny@x.example"),)))


def test_the_parts_nest_as_clients_expect() -> None:
    raw = compose(
        letter(
            html='<style>p { color: red }</style><p>Hej <img src="cid:1"></p>',
            attachments=(
                file("logo.png", b"\x89PNG", "image/png", inline=True, content_id="1"),
                file("zażółć gęślą.pdf", bytes(range(256))),
                file("mail.eml", b"From: x\r\n\r\n\xff", "message/rfc822"),
            ),
        )
    )
    read = email.message_from_bytes(raw, policy=email.policy.default)
    kinds = [part.get_content_type() for part in read.walk()]
    assert kinds == [
        *("multipart/mixed", "multipart/related", "multipart/alternative", "text/plain", "text/html"),
        *("image/png", "application/pdf", "application/octet-stream"),
    ]
    mail = parse(raw)
    assert [each.filename for each in mail.attachments] == ["logo.png", "zażółć gęślą.pdf", "mail.eml"]
    assert mail.attachments[1].data == bytes(range(256))
    assert mail.attachments[0].inline
    assert 'style="color:' in mail.html
    names = [part.get_filename() for part in read.walk() if part.get_filename()]
    assert names == ["logo.png", "zażółć gęślą.pdf", "mail.eml"]


def test_international_domains_go_out_in_ascii() -> None:
    assert b"<pomoc@xn--w-uga1v8h.example>" in compose(letter(from_=Address("Pomoc", "pomoc@żółw.example")))


@pytest.mark.parametrize(
    "address", ["", "nikt", "a@b\r\nBcc: c@d", "a@b>, <c@d", "a,b@c", "@x.example", "a@"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    try:
        raw = compose(letter(to=(Address("x", address),)))
    except ValueError:
        return
    assert b"Bcc" not in head(raw).replace(b"bBcc:c@d", b"")


@pytest.mark.parametrize("name", ["Bcc", "bcc", "Subject", "X Y", "X:Y", "", "X\r\nBcc", "Content-Type"])
def test_an_extra_header_is_extra(name: str) -> None:
    with pytest.raises(ValueError, match="extra"):
        compose(letter(extra=((name, "x"),)))


@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=60), st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_nothing_can_be_injected(subject: str, name: str, filename: str, text: str) -> None:
    raw = compose(
        letter(
            subject=subject,
            to=(Address(name, "anna@x.example"),),
            text=text,
            attachments=(file(filename),),
            extra=(("X-Okienko", subject),),
        )
    )
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    names = [line.partition(b":")[0] for line in head(raw).split(b"\r\n") if not line.startswith(b" ")]
    assert names == [
        *(b"Date", b"From", b"To", b"Subject", b"Message-ID", b"X-Okienko", b"MIME-Version", b"Content-Type")
    ]
    read = parse(raw)
    assert len(read.to) == len(read.attachments) == 1
    assert read.to[0].address == "anna@x.example"
