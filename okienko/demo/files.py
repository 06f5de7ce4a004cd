"""Small real files of a named type, for attachments: nothing is stored, each is drawn from its name."""

from __future__ import annotations

import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from xml.sax.saxutils import escape

from okienko.demo.picture import jpeg, mosaic

STAMP = (2026, 1, 2, 8, 0, 0)


@lru_cache(maxsize=16)
def made(filename: str) -> tuple[bytes, str]:
    """The bytes and the media type of a file called ``filename``; of an unknown type it is plain text."""
    ending = filename.rpartition(".")[2].lower()
    make, content_type = TYPES.get(ending, TYPES["txt"])
    return make(filename), content_type


def _pdf(name: str) -> bytes:
    """One A4 page that bears the file's name (ISO 32000-1)."""
    letters = unicodedata.normalize("NFKD", name.rpartition(".")[0].replace("ł", "l").replace("Ł", "L"))
    title = "".join(c for c in letters if c.isascii() and c not in "()\\")
    text = f"BT /F1 20 Tf 72 760 Td ({title}) Tj 0 -30 Td /F1 11 Tf (Bez - kwiaty i ogrod, Lodz) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("ascii", "replace")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += "".join(f"{place:010} 00000 n \n" for place in places).encode()
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def _png(name: str) -> bytes:
    """A mosaic in the name's colours (RFC 2083)."""
    rows = mosaic(name, 40, 30)
    raw = b"".join(b"\0" + b"".join(bytes(pixel) * 8 for pixel in row) for row in rows for _ in range(8))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 320, 240, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(raw, 6))
        + chunk(b"IEND", b"")
    )


def _jpg(name: str) -> bytes:
    return jpeg(mosaic(name, 40, 30))


def _txt(name: str) -> bytes:
    return f"{name}\nBez – kwiaty i ogród\n".encode()


MAIN = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _package(parts: dict[str, str], *, document: str, content_type: str) -> bytes:
    """An Office Open XML package (ECMA-376) with one main part."""
    types = (
        f'<Types xmlns="{MAIN}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{document}" ContentType="{content_type}"/></Types>'
    )
    relations = (
        f'<Relationships xmlns="{MAIN}/relationships"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="{document}"/></Relationships>'
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for path, text in {"[Content_Types].xml": types, "_rels/.rels": relations, **parts}.items():
            package.writestr(zipfile.ZipInfo(path, STAMP), f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return out.getvalue()


def _docx(name: str) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = (
        f'<w:document xmlns:w="{space}"><w:body><w:p><w:r><w:t>{escape(name)}</w:t></w:r></w:p>'
        f"</w:body></w:document>"
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return _package({"word/document.xml": body}, document="word/document.xml", content_type=kind)


def _xlsx(name: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    book = (
        f'<workbook xmlns="{space}" xmlns:r="{OFFICE}"><sheets><sheet name="Arkusz1" sheetId="1" r:id="r1"/>'
        f"</sheets></workbook>"
    )
    sheet = (
        f'<worksheet xmlns="{space}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>{escape(name)}'
        f"</t></is></c></row></sheetData></worksheet>"
    )
    relations = (
        f'<Relationships xmlns="{MAIN}/relationships"><Relationship Id="r1" Type="{OFFICE}/worksheet" '
        f'Target="worksheets/sheet1.xml"/></Relationships>'
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts = {
        "xl/workbook.xml": book,
        "xl/worksheets/sheet1.xml": sheet,
        "xl/_rels/workbook.xml.rels": relations,
    }
    return _package(parts, document="xl/workbook.xml", content_type=kind)


OOXML = "application/vnd.openxmlformats-officedocument"
TYPES: dict[str, tuple[Callable[[str], bytes], str]] = {
    "pdf": (_pdf, "application/pdf"),
    "png": (_png, "image/png"),
    "jpg": (_jpg, "image/jpeg"),
    "jpeg": (_jpg, "image/jpeg"),
    "docx": (_docx, f"{OOXML}.wordprocessingml.document"),
    "xlsx": (_xlsx, f"{OOXML}.spreadsheetml.sheet"),
    "txt": (_txt, "text/plain"),
}
