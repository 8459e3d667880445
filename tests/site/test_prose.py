"""Markdown of strangers becomes HTML that does nothing; formulas become MathML."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from praktikum.site.prose import code_html, prose_html

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "[text](javascript:alert(1))",
    "[text](JaVaScRiPt:alert(1))",
    "[text](data:text/html,<script>alert(1)</script>)",
    "![text](javascript:alert(1))",
    "![text](https://elsewhere.example/pixel.png)",
    "<javascript:alert(1)>",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\text{<script>alert(1)</script>}$",
    "$\\unicode{<script>}$",
    "$$\\def\\x{\\x}\\x$$",
    '<a href="x" style="position:fixed">text</a>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<math><mtext></mtext><annotation-xml encoding='text/html'><script>x</script></math>",
    "[x]: javascript:alert(1)\n\n[x]",
    "```html\n<script>alert(1)</script>\n```",
    "| <script> | <img src=x onerror=y> |\n|--|--|\n| <script> | b |",
]


class Seen(HTMLParser):
    """The tags and attributes that a browser would take from a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, str | None] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= dict(attrs)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_runs_loads_or_is_styled(attack: str) -> None:
    seen = Seen(prose_html(f"before {attack}\n\n{attack}\n\nafter"))
    assert not seen.tags & {"script", "img", "svg", "iframe", "style", "object", "annotation-xml"}
    assert not {"style", "src", "srcdoc"} & seen.attributes.keys()
    assert not any(name.startswith("on") for name in seen.attributes)
    assert "javascript:" not in (seen.attributes.get("href") or "").lower()


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_page_goes_on_after_an_attack(attack: str) -> None:
    assert prose_html(f"{attack}\n\nafter").rstrip().endswith("<p>after</p>")


def test_formulas_become_mathml() -> None:
    html = prose_html("Inline $x^2$ and\n\n$$\\frac{a}{b}$$\n")
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in html
    assert '<math display="block"><mfrac><mi>a</mi><mi>b</mi></mfrac></math>' in html


def test_a_formula_that_cannot_be_read_is_shown_as_it_is() -> None:
    assert "<code>\\frac{</code>" in prose_html("$\\frac{$")


def test_one_formula_defines_nothing_for_another() -> None:
    html = prose_html("$\\newcommand{\\mine}{x}\\mine$ and $\\mine$")
    assert html.count("<math>") == 1


def test_headings_stand_below_those_of_the_page() -> None:
    assert prose_html("# One\n\n###### Six", below=2) == "<h3>One</h3>\n<h6>Six</h6>\n"


def test_a_picture_is_its_words() -> None:
    assert prose_html("![a <b>cat</b>](x.png)") == "<p><em>[a &lt;b&gt;cat&lt;/b&gt;]</em></p>\n"


def test_a_link_leads_out_without_a_trace() -> None:
    assert 'rel="nofollow noreferrer noopener"' in prose_html("[text](https://a.example/)")


def test_code_is_text() -> None:
    html = code_html('x = "<script>alert(1)</script>"')
    assert Seen(html).tags == {"span"}
    assert "&lt;script&gt;" in html
