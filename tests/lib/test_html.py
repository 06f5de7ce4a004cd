"""HTML of mails: nothing runs, nothing loads, nothing escapes, every word stays."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okienko.lib.html import sanitise, sanitise_composed, to_text, with_inline_images, with_remote_images
from okienko.lib.quoting import Thread

ATTACKS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<IMG SRC=JaVaScRiPt:alert(1)>",
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href=" javascript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<div style="background:url(javascript:alert(1))">x</div>',
    '<div style="width:expression(alert(1))">x</div>',
    '<div style="background-image:url(http://evil.example/x)">x</div>',
    '<div style="background:u\\72l(http://evil.example/x)">x</div>',
    '<div style="color:red;-moz-binding:url(http://evil.example)">x</div>',
    '<div style="position:fixed;top:0;left:0;width:100%;height:100%">x</div>',
    "<style>@import url(http://evil.example/x.css)</style>",
    '<link rel=stylesheet href="http://evil.example/x.css">',
    '<meta http-equiv=refresh content="0;url=http://evil.example">',
    '<base href="http://evil.example/">',
    '<form action="http://evil.example"><input name=x></form>',
    '<iframe src="http://evil.example"></iframe>',
    '<object data="http://evil.example"></object><embed src="http://evil.example">',
    '<video poster="http://evil.example/x.png"></video><audio src="http://evil.example/x"></audio>',
    '<img srcset="http://evil.example/x 1x">',
    '<body background="http://evil.example/x" onload=alert(1)>x',
    '<td background="http://evil.example/x">x</td>',
    '<p title="><script>alert(1)</script>">x</p>',
    "<!--[if gte mso 9]><script>alert(1)</script><![endif]-->",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<a href="//evil.example/x">x</a><a href="/setup/agents">x</a>',
    "<template><script>alert(1)</script></template>",
    '<img src="http://evil.example/1.gif" data-remote-src="x" style="list-style:url(http://evil.example/2.gif)">',
    '<p style="content:url(http://evil.example/x)">x</p>',
]
DANGER = re.compile(
    r"<(?:script|style|svg|math|iframe|object|embed|form|input|link|meta|base|video|audio|template)\b"
    r"|<[^>]*\son\w+\s*=|javascript:|vbscript:|expression\(|url\(|-moz-binding|position\s*:|data:text|svg\+xml",
    re.I,
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_runs_or_escapes(attack: str) -> None:
    html = sanitise(f"<p>przed</p>{attack}<p>po</p>").html
    assert not DANGER.search(html), html
    assert 'src="http' not in html.replace("data-remote-src", "")
    assert 'href="/' not in html


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_loads_even_after_images_were_asked_for(attack: str) -> None:
    assert not DANGER.search(with_remote_images(sanitise(attack).html))


@given(
    st.lists(
        st.sampled_from(ATTACKS)
        | st.text(max_size=10)
        | st.sampled_from(["<", ">", '"', "'", "&", "<p ", "</"])
    )
)
@settings(max_examples=300, deadline=None)
def test_attacks_glued_together_stay_harmless(pieces: list[str]) -> None:
    html = sanitise("".join(pieces)).html
    tags = "".join(re.findall(r'<(?:[^>"]|"[^"]*")*>', html))
    assert not DANGER.search(re.sub(r'"[^"]*"', '""', tags)), html
    assert sanitise(html).html.count("<script") == 0


def test_remote_images_are_held_back_and_given_back() -> None:
    clean = sanitise(
        '<img src="https://x.example/a.png" alt="a > b"><img src="cid:1"><td background="http://x.example/b">'
    )
    assert clean.has_remote_images
    assert ' src="https' not in clean.html.replace("data-remote-src", "")
    assert 'src="cid:1"' in clean.html
    assert '<img src="https://x.example/a.png" alt="a &gt; b">' in with_remote_images(clean.html)
    assert not sanitise("<p>x</p>").has_remote_images


def test_words_about_attributes_are_left_alone() -> None:
    html = "<p>wpisz data-remote-src=&quot;x&quot; oraz src=&quot;cid:1&quot;</p>"
    assert 'data-remote-src="x"' in with_remote_images(sanitise(html).html)
    assert 'src="cid:1"' in with_inline_images(sanitise(html).html, {"1": "/files/1"})


def test_inline_images_get_their_url() -> None:
    html = sanitise('<img src="cid:foto%40x"><img src="cid:foto@x"><img src="cid:nieznane">').html
    shown = with_inline_images(html, {"foto@x": '/files/7?a=1&b="2"'})
    assert shown.count('src="/files/7?a=1&amp;b=&quot;2&quot;"') == 2
    assert 'src="cid:nieznane"' in shown


def test_links_leave_safely() -> None:
    html = sanitise('<a href="https://x.example" onclick="x()">x</a>').html
    assert html == '<a href="https://x.example" target="_blank" rel="noopener noreferrer nofollow">x</a>'


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<div>a<br></div>b", "a\nb"),
        ("<p class=MsoNormal>a</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>b</p>", "a\n\nb"),
        ('<p style="margin:0">a</p><p style="margin:0">b</p>', "a\nb"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        (
            "<table><tr><td>Nr</td><td>Ile</td></tr><tr><td><p>1</p></td><td><p>2</p></td></tr></table>",
            "Nr\tIle\n1\t2",
        ),
        ("a  \n b <b>c</b>d<i> e</i>", "a b cd e"),
        ("<pre>a\n  b</pre>c", "a\n  b\n\nc"),
        ("a &lt;b&gt; &amp; c&nbsp;d", "a <b> & c d"),
        ('<div style="display:none">ukryte</div>widoczne', "widoczne"),
        ("<title>x</title><style>p{}</style><script>x</script>tekst", "tekst"),
        ("", ""),
        ("zażółć", "zażółć"),
    ],
)
def test_html_becomes_legible_text(html: str, text: str) -> None:
    assert to_text(html) == text


@pytest.mark.parametrize(
    ("html", "is_rich"),
    [
        ("<p>a</p><p><b>b</b></p>", False),
        ('<p style="color:black">a</p><p style="color:#222222">b</p>', False),
        ('<p style="color:red">a</p>', True),
        ("<table><tr><td>1</td><td>2</td></tr></table>", True),
        ("<table><tr><td>układ</td></tr></table>", False),
        ("<ul><li>a</li></ul>", True),
        ('<p>a</p><img src="cid:x">', True),
        ('<p>a</p><img src="http://x.example/p.gif" width="1" height="1">', False),
        ('<p>a</p><blockquote type="cite"><ul><li>b</li></ul></blockquote>', False),
    ],
)
def test_a_frame_is_only_for_what_needs_one(html: str, is_rich: bool) -> None:
    assert sanitise(html).is_rich is is_rich


def test_adjacent_quotes_nest_properly() -> None:
    html = sanitise(
        '<div>a<blockquote type="cite">b<blockquote type="cite">c</blockquote></blockquote>d</div>'
    ).html
    assert html == (
        '<div>a<details class="quote"><summary>…</summary><blockquote type="cite">b<blockquote type="cite">c'
        "</blockquote></blockquote></details>d</div>"
    )


def test_a_blockquote_for_looks_is_no_quote() -> None:
    clean = sanitise("<p>Hasło brzmi:</p><blockquote>Tu i teraz</blockquote>")
    assert "<details" not in clean.html


def test_agents_write_with_few_tags() -> None:
    html = sanitise_composed(
        '<h1 style="x">A</h1><p onclick=x>b <u>c</u></p><img src="cid:1"><img src="/files/2"><img src="http://x.example/y">'
        '<img src="//x.example/z"><table><tr><td>d</td></tr></table><a href="javascript:x">e</a><script>f</script>'
    )
    assert html.startswith("<h1>A</h1><p>b <u>c</u></p>")
    assert 'src="cid:1"' in html
    assert 'src="/files/2"' in html
    assert "x.example" not in html
    assert "<table" not in html
    assert "javascript" not in html
    assert "f</" not in html


def test_ten_thousand_nested_elements_are_survived() -> None:
    assert "x" in to_text("<div>" * 10_000 + "x" + "</div>" * 10_000)
    assert "x" in to_text("<blockquote type=cite>" * 2000 + "x")


def test_style_sheets_are_written_into_the_elements() -> None:
    clean = sanitise(
        "<style>p.x { color: red; position: fixed } .pre { display: none }</style><p class=x>a</p><p class=pre>b</p>"
    )
    assert clean.html.startswith('<p style="color:red">a</p>')
    assert clean.text == "a"


STRUCTURE = [
    *(
        "<div>",
        "</div>",
        "<p>",
        "</p>",
        "<table>",
        "<tr>",
        "<td>",
        "</td>",
        "</tr>",
        "</table>",
        "<ul>",
        "<li>",
        "</ul>",
    ),
    *(
        "<blockquote type=cite>",
        '<blockquote class="gmail_quote">',
        "</blockquote>",
        '<div class="gmail_quote">',
        "a",
        " ",
    ),
    *(
        '<div id="divRplyFwdMsg">',
        '<div class="gmail_attr">',
        '<div class="gmail_signature">',
        "<hr>",
        "<br>",
        "<b>",
        "</b>",
    ),
    *(
        "From: a@x.example<br>Sent: 3 May 2024 10:00<br>To: b<br>Subject: c",
        "On 3 May 2024 a@x.example wrote:",
        "<pre>",
    ),
    *(
        '<div style="display:none">',
        "<h1>",
        "</h1>",
        '<div class="yahoo_quoted">',
        "&nbsp;",
        "---- Forwarded message ----",
    ),
]


@given(st.lists(st.sampled_from(STRUCTURE), max_size=40))
@settings(max_examples=500, deadline=None)
def test_folding_keeps_the_html_whole(pieces: list[str]) -> None:
    clean = sanitise("".join(pieces))
    opened: list[str] = []
    for slash, tag in re.findall(r'<(/?)([a-z0-9]+)(?:[^>"]|"[^"]*")*>', clean.html):
        if slash:
            assert opened
            assert opened.pop() == tag
        elif tag not in ("br", "hr", "img"):
            opened.append(tag)
    assert not opened
    unfolded = re.sub(r'<details class="(?:quote|signature)"><summary>…</summary>|</details>', "", clean.html)
    assert "".join(to_text(unfolded).split()) == "".join(clean.text.split())


HEADER = "<b>From:</b> P &lt;pomoc@sklep.example&gt;<br><b>Sent:</b> 3 May 2024<br><b>To:</b> A<br><b>Subject:</b> x"


def test_history_below_outlooks_header_is_folded_to_the_end() -> None:
    for head in (f'<div id="divRplyFwdMsg">{HEADER}</div>', f"<div><div><p>{HEADER}</p></div></div>"):
        clean = sanitise(f"<div><p>nowe</p>{head}<p>stare</p></div><p>i starsze</p>")
        assert [kind for kind, _ in clean.runs] == ["new", "quote"]
        assert clean.html.index("<details") < clean.html.index("From:")
        assert clean.html.endswith('<details class="quote"><summary>…</summary><p>i starsze</p></details>')


def test_what_is_passed_on_or_stands_alone_is_not_folded() -> None:
    page = f'<p>nowe</p><div id="divRplyFwdMsg">{HEADER}</div><p>stare</p>'
    stranger = Thread(is_reply=False, partners=frozenset({"ktos@x.example"}))
    for thread in (stranger, Thread(is_reply=False, is_forward=True)):
        assert "<details" not in sanitise(page, thread).html
    assert (
        "<details" in sanitise(page, Thread(is_reply=False, partners=frozenset({"pomoc@sklep.example"}))).html
    )
    assert "<details" not in sanitise(page.removeprefix("<p>nowe</p>")).html
