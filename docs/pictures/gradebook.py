"""Draws the gradebook of the demo as the terminal shows it: the picture in the README.

python docs/pictures/gradebook.py
"""

import re
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from praktikum.cli.demo import play
from praktikum.cli.options import Lang

HERE = Path(__file__).parent
# Rich's own frame would fetch a font from the network; the reader's monospaced one will do.
FRAME = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)

for lang in Lang:
    console = Console(record=True, width=104, force_terminal=True)
    play(console, Path("var/demo"), lang)
    svg = console.export_svg(title="make demo", code_format=FRAME)
    (HERE / f"gradebook.{lang}.svg").write_text(svg.replace("Fira Code", "monospace"), "utf-8")
