"""A site is described by its environment, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from praktikum.site.database import database_of
from praktikum.site.place import OIDC_SETTINGS, Place, PlaceError

OIDC = {name: f"https://sso.example/{name.lower()}" for name in OIDC_SETTINGS}


@pytest.mark.parametrize(
    "place",
    [
        Place(data=Path("/srv/class")),
        Place(
            data=Path("/srv/class"),
            course=Path("/srv/course.toml"),
            database="postgres://site@db.example/class",
            hosts=("class.example", "www.class.example"),
            https=True,
            lease_seconds=2.5,
            oidc=OIDC,
        ),
    ],
    ids=["plain", "everything"],
)
def test_a_place_comes_back_from_its_environment(place: Place) -> None:
    assert Place.from_environment(place.to_environment()) == place


def test_without_variables_it_is_here_and_local() -> None:
    place = Place.from_environment({})
    assert place == Place(data=Path("var/site"))
    assert place.hosts == ("localhost", "127.0.0.1", "[::1]")


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("HTTPS", "yes", "PRAKTIKUM_HTTPS: 'yes' is neither 0 nor 1"),
        ("LEASE", "soon", "PRAKTIKUM_LEASE: 'soon' is not a number of seconds below 3600"),
        ("LEASE", "0", "PRAKTIKUM_LEASE: '0' is not a number of seconds below 3600"),
        ("OIDC_RP_CLIENT_ID", "us", "sign-in elsewhere lacks PRAKTIKUM_OIDC_RP_CLIENT_SECRET, "),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str, why: str) -> None:
    with pytest.raises(PlaceError) as wrong:
        Place.from_environment({f"PRAKTIKUM_{name}": value})
    assert str(wrong.value).startswith(why)


def test_one_url_makes_it_postgresql(tmp_path: Path) -> None:
    url = "postgres://site:secret@db.example:6543/class"
    database = database_of(Place(data=tmp_path, database=url))
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", 6543, "class")


def test_sqlite_waits_for_its_turn_and_survives_a_loss_of_power(db: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the tests run on another database")
    with connection.cursor() as cursor:
        found = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS]
    assert dict(zip(PRAGMAS, found, strict=True)) == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 20_000, "foreign_keys": 1}
