"""What agents write in the editor: few tags, no styles."""

import nh3

_COMPOSED = nh3.Cleaner(
    tags={
        *("p", "br", "b", "strong", "i", "em", "u", "s", "a", "ul", "ol", "li"),
        *("blockquote", "code", "pre", "img", "h1", "h2", "h3"),
    },
    attributes={"a": {"href"}, "img": {"src", "alt", "width", "height"}},
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    url_relative=lambda url: url if url.startswith("/") and not url.startswith(("//", "/\\")) else None,
    attribute_filter=lambda tag, name, value: (
        None if tag == "img" and name == "src" and not _is_own(value) else value
    ),
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)


def _is_own(url: str) -> bool:
    return url.startswith("cid:") or (url.startswith("/") and not url.startswith(("//", "/\\")))


def sanitise_composed(html: str) -> str:
    """Return the editor's `html` with only its small list of tags; images by `cid:` or from our own server."""
    return _COMPOSED.clean(html.replace("\x00", ""))
