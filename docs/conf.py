"""How Sphinx makes the site of one language; `praktikum docs` says which, and the title."""

from pathlib import Path

_HERE = Path(__file__).parent

extensions = [
    "myst_nb",
    "praktikum.course.book.docstrings",
    "praktikum.course.book.mathml",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["locale"]
locale_dirs = ["locale"]  # words of the theme that have no Russian yet; copied beside the sources
templates_path = [str(_HERE / "templates")]

# Seminars come with their outputs: nothing is run here.
nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

# Docstrings: single backticks are code; only signatures and docstrings are shown.
default_role = "code"
suppress_warnings = ["ref.python"]  # a name that two modules offer is linked to one of them
add_module_names = False
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_type_aliases = {"ArrayLike": "ArrayLike", "DTypeLike": "DTypeLike"}  # not spelt out
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
maximum_signature_line_length = 72
napoleon_numpy_docstring = False
napoleon_use_ivar = True  # fields of a dataclass are described once
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_static_path = [str(_HERE / "theme")]
html_css_files = ["site.css"]
html_js_files = ["search_without_server.js"]  # after Sphinx has set its options
html_favicon = str(_HERE / "theme" / "icon.svg")
html_math_renderer = "mathml"
html_use_index = False  # search and the reference say more
html_domain_indices = False
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_theme_options = {"top_of_page_buttons": [], "navigation_with_keys": False}
pygments_style = "friendly"
pygments_dark_style = "github-dark"
