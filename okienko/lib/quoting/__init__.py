"""How mail clients introduce what somebody wrote before, in the languages they speak. Pure functions of text.

A pattern matches only what a program writes: prose that resembles it ("Od: poniedziałku …") must stay.
"""

from okienko.lib.quoting.attribution import (
    attribution_start,
    ends_in_attribution,
    is_attribution,
    is_strong_attribution,
)
from okienko.lib.quoting.headers import header_block_length, header_kind, is_header_block
from okienko.lib.quoting.marks import is_forward_mark, is_list_footer, is_original_mark, is_sent_from
from okienko.lib.quoting.thread import Thread

__all__ = [
    "Thread",
    "attribution_start",
    "ends_in_attribution",
    "header_block_length",
    "header_kind",
    "is_attribution",
    "is_forward_mark",
    "is_header_block",
    "is_list_footer",
    "is_original_mark",
    "is_sent_from",
    "is_strong_attribution",
]
