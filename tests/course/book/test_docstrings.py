"""Docstrings as they are written in the library, read by docutils without a complaint."""

from __future__ import annotations

import pytest
from docutils.core import publish_doctree
from docutils.nodes import field_name, literal_block, table

from praktikum.course.book.docstrings import as_restructuredtext

FENCE = """\
What the room raises.

```
ValueError
└── RoomError   everything below

    ├── ShapeError
```

And on.
"""
TABLE = """\
Data sets.

| name | pictures |
|---|---|
| `digits` | grey, 8×8 |
| `mnist` | grey |
"""
COLUMNS = """\
Bounds.

memory_bytes, file_bytes:  sizes, |x| of them
                           on two lines
threads:                   the first included
"""
LITERAL = """\
The flow::

    a | b

ends in |x| and `a | b`.
"""
INDENTED = """\
Yield what layers give.

    with recorded(model) as features:
        model(images)

Args:
    model: anything

    layers: names
"""


@pytest.mark.parametrize(
    ("docstring", "node", "texts"),
    [
        (
            FENCE,
            literal_block,
            ["ValueError\n└── RoomError   everything below\n\n    ├── ShapeError"],
        ),
        (TABLE, table, ["name\n\npictures\n\ndigits\n\ngrey, 8×8\n\nmnist\n\ngrey"]),
        (COLUMNS, field_name, ["memory_bytes, file_bytes", "threads"]),
        (LITERAL, literal_block, ["a | b"]),
        (INDENTED, literal_block, ["with recorded(model) as features:\n    model(images)"]),
    ],
)
def test_what_is_written_for_the_eye_has_its_structure(
    docstring: str, node: type, texts: list[str]
) -> None:
    text = "\n".join(as_restructuredtext(docstring.splitlines()))
    tree = publish_doctree(text, settings_overrides={"halt_level": 2, "report_level": 2})
    assert [found.astext().strip() for found in tree.findall(node)] == texts


def test_a_modulus_stays_a_modulus() -> None:
    tree = publish_doctree("\n".join(as_restructuredtext(["u |f| / ε, and |f|."])))
    assert tree.astext() == "u |f| / ε, and |f|."
