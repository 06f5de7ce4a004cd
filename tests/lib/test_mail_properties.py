"""What holds for any bytes at all."""

import json
import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from okienko.lib.mail import Mail, as_json, parse

MAILS = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "mail").glob("*.eml"))]
FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
SCRAPS = [
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\x00",
        b"\xff",
        b"\xc5",
        b"=?utf-8?Q?=",
        b"?=",
        b'"',
        b"<",
        b">",
        b";",
        b"--b1",
        b"--",
    ),
    *(
        b"Content-Type: multipart/mixed; boundary=b1\r\n",
        b"Content-Type: text/html; charset=utf-7\r\n",
        b"+2D0-",
    ),
    *(
        b"Content-Transfer-Encoding: base64\r\n",
        b"=ED=A0=80",
        b"> ",
        b"-- \r\n",
        b"<blockquote type=cite>",
        b"</div>",
    ),
    *(
        b"Subject: =?utf-16?B?2AA=?=\r\n",
        b"filename*0*=utf-8''%00%ED%A0%80;",
        b"<table><tr>",
        b"<details>",
        b"<pre>\r\n",
    ),
    *(
        b"W dniu 3.05.2024 o 10:00, a@b.example pisze:\r\n",
        b"From: a@b.example\r\nSent: x\r\nTo: y\r\n",
    ),
]


def strings(value: object) -> list[str]:
    """Every string in a JSON value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [each for part in value.values() for each in strings(part)]
    if isinstance(value, list):
        return [each for part in value for each in strings(part)]
    return []


def check(raw: bytes) -> Mail:
    """Parse `raw` and see that the promises hold."""
    mail = parse(raw)
    assert not any(each.startswith("unreadable") for each in mail.defects), mail.defects
    told = as_json(mail)
    json.dumps(told, ensure_ascii=False).encode()
    assert not any(FORBIDDEN.search(each) for each in strings(told))
    assert "".join(segment.text for segment in mail.segments) == mail.text
    one_line = [
        mail.subject,
        mail.normal_subject,
        mail.message_id,
        mail.in_reply_to,
        mail.list_id,
        *mail.references,
    ]
    one_line += [
        part for who in (mail.from_, *mail.to, *mail.cc, *mail.reply_to) for part in (who.name, who.address)
    ]
    one_line += [
        part for file in mail.attachments for part in (file.filename, file.content_id, file.content_type)
    ]
    assert not any(re.search(r"[\r\n]", each) for each in one_line)
    assert not any("/" in file.filename or not file.filename for file in mail.attachments)
    lowered = mail.html.lower()
    assert "<script" not in lowered
    return mail


@given(st.binary(max_size=2000))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    check(raw)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    raw = draw(st.sampled_from(MAILS))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(raw)))
        cut = draw(st.sampled_from([0, 0, 1, 5, 80]))
        raw = raw[:at] + draw(st.sampled_from(SCRAPS) | st.binary(max_size=8)) + raw[at + cut :]
    return raw


@given(mutated())
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_damaged_mail_is_a_mail(raw: bytes) -> None:
    check(raw)


@given(st.lists(st.sampled_from(SCRAPS) | st.binary(max_size=20), max_size=60))
@settings(max_examples=300, deadline=None)
def test_a_heap_of_scraps_is_a_mail(scraps: list[bytes]) -> None:
    check(b"From: a@b.example\r\n" + b"".join(scraps))


@given(st.binary(max_size=5000))
@settings(max_examples=100, deadline=None)
def test_attachments_come_back_bit_by_bit(data: bytes) -> None:
    from base64 import encodebytes

    raw = b"From: a@b.example\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    file = parse(raw + encodebytes(data).replace(b"\n", b"\r\n")).attachments[0]
    assert (file.data, file.size) == (data, len(data))
