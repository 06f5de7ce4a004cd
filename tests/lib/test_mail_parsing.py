"""Whatever stands in a mail, it is read, and what the standard library stumbles over first of all."""

import base64
import time
from datetime import UTC, datetime, timedelta

import pytest

from okienko.lib.mail import Address, parse


def mail(head: str | bytes, body: str | bytes = b"") -> bytes:
    """A raw mail; text goes out as UTF-8."""
    head = head.encode() if isinstance(head, str) else head
    body = body.encode() if isinstance(body, str) else body
    return head.strip(b"\n").replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


def test_an_unknown_charset_is_read_by_guess() -> None:
    read = parse(mail("From: a@b.example\nContent-Type: text/plain; charset=x-klingon", "zażółć gęślą jaźń"))
    assert read.text == "zażółć gęślą jaźń"
    assert any("x-klingon" in each for each in read.defects)


@pytest.mark.parametrize(
    "name", ["rot13", "zlib", "base64", "idna", "punycode", "unicode_escape", "undefined", "\x00", ""]
)
def test_a_codec_that_is_no_charset_is_not_run(name: str) -> None:
    read = parse(mail(f'From: a@b.example\nContent-Type: text/plain; charset="{name}"', "zażółć \\u0041"))
    assert read.text == "zażółć \\u0041"


@pytest.mark.parametrize(
    ("header", "identifier"),
    [
        ("<abc@host.example>", "abc@host.example"),
        ("<[abc]@x>", "[abc]@x"),
        ("abc@host.example", "abc@host.example"),
        ("<>", ""),
        ("", ""),
        ("<a b@x>", "ab@x"),
        ("<a@x> (added by x)", "a@x"),
        ("<<a@x>>", "a@x"),
        ("<" + "x" * 900 + "@x>", "x" * 500),
        ("\x00<a\x00@x>", "a@x"),
    ],
)
def test_hostile_message_ids_are_kept_as_clean_text(header: str, identifier: str) -> None:
    assert parse(mail(f"From: a@b.example\nMessage-ID: {header}", "x")).message_id == identifier


@pytest.mark.parametrize(
    ("header", "name", "address"),
    [
        ("jan@firma.example", "", "jan@firma.example"),
        ("<jan@firma.example>", "", "jan@firma.example"),
        ("Jan Nowak <jan@firma.example>", "Jan Nowak", "jan@firma.example"),
        ('"Nowak, Jan" <jan@firma.example>', "Nowak, Jan", "jan@firma.example"),
        ("Nowak, Jan <jan@firma.example>", "Nowak, Jan", "jan@firma.example"),
        ("jan@firma@x.example <jan@x.example>", "jan@firma@x.example", "jan@x.example"),
        ("jan@firma.example (Jan Nowak)", "Jan Nowak", "jan@firma.example"),
        ("Jan Nowak jan@firma.example", "Jan Nowak", "jan@firma.example"),
        ("Jan <jan@firma.example", "Jan", "jan@firma.example"),
        ("<a b@x.example>", "", "a b@x.example"),
        ("'Jan' <jan@firma.example>", "Jan", "jan@firma.example"),
        ("jan @ firma . example", "", "jan@firma.example"),
        ("<mailto:jan@firma.example>", "", "jan@firma.example"),
        ('"jan@firma.example" <jan@firma.example>', "jan@firma.example", "jan@firma.example"),
        ("=?utf-8?Q?Kowalski=2C_J=C3=B3zef?= <j@x.example>", "Kowalski, Józef", "j@x.example"),
        ('"=?utf-8?Q?J=C3=B3zef?=" <j@x.example>', "Józef", "j@x.example"),
        ("=?utf-8?Q?J=C3=B3zef_<j@x.example>?=", "Józef", "j@x.example"),
        ('"Jan \\"Ja\\" Nowak" <jan@x.example>', 'Jan "Ja" Nowak', "jan@x.example"),
        ("Jan (kierownik) Nowak <jan@x.example>", "Jan  Nowak".replace("  ", " "), "jan@x.example"),
        ("Biuro: jan@x.example, anna@x.example;", "", "jan@x.example"),
        ("zażółć <z@żółw.example>", "zażółć", "z@żółw.example"),
        ('"Sklep: zwroty" <z@x.example>', "Sklep: zwroty", "z@x.example"),
        ("Sklep: zwroty <z@x.example>", "Sklep: zwroty", "z@x.example"),
        ("=?utf-8?Q?Sklep:_zwroty;?= <z@x.example>", "Sklep: zwroty", "z@x.example"),
        ("evil@attacker.example <jan@x.example>", "evil@attacker.example", "jan@x.example"),
    ],
)
def test_the_sender_is_found(header: str, name: str, address: str) -> None:
    assert parse(mail(f"From: {header}\nSubject: x", "x")).from_ == Address(name, address)


