"""Where a site keeps its things and how it is reached: all that differs between two sites.

Read from the environment, so that the site, its workers and its tests start in the same way::

    PRAKTIKUM_DATA       folder of database, keys and secrets; var/site
    PRAKTIKUM_COURSE     the course.toml; found from here upwards
    PRAKTIKUM_DATABASE   URL such as postgres://user:password@host/name; sqlite in the data folder
    PRAKTIKUM_HOSTS      names by which the site is reached, separated by commas; localhost
    PRAKTIKUM_HTTPS      1 where a proxy speaks HTTPS for the site: cookies are then sent only there
    PRAKTIKUM_LEASE      seconds after which a silent worker counts as dead; 20
    PRAKTIKUM_OIDC_*     ISSUER's endpoints and the client, where people sign in elsewhere
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["OIDC_SETTINGS", "Place", "PlaceError"]

OIDC_SETTINGS = (
    "RP_CLIENT_ID",
    "RP_CLIENT_SECRET",
    "OP_AUTHORIZATION_ENDPOINT",
    "OP_TOKEN_ENDPOINT",
    "OP_USER_ENDPOINT",
    "OP_JWKS_ENDPOINT",
)
_PREFIX = "PRAKTIKUM_"
_LOCAL = ("localhost", "127.0.0.1", "[::1]")


class PlaceError(ValueError):
    """The environment describes no site; the message says which variable and what is wanted."""


@dataclass(frozen=True, slots=True)
class Place:
    """One site.

    Attributes:
        data: the folder of database, keys and secrets; only its owner may enter.
        course: the course.toml; None: the one found from the working folder upwards.
        database: its URL; empty: SQLite in ``data``.
        hosts: the names by which it is reached.
        https: whether it is reached by HTTPS.
        lease_seconds: a worker that has been silent so long has lost its job.
        oidc: the settings of sign-in elsewhere, by `OIDC_SETTINGS`; empty: there is none.
    """

    data: Path = Path("var/site")
    course: Path | None = None
    database: str = ""
    hosts: tuple[str, ...] = _LOCAL
    https: bool = False
    lease_seconds: float = 20.0
    oidc: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Place:
        """Return the place that the variables describe.

        Raises:
            PlaceError: a value is not what is wanted, or only some of OIDC's are there.
        """

        def of(name: str) -> str:
            return environment.get(_PREFIX + name, "").strip()

        hosts = tuple(host.strip() for host in of("HOSTS").split(",") if host.strip())
        return cls(
            data=Path(of("DATA") or "var/site"),
            course=Path(of("COURSE")) if of("COURSE") else None,
            database=of("DATABASE"),
            hosts=hosts or _LOCAL,
            https=_flag("HTTPS", of("HTTPS")),
            lease_seconds=_seconds("LEASE", of("LEASE") or "20"),
            oidc=_oidc({name: of(f"OIDC_{name}") for name in OIDC_SETTINGS}),
        )

    def to_environment(self) -> dict[str, str]:
        """Return the variables from which `from_environment` makes this place."""
        return {
            _PREFIX + "DATA": str(self.data.absolute()),
            _PREFIX + "COURSE": str(self.course.absolute()) if self.course else "",
            _PREFIX + "DATABASE": self.database,
            _PREFIX + "HOSTS": ",".join(self.hosts),
            _PREFIX + "HTTPS": "1" if self.https else "0",
            _PREFIX + "LEASE": f"{self.lease_seconds:g}",
        } | {f"{_PREFIX}OIDC_{name}": value for name, value in self.oidc.items()}


def _flag(name: str, text: str) -> bool:
    if text not in ("", "0", "1"):
        raise PlaceError(f"{_PREFIX}{name}: {text!r} is neither 0 nor 1")
    return text == "1"


def _seconds(name: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 3600:
        raise PlaceError(f"{_PREFIX}{name}: {text!r} is not a number of seconds below 3600")
    return seconds


def _oidc(values: Mapping[str, str]) -> dict[str, str]:
    given = {name: value for name, value in values.items() if value}
    if given and len(given) < len(values):
        missing = ", ".join(f"{_PREFIX}OIDC_{name}" for name in values if name not in given)
        raise PlaceError(f"sign-in elsewhere lacks {missing}")
    return given
