"""Shapes are types: in tests beartype checks every jaxtyping annotation of these rooms."""

from jaxtyping import install_import_hook

CHECKED_ROOMS = ["praktikum.scratch"]

# As for mypy, an int is good where a float is asked for (PEP 484).
TYPE_CHECKER = "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))"

# Before any test imports a room: a module that is already loaded is not checked.
install_import_hook(CHECKED_ROOMS, TYPE_CHECKER)
