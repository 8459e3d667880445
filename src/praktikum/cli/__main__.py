"""``python -m praktikum.cli``."""

from praktikum.cli.main import main

main()
