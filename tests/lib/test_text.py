"""Small questions about text."""

import pytest

from okienko.lib.text import normalise_address, preview, squash


def test_squash() -> None:
    assert squash("  a\n\tb  c ") == "a b c"


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("Dzień dobry", 140, "Dzień dobry"),
        ("Dzień\n\ndobry", 140, "Dzień dobry"),
        ("jeden dwa trzy cztery", 15, "jeden dwa trzy…"),
        ("jeden dwa trzy cztery", 13, "jeden dwa…"),
        ("x" * 50, 10, "x" * 9 + "…"),
        ("", 10, ""),
    ],
)
def test_preview_cuts_between_words(text: str, length: int, short: str) -> None:
    assert preview(text, length) == short
    assert len(preview(text, length)) <= length


@pytest.mark.parametrize(
    ("address", "normal"),
    [
        (" Jan.Nowak@Firma.EXAMPLE ", "jan.nowak@firma.example"),
        ("<jan@firma.example>", "jan@firma.example"),
        ("jan@żółw.example", "jan@xn--w-uga1v8h.example"),
        ("jan@XN--W-UGA1V8H.example", "jan@xn--w-uga1v8h.example"),
        ("jan@" + "ż" * 80 + ".example", "jan@" + "ż" * 80 + ".example"),
        ("nikt", "nikt"),
        ("", ""),
    ],
)
def test_addresses_are_compared_in_one_form(address: str, normal: str) -> None:
    assert normalise_address(address) == normal
