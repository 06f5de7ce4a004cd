"""The HTML of a received mail: what may stay, what is held back, what it says as text."""

import re
from dataclasses import dataclass

import css_inline
import nh3

from okienko.lib.html.nesting import shallow
from okienko.lib.html.reader import Reader
from okienko.lib.html.styles import STYLE_PROPERTIES
from okienko.lib.quoting import Thread

SANITISER_VERSION = 1
ANY_THREAD = Thread()
MAX_STYLED = 300_000  # characters of a mail with style sheets; rules times elements take their time
MAX_ENTITIES = 150_000  # the tree builder's time grows with their square
MAX_LENGTH = 4_000_000  # characters; what is longer is shown as its beginning, the raw mail stays

_TEXTUAL = {
    *("a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br", "caption"),
    *("center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em"),
    *("figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i"),
    *("img", "ins", "kbd", "li", "main", "mark", "nav", "ol", "p", "pre", "q", "s", "samp", "section"),
    *("small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th"),
    *("thead", "tr", "tt", "u", "ul", "var", "wbr"),
}
_NAMES = (
    *("gmail_quote", "gmail_attr", "gmail_signature", "gmail_extra", "gmail_quote_container"),
    *("moz-cite-prefix", "moz-signature", "moz-forward-container", "moz-email-headers-table"),
    *("yahoo_quoted", "protonmail_quote", "protonmail_signature_block", "tutanota_quote", "zmail_extra"),
    *("reply-intro", "MsoNormal", "ms-outlook-mobile-reference-message"),
)
_IDS = (
    *("divRplyFwdMsg", "appendonsend", "isForwardContent", "mail-editor-reference-message-container"),
    *("ms-outlook-mobile-signature", "AppleMailSignature", "yahoo_quoted", "reply-intro", "Signature"),
    *("OLK_SRC_BODY_SECTION", "replySplit"),
)
_MARKED = ("div", "p", "span", "blockquote", "table", "pre", "a", "li", "td")
_CLASSES = {prefix + name for name in _NAMES for prefix in ("", "x_", "x_x_")}
_ATTRIBUTES = {
    "*": {"style", "dir", "lang", "title", "align", "valign", "width", "height", "bgcolor"},
    "a": {"href", "name"},
    "img": {"src", "alt", "border", "hspace", "vspace"},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing", "background"},
    "td": {"colspan", "rowspan", "nowrap", "background"},
    "th": {"colspan", "rowspan", "nowrap"},
    "col": {"span"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
    "hr": {"size", "color", "noshade"},
    "blockquote": {"type", "cite"},
}
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
_STYLE_SHEET = re.compile(r"<style\b", re.I)
_DATA_IMAGE = re.compile(r"data:image/(?:png|gif|jpe?g|webp|bmp);base64,[A-Za-z0-9+/=\s]*\Z")


def _only_data_images(tag: str, name: str, value: str) -> str | None:
    if ":" in value and name in ("href", "src", "background", "cite"):
        scheme = value.partition(":")[0]
        if scheme.lower() not in _SCHEMES:
            return value if tag == "img" and name == "src" and _DATA_IMAGE.match(value) else None
    return value


def _cleaner(*, with_data: bool) -> nh3.Cleaner:
    ids = {prefix + name for name in _IDS for prefix in ("", "x_", "x_x_")}
    return nh3.Cleaner(
        tags=_TEXTUAL,
        clean_content_tags={"script", "style", "title", "noscript", "template", "xml"},
        attributes=_ATTRIBUTES,
        allowed_classes=dict.fromkeys(_MARKED, _CLASSES),
        tag_attribute_values={tag: {"id": ids} for tag in _MARKED},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        filter_style_properties=STYLE_PROPERTIES,
        url_schemes=_SCHEMES | ({"data"} if with_data else set()),
        url_relative="deny",
        attribute_filter=_only_data_images if with_data else None,
        link_rel="noopener noreferrer nofollow",
    )


_PLAIN, _WITH_DATA = _cleaner(with_data=False), _cleaner(with_data=True)


@dataclass(frozen=True, slots=True)
class Clean:
    """A mail's HTML made safe.

    `html` has remote images held back in `data-remote-src` and quoted history in `<details class="quote">`.
    `runs` is its text as (kind, text) with kind "new", "quote" or "signature", as the HTML itself marks them.
    """

    html: str
    has_remote_images: bool
    is_rich: bool = False
    runs: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The whole text, what is quoted included."""
        return "".join(text for _, text in self.runs)


def sanitise(html: str, thread: Thread = ANY_THREAD) -> Clean:
    """Return `html` without anything that runs, loads or escapes from its frame.

    `thread` says whether the history below an Outlook header block is folded: what is passed on is the news.
    """
    html = _inlined(shallow(_beginning(html).replace("\x00", "")))
    cleaner = _WITH_DATA if "data:" in html.lower() else _PLAIN
    reader = Reader(thread)
    reader.read(cleaner.clean(html))
    return Clean("".join(reader.out), reader.has_remote, reader.is_rich, tuple(reader.runs))


def _inlined(html: str) -> str:
    """Return `html` with its style sheets written into the elements: the sheets themselves can't stay."""
    if len(html) > MAX_STYLED or not _STYLE_SHEET.search(html):
        return html
    try:
        return css_inline.inline(html, load_remote_stylesheets=False)
    except ValueError:
        return html


def _beginning(html: str) -> str:
    html = html[:MAX_LENGTH]
    if html.count("&") > MAX_ENTITIES:
        html = "&".join(html.split("&", MAX_ENTITIES)[:-1])
    return html


def to_text(html: str) -> str:
    """Return the words of `html` as plain text: blocks on lines, list items with "- ", cells with tabs."""
    return sanitise(html).text
