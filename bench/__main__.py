"""``python -m bench [PART …]``: measures and writes RESULTS.md; ``fill N`` only fills OKIENKO_DATA."""

from __future__ import annotations

import sys

from okienko.config import boot

if __name__ == "__main__":
    if sys.argv[1:2] == ["fill"]:
        boot.django()
        from bench.fill import fill

        fill(int(sys.argv[2]))
