"""Last changes to sanitised HTML before it is shown in its frame."""

import re
from collections.abc import Mapping
from html import escape, unescape
from urllib.parse import unquote

from okienko.lib.html.tags import TOKEN

_CID = re.compile(r'(\ssrc=")cid:([^"]*)"')


def with_remote_images(html: str) -> str:
    """Return sanitised `html` with the remote images that `sanitise` held back."""

    def restored(token: re.Match[str]) -> str:
        return (
            token[0].replace(" data-remote-src=", " src=").replace(" data-remote-background=", " background=")
        )

    return TOKEN.sub(
        lambda token: restored(token) if token[3] and "data-remote-" in token[3] else token[0], html
    )


def with_inline_images(html: str, urls: Mapping[str, str]) -> str:
    """Return sanitised `html` with each `cid:` image that `urls` (content id → URL) knows put in its place."""

    def placed(match: re.Match[str]) -> str:
        cid = unescape(match[2])
        url = urls.get(cid) or urls.get(unquote(cid).strip("<>"))
        return f'{match[1]}{escape(url)}"' if url else match[0]

    return TOKEN.sub(
        lambda token: _CID.sub(placed, token[0]) if token[2] == "img" and "cid:" in token[3] else token[0],
        html,
    )
