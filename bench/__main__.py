"""``python -m bench [PART …]``: measures and writes RESULTS.md; ``fill N`` only fills OKIENKO_DATA, ``killing`` only kills."""

from __future__ import annotations

import sys

from okienko.config import boot

if __name__ == "__main__":
    part, words = sys.argv[1:2], sys.argv[2:]
    if part == ["fill"]:
        boot.django()
        from bench.fill import fill

        fill(int(words[0]))
    elif part == ["killing"]:
        from bench.killing import main

        sys.exit(main(words))