@pytest.mark.parametrize(
    ("header", "addresses"),
    [
        ("a@x.example, b@x.example,c@x.example", ["a@x.example", "b@x.example", "c@x.example"]),
        ("Kowalski, Jan <a@x.example>, Nowak, Anna <b@x.example>", ["a@x.example", "b@x.example"]),
        ("undisclosed-recipients:;", []),
        ("Undisclosed recipients:;", []),
        ("Zespół: a@x.example, B <b@x.example>;, c@x.example", ["a@x.example", "b@x.example", "c@x.example"]),
        ("a@x.example; b@x.example", ["a@x.example", "b@x.example"]),
        ('"a, b" <a@x.example>, ,, <b@x.example>', ["a@x.example", "b@x.example"]),
        ("", []),
        ('"unclosed <a@x.example>, b@x.example', ["a@x.example", "b@x.example"]),
    ],
)
def test_recipients_are_found(header: str, addresses: list[str]) -> None:
    read = parse(mail(f"From: a@b.example\nTo: {header}\nCc: {header}", "x"))
    assert [each.address for each in read.to] == addresses
    assert [each.address for each in read.cc] == addresses


def test_twenty_thousand_recipients_are_read_quickly() -> None:
    to = ",\n ".join(f"Klient {n} <k{n}@x.example>" for n in range(20_000))
    assert len(parse(mail(f"From: a@b.example\nTo: {to}", "x")).to) == 20_000


def test_windows_1250_without_charset_is_polish() -> None:
    read = parse(mail(b"From: a@b.example\nSubject: \xb3\xf3d\x9f", "zażółć gęślą jaźń".encode("cp1250")))
    assert read.text == "zażółć gęślą jaźń"
    assert read.subject == "łódź"


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("iso-8859-2", "iso-8859-2", "zażółć gęślą jaźń"),
        ("iso-8859-2", "cp1250", "źródło śniegu"),  # windows letters under the wrong name
        ("windows-1250", "cp1250", "zażółć „gęślą” jaźń"),
        ("utf-8", "cp1250", "zażółć gęślą jaźń"),
        ("iso-8859-1", "utf-8", "zażółć gęślą jaźń"),
        ("us-ascii", "utf-8", "zażółć gęślą jaźń"),
        ("utf-16", "utf-16", "zażółć"),
        ("utf-7", "utf-7", "zażółć"),
        ("iso-2022-jp", "iso2022_jp", "こんにちは"),
        ("koi8-r", "koi8-r", "Привет"),
        ("windows-1251", "cp1251", "Привет, мир"),
        ("gb2312", "gb18030", "你好"),
        ("ks_c_5601-1987", "cp949", "안녕하세요"),
        ("\"'utf-8'\"", "utf-8", "zażółć"),
        ("utf8", "utf-8", "zażółć"),
        ("cp-850", "utf-8", "zażółć"),
        ("iso-8859-1", "cp1252", "“quoted” – €"),
    ],
)
def test_charsets_right_and_wrong(charset: str, codec: str, text: str) -> None:
    packed = base64.encodebytes(text.encode(codec))
    head = (
        f"From: a@b.example\nContent-Transfer-Encoding: base64\nContent-Type: text/plain; charset={charset}"
    )
    assert parse(mail(head, packed)).text == text


