"""Markdown with formulas as HTML: of notebooks, so never trusted.

HTML in the Markdown is shown as text; whatever comes out of the renderer passes a sanitiser that
knows neither scripts nor styles nor pictures. Formulas become MathML, which browsers draw without
a script; one that cannot be read is shown as its TeX.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from math_core import LatexError, LatexToMathML
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

__all__ = ["code_html", "prose_html"]

_LONGEST_FORMULA = 5_000  # characters


def _words(text: str) -> set[str]:
    return set(text.split())


_MATH = _words(
    "math merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms "
    "mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none"
)
_TEXT = _words(
    "a blockquote br code del div em h1 h2 h3 h4 h5 h6 hr li ol p pre s span strong table tbody "
    "td th thead tr ul"
)
_OF_MATH = _words(
    "accent accentunder columnalign columnlines displaystyle fence form height linethickness "
    "lspace mathvariant maxsize minsize movablelimits rowspacing rspace scriptlevel separator "
    "stretchy symmetric width"
)
_ATTRIBUTES = dict.fromkeys(_MATH, _OF_MATH) | {
    "a": {"href", "title"},
    "div": {"tabindex"},
    "math": {"display"} | _OF_MATH,
    "ol": {"start"},
}


def prose_html(markdown: str, *, below: int = 0) -> SafeString:
    """Return Markdown as HTML that is safe to show; headings are ``below`` levels deeper."""
    html = _markdown().render(markdown, {"below": below})
    return mark_safe(_clean(html))  # sanitised


def code_html(source: str) -> SafeString:
    """Return Python as HTML whose words have Pygments' classes."""
    html: str = highlight(source, PythonLexer(), HtmlFormatter(nowrap=True))
    return mark_safe(html)  # Pygments escapes what it colours


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TEXT | _MATH,
        attributes=_ATTRIBUTES,
        allowed_classes={"div": {"formula", "table"}, "code": {"language-python"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noreferrer noopener",
    )


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    dollarmath_plugin(parser, allow_labels=False, renderer=_formula)
    amsmath_plugin(parser, renderer=lambda formula: _formula(formula, {"display_mode": True}))
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("table_open", _table)
    parser.add_render_rule("table_close", _table)
    return parser


def _formula(formula: str, options: dict[str, Any]) -> str:
    displayed = bool(options.get("display_mode"))
    if len(formula) > _LONGEST_FORMULA:
        return f"<code>{escape(formula)}</code>"
    try:
        # Local state: what one formula defines, another one does not know.
        html = _converter().convert_with_local_state(formula, displaystyle=displayed)
    except LatexError:
        html = f"<code>{escape(formula)}</code>"
    # A wide one scrolls on a phone: by keyboard, too.
    return f'<div class="formula" tabindex="0">{html}</div>' if displayed else html


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML()


def _heading(
    _renderer: RendererProtocol,
    tokens: Sequence[Token],
    place: int,
    _options: OptionsDict,
    env: EnvType,
) -> str:
    token = tokens[place]
    tag = f"h{min(6, int(token.tag[1]) + env['below'])}"
    return f"<{tag}>" if token.nesting == 1 else f"</{tag}>\n"


def _table(
    _renderer: RendererProtocol,
    tokens: Sequence[Token],
    place: int,
    _options: OptionsDict,
    _env: EnvType,
) -> str:
    """A table in a frame that scrolls where it is wider than the page."""
    opens = tokens[place].nesting == 1
    return '<div class="table" tabindex="0"><table>\n' if opens else "</table></div>\n"


def _image(
    _renderer: RendererProtocol,
    tokens: Sequence[Token],
    place: int,
    _options: OptionsDict,
    _env: EnvType,
) -> str:
    """A picture's words in its place: loading it would tell its owner who reads."""
    return f"<em>[{escape(tokens[place].content)}]</em>"
