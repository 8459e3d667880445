"""The migrations make the tables that the models describe, and no table holds a judgement."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import call_command

JUDGEMENTS = {"score", "mark", "penalty", "total", "raw", "taken", "days_late", "low", "high"}


def test_no_migration_is_missing(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    "model", [*apps.get_app_config("classroom").get_models()], ids=lambda model: model.__name__
)
def test_no_table_has_a_place_for_a_judgement(model: type) -> None:
    columns = {field.name for field in model._meta.get_fields()}  # type: ignore[attr-defined]
    assert not columns & JUDGEMENTS
