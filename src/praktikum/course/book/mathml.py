"""A Sphinx extension: formulas become MathML while the site is built.

Browsers of today draw MathML themselves, so a reader needs no script and no network. math-core
writes the part of it that they all know, MathML Core; the font comes with the theme.
"""

from __future__ import annotations

import html

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

__all__ = ["setup"]

_LOG = logging.getLogger(__name__)
_CONVERTER = LatexToMathML()


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the renderer ``mathml``, to be named in ``html_math_renderer``."""
    app.add_html_math_renderer("mathml", (_visit_math, None), (_visit_math_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _visit_math(writer: HTML5Translator, node: nodes.math) -> None:
    writer.body.append(_mathml(node, displayed=False))
    raise nodes.SkipNode


def _visit_math_block(writer: HTML5Translator, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="math">{_mathml(node, displayed=True)}</div>\n')
    raise nodes.SkipNode


def _mathml(node: nodes.Element, *, displayed: bool) -> str:
    formula = node.astext()
    try:
        return _CONVERTER.convert_with_local_state(formula, displaystyle=displayed)
    except LatexError as error:
        _LOG.warning("formula %r: %s", formula, error, location=node)
        return html.escape(formula)
