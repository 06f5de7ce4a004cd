"""Pictures out of nothing: a mosaic of flat squares, and the least of JPEG that can hold it."""

from __future__ import annotations

import math
import struct
import zlib

Pixel = tuple[int, int, int]


def mosaic(name: str, width: int, height: int) -> list[list[Pixel]]:
    """Rows of coloured squares: something like a flower before green, another one for each name."""
    seed = zlib.crc32(name.encode())
    petals, tone = 4 + seed % 5, (seed >> 8) % 100 / 100
    bloom = (150 + int(100 * tone), 40 + seed % 90, 90 + int(120 * (1 - tone)))
    rows = []
    for y in range(height):
        row: list[Pixel] = []
        for x in range(width):
            across, down = x / width - 0.5, (y / height - 0.5) * height / width
            far = math.hypot(across, down)
            edge = 0.2 + 0.08 * math.cos(petals * math.atan2(down, across) + tone * 6)
            light = 1 - far * 0.8
            base = (230, 190, 60) if far < 0.06 else bloom if far < edge else (70, 120, 70)
            row.append(tuple(max(0, min(255, int(c * light) + 10)) for c in base))  # type: ignore[arg-type]
        rows.append(row)
    return rows


def jpeg(rows: list[list[Pixel]]) -> bytes:
    """A baseline JPEG (ITU-T T.81) of 8 × 8 squares, each of one colour: only DC coefficients are coded."""
    height, width = len(rows) * 8, len(rows[0]) * 8
    bits: list[str] = []
    before = [0, 0, 0]
    for row in rows:
        for pixel in row:
            for channel, value in enumerate(_ycc(pixel)):
                step = value - before[channel]
                before[channel] = value
                size = abs(step).bit_length()
                bits.append(CODES[size])
                if size:
                    bits.append(format(step if step > 0 else step + (1 << size) - 1, f"0{size}b"))
                bits.append("0")  # the AC table's one code: end of block
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    scan = int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\x00")
    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes((1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0))
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            _segment(0xDB, b"\0" + b"\x08" * 64),
            _segment(0xC0, frame),
            _segment(0xC4, b"\0" + LENGTHS + bytes(range(12))),
            _segment(0xC4, b"\x10" + bytes((1,)) + bytes(15) + b"\0"),
            _segment(0xDA, bytes((3, 1, 0, 2, 0, 3, 0, 0, 63, 0))),
            scan,
            b"\xff\xd9",
        )
    )


# T.81, table K.3: how many Huffman codes of each length there are for DC differences of 0 to 11 bits.
LENGTHS = bytes((0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0))


def _codes() -> list[str]:
    codes, code = [], 0
    for length, count in enumerate(LENGTHS, 1):
        for _ in range(count):
            codes.append(format(code, f"0{length}b"))
            code += 1
        code <<= 1
    return codes


CODES = _codes()


def _ycc(pixel: Pixel) -> tuple[int, int, int]:
    """Quantised DC coefficients of Y, Cb, Cr: eight times the mean, divided by a step of eight."""
    red, green, blue = pixel
    return (
        round(0.299 * red + 0.587 * green + 0.114 * blue - 128),
        round(-0.1687 * red - 0.3313 * green + 0.5 * blue),
        round(0.5 * red - 0.4187 * green - 0.0813 * blue),
    )


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data