def test_a_damaged_byte_does_not_spoil_the_other_letters() -> None:
    damaged = ("zażółć gęślą jaźń " * 20).encode() + b"\xff\xc5"
    read = parse(mail("From: a@b.example\nContent-Type: text/plain; charset=utf-8", damaged))
    assert read.text.startswith("zażółć gęślą jaźń zażółć")


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("=?utf-8?B?WmHFvMOzxYLEhw==?=", "Zażółć"),
        ("=?utf-8?Q?Za=C5=BC=C3=B3=C5=82=C4=87?=", "Zażółć"),
        ("=?utf-8?Q?Za=C5=BC?= =?utf-8?Q?=C3=B3=C5=82=C4=87?=", "Zażółć"),
        ("=?utf-8?B?WmHF?= =?utf-8?B?vMOzxYLEhw==?=", "Zażółć"),  # a character over two words
        ("=?utf-8?Q?Za?=\n =?utf-8?Q?_nami?=", "Za nami"),
        ("Odp: =?iso-8859-2?Q?=B3=F3d=BC?= i inne", "Odp: łódź i inne"),
        ("=?utf-8?Q?Co s=C5=82ycha=C4=87??=", "Co słychać?"),
        ("=?utf-8?B?WmHFvMOzxYLEhw?=", "Zażółć"),  # no padding
        ("=?x-nonsense?Q?abc?=", "abc"),
        ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        ("=?utf-8?Q?a=0D=0ABcc:_evil@x.example?=", "a Bcc: evil@x.example"),
        ("=?utf-8?Q?a=00b?=", "a b"),
        ("=?utf-7?Q?+2D0-?=", ""),  # a lone surrogate
        ("Zażółć", "Zażółć"),
        ("a\n b", "a b"),
        ("=?UTF-8*pl?Q?Za=C5=BC?=", "Zaż"),
        ("=?iso-8859-2?B?ud/m?= =?iso-8859-2?B?5ebx?=", "šßćĺćń"),
    ],
)
def test_subjects_are_one_clean_line(header: str, subject: str) -> None:
    assert parse(mail(f"From: a@b.example\nSubject: {header}", "x")).subject == subject


def test_bad_base64_is_told_and_saved_as_far_as_it_goes() -> None:
    head = "From: a@b.example\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64"
    read = parse(
        mail(
            head, base64.encodebytes("Dzień dobry".encode()).rstrip(b"\n=") + b"!\r\n-- \r\nstopka listy\r\n"
        )
    )
    assert read.text.startswith("Dzień dobr")
    assert "bad base64" in read.defects


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\Users\\\\jan\\\\faktura.pdf"', "faktura.pdf"),
        ('attachment; filename="Faktura 12/2024.pdf"', "Faktura 12_2024.pdf"),
        ("attachment; filename=umowa najmu.pdf", "umowa najmu.pdf"),
        ("attachment; filename*=UTF-8''za%C5%BC%C3%B3%C5%82%C4%87.pdf", "zażółć.pdf"),
        ("attachment; filename*0*=iso-8859-2''za%BF; filename*1*=%F3%B3%E6.pdf", "zażółć.pdf"),
        ('attachment; filename*0="bardzo dluga "; filename*1="nazwa.pdf"', "bardzo dluga nazwa.pdf"),
        ('attachment; filename="=?utf-8?B?emHFvMOzxYLEhy5wZGY=?="', "zażółć.pdf"),
        ('attachment; filename="=?utf-8?Q?za=C5=BC?=\n =?utf-8?Q?=C3=B3=C5=82=C4=87.pdf?="', "zażółć.pdf"),
        ('attachment; filename="zażółć.pdf"', "zażółć.pdf"),
        ('attachment; filename="a\x00b\x01.pdf"', "a b .pdf"),
        ('attachment; filename="faktura\u202efdp.exe"', "fakturafdp.exe"),
        ('attachment; filename=""', "attachment-1.pdf"),
        ("attachment", "attachment-1.pdf"),
        ('attachment; filename="..."', "attachment-1.pdf"),
        ('attachment; filename="con.pdf"', "_con.pdf"),
        ('attachment; filename="' + "a" * 300 + '.pdf"', "a" * 176 + ".pdf"),
    ],
)
def test_file_names_are_safe_and_legible(header: str, name: str) -> None:
    read = parse(
        mail(f"From: a@b.example\nContent-Type: application/pdf\nContent-Disposition: {header}", b"%PDF")
    )
    assert [file.filename for file in read.attachments] == [name]
    assert read.attachments[0].data == b"%PDF"


