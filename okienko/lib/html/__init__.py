"""HTML of mails, made safe and legible. Pure functions of strings."""

from okienko.lib.html.composed import sanitise_composed
from okienko.lib.html.frame import with_inline_images, with_remote_images
from okienko.lib.html.sanitise import SANITISER_VERSION, Clean, sanitise, to_text

__all__ = [
    "SANITISER_VERSION",
    "Clean",
    "sanitise",
    "sanitise_composed",
    "to_text",
    "with_inline_images",
    "with_remote_images",
]
