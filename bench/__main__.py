"""``python -m bench`` measures everything and writes RESULTS.md and results.json.

``python -m bench intake|pages|felt`` measures one part, ``fill N`` only fills OKIENKO_DATA, ``killing`` only kills.
"""

from __future__ import annotations

import sys

from okienko.config import boot


def main() -> int:
    part, words = (sys.argv[1:2] or [""])[0], sys.argv[2:]
    if part in ("fill", "intake-inside", "pages-inside"):
        boot.django()
    if part == "fill":
        from bench.fill import fill

        fill(int(words[0]))
    elif part == "intake-inside":
        from bench.intake import inside

        inside(int(words[0]), int(words[1]))
    elif part == "pages-inside":
        from bench.pages import prepare

        prepare()
    elif part == "killing":
        from bench.killing import main as kill

        return kill(words)
    else:
        from bench.report import report

        report([part] if part else ["intake", "pages", "felt"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