def test_five_hundred_nested_multiparts_are_survived() -> None:
    raw = b"From: a@b.example\r\n"
    for depth in range(500):
        raw += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (depth, depth)
    read = parse(raw + b"\r\nHello")
    assert "nested too deep" in read.defects


def test_a_hundred_thousand_parts_are_survived() -> None:
    read = parse(
        mail("From: a@b.example\nContent-Type: multipart/mixed; boundary=x", b"--x\r\n\r\na\r\n" * 100_000)
    )
    assert "too many parts" in read.defects


def test_bare_carriage_returns_end_lines() -> None:
    read = parse(b"From: a@b.example\rSubject: hej\r\rpierwszy\rdrugi")
    assert (read.subject, read.text) == ("hej", "pierwszy\ndrugi")


def test_a_bare_carriage_return_inside_a_header_starts_no_other() -> None:
    read = parse(b"From: a@b.example\r\nSubject: hej\rBcc: evil@x.example\r\n\r\nx")
    assert read.subject == "hej Bcc: evil@x.example"


@pytest.mark.parametrize(
    ("header", "date"),
    [
        ("Fri, 3 May 2024 10:00:00 +0200", datetime(2024, 5, 3, 8, tzinfo=UTC)),
        ("3 May 2024 10:00:00 GMT", datetime(2024, 5, 3, 10, tzinfo=UTC)),
        ("Fri, 3 May 2024 10:00:00", datetime(2024, 5, 3, 10, tzinfo=UTC)),
        ("Fri, 3 May 2024 10:00:00 +9999", datetime(2024, 5, 3, 10, tzinfo=UTC)),
        ("Fri, 31 Feb 2024 10:00:00 +0000", None),
        ("wczoraj", None),
        ("", None),
        ("Fri, 3 May 2024 10:00:60 +0000", datetime(2024, 5, 3, 10, 0, 59, tzinfo=UTC)),
    ],
)
def test_dates_are_aware_or_absent(header: str, date: datetime | None) -> None:
    read = parse(mail(f"From: a@b.example\nDate: {header}", "x")).date
    assert read == date
    assert read is None or isinstance(read.utcoffset(), timedelta)


def test_headers_about_threads_and_delivery() -> None:
    read = parse(
        mail(
            "Return-Path: <klient@x.example>\nDelivered-To: pomoc@sklep.example\n"
            "X-Original-To: pomoc+t1@sklep.example\nFrom: a@b.example\nIn-Reply-To: <1@x> (message from Jan)\n"
            "References: <0@x>\n <1@x>\t<1@x>\nList-Id: Lista <l.x.example>",
            "x",
        )
    )
    assert read.in_reply_to == "1@x"
    assert read.references == ("0@x", "1@x")
    assert read.delivered_to == ("pomoc@sklep.example", "pomoc+t1@sklep.example")
    assert read.return_path == "klient@x.example"
    assert read.list_id == "Lista <l.x.example>"
    assert parse(mail("Return-Path: <>\nFrom: a@b.example", "x")).return_path == ""
    assert parse(mail("From: a@b.example", "x")).return_path is None


def test_no_from_and_several() -> None:
    assert parse(mail("Sender: s@x.example\nSubject: x", "x")).from_.address == "s@x.example"
    assert parse(mail("Subject: x", "x")).from_ == Address("", "")
    both = parse(mail("From: a@x.example\nFrom: b@x.example", "x"))
    assert both.from_.address == "a@x.example"
    assert "several From headers" in both.defects


@pytest.mark.parametrize(
    "raw", [b"", b"\x00", b"\r\n\r\n", b"Subject", b"\xff" * 50, b"From: \r\n", b":\r\n:\r\n"]
)
def test_next_to_nothing_is_still_a_mail(raw: bytes) -> None:
    read = parse(raw)
    assert read.from_.address == ""
    assert "no sender" in read.defects


def test_what_stands_before_the_headers_is_skipped() -> None:
    read = parse(b"\r\nFrom jan@x.example Fri May  3 10:00:00 2024\nFrom: a@b.example\nSubject: hej\n\nx\n")
    assert (read.from_.address, read.subject, read.text) == ("a@b.example", "hej", "x\n")


def test_a_fold_without_its_space_is_mended() -> None:
    read = parse(b"From: a@b.example\r\nSubject: pierwsza\r\nczesc druga\r\nTo: c@d.example\r\n\r\ntekst")
    assert read.subject == "pierwsza czesc druga"
    assert read.to[0].address == "c@d.example"
    assert read.text == "tekst"


def test_flowed_text_flows() -> None:
    head = "From: a@b.example\nContent-Type: text/plain; charset=utf-8; format=flowed"
    assert parse(mail(head, "jedno \r\nzdanie\r\n\r\n> cytat \r\n> dalej\r\n-- \r\nJan")).text == (
        "jedno zdanie\n\n> cytat dalej\n-- \nJan"
    )


def test_what_no_one_foresaw_still_gives_the_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    from okienko.lib.mail import quotes

    def fails(*_: object, **__: object) -> None:
        monkeypatch.undo()
        raise RuntimeError

    monkeypatch.setattr(quotes, "cut", fails)
    read = parse(mail("From: Jan <jan@x.example>\nSubject: Zażółć\nMessage-ID: <1@x>", "tekst"))
    assert (read.from_.address, read.subject, read.message_id) == ("jan@x.example", "Zażółć", "1@x")
    assert "tekst" in read.text
    assert read.no_reply_reason == "unreadable"


HOSTILE = {
    "encoded words without end": b"Subject: " + b"=?a?q?" * 30_000,
    "quotes without end": b'From: "' + b'"' * 200_000,
    "parameters without end": b"Content-Type: text/plain" + b";" * 200_000 + b"(" * 200_000,
    "a long word in From": b"From: " + b"a" * 200_000,
    "blank lines in a bounce": b"Return-Path: <>\r\nSubject: failure\r\n\r\n" + b"\n" * 200_000,
    "colons": b"\r\n\r\n" + b"a:\n" * 60_000,
    "signatures": b"\r\n\r\n" + b"-- \n" * 60_000,
    "header blocks": b"In-Reply-To: <x@y>\r\n\r\n" + b"From: x\nTo: y\n" * 15_000,
    "nested divs": b"Content-Type: text/html\r\n\r\n" + b"<div>x" * 40_000,
    "nested links": b"Content-Type: text/html\r\n\r\n" + b"<a><b>" * 40_000,
    "ampersands": b"Content-Type: text/html\r\n\r\n" + b"&" * 200_000,
    "flowed": b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"abc \n" * 60_000,
    "boundaries": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\n\na\n" * 30_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mails_take_no_long_time(name: str) -> None:
    start = time.process_time()
    parse(HOSTILE[name])
    assert time.process_time() - start < 2
