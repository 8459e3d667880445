"""Sign-in elsewhere lets in whom the roster knows, by a token that was made for this site."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings

from praktikum.site.people.models import User

from .provider import CLIENT, Provider

Browser = Callable[..., Client]
REFUSED = "/people/sign-in/?elsewhere=refused"
MAIL = "petrova@class.example"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, student: User) -> Iterator[Provider]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    User.objects.filter(pk=student.pk).update(email=MAIL)
    provider = Provider(person={"email": MAIL.upper()})
    with override_settings(
        ROOT_URLCONF="tests.site.urls_with_oidc",
        OIDC_RP_CLIENT_ID=CLIENT,
        OIDC_RP_CLIENT_SECRET="secret",
        OIDC_OP_AUTHORIZATION_ENDPOINT="https://sign-in.example/",
        OIDC_OP_TOKEN_ENDPOINT=f"{provider.address}/token",
        OIDC_OP_JWKS_ENDPOINT=f"{provider.address}/jwks",
        OIDC_OP_USER_ENDPOINT=f"{provider.address}/userinfo",
        AUTHENTICATION_BACKENDS=[
            *settings.AUTHENTICATION_BACKENDS,
            "praktikum.site.people.oidc.Backend",
        ],
    ):
        yield provider
    provider.close()


def come_back(client: Client, provider: Provider, next_page: str = "") -> HttpResponse:
    """Go to the provider, be let in there, and come back."""
    away = client.get("/oidc/authenticate/", {"next": next_page})
    asked = parse_qs(urlsplit(away.headers["Location"]).query)
    [provider.nonce], [provider.challenge] = asked["nonce"], asked["code_challenge"]
    back = {"code": "c", "state": asked["state"][0]}
    answer: HttpResponse = client.get("/oidc/callback/", back)
    return answer


def is_in(client: Client) -> bool:
    return client.get("/course/").status_code == 200


def test_who_is_on_the_roster_is_let_in(provider: Provider, browser: Browser) -> None:
    client = browser()
    assert 'href="/oidc/authenticate/' in client.get("/people/sign-in/").text
    assert come_back(client, provider).headers["Location"] == "/"
    assert client.get("/course/").status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        {"email": "stranger@class.example"},
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": None},
        {"email": ""},
        {"sub": "8"},
    ],
)
def test_whom_the_roster_does_not_know_is_not_let_in(
    provider: Provider, browser: Browser, said: dict[str, object]
) -> None:
    provider.person |= said
    client, before = browser(), User.objects.count()
    assert come_back(client, provider).headers["Location"] == REFUSED
    assert not is_in(client)
    assert User.objects.count() == before
    assert "did not let you in" in client.get(REFUSED).text


def test_a_closed_account_and_a_doubtful_address_are_not_let_in(
    provider: Provider, browser: Browser, student: User, other: User
) -> None:
    User.objects.filter(pk=student.pk).update(is_active=False)
    client = browser()
    come_back(client, provider)
    assert not is_in(client)
    User.objects.update(is_active=True, email=MAIL)  # two people have it
    come_back(client, provider)
    assert not is_in(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"aud": ["another", "third"]},
        {"azp": "another"},
        {"nonce": "another"},
        {"exp": 1_000_000_000},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    provider: Provider, browser: Browser, claims: dict[str, object]
) -> None:
    provider.claims = claims
    client = browser()
    assert come_back(client, provider).status_code in (302, 400)
    assert not is_in(client)


@pytest.mark.parametrize(("key", "algorithm"), [(1, "RS256"), (0, "HS256"), (0, "none")])
def test_a_token_that_the_provider_has_not_signed_is_refused(
    provider: Provider, browser: Browser, key: int, algorithm: str
) -> None:
    provider.key, provider.algorithm = key, algorithm
    client = browser()
    assert come_back(client, provider).status_code == 400
    assert not is_in(client)


def test_a_provider_that_is_down_is_no_error_of_ours(provider: Provider, browser: Browser) -> None:
    provider.broken = True
    client = browser()
    assert come_back(client, provider).headers["Location"] == REFUSED


def test_nobody_comes_back_who_was_not_sent(provider: Provider, browser: Browser) -> None:
    client = browser()
    back = {"code": "c", "state": "guessed"}
    assert client.get("/oidc/callback/", back).headers["Location"] == REFUSED
    client.get("/oidc/authenticate/")
    assert client.get("/oidc/callback/", back).status_code == 400
    assert not is_in(client)


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/"])
def test_the_door_back_leads_nowhere_else(
    provider: Provider, browser: Browser, address: str
) -> None:
    assert come_back(browser(), provider, address).headers["Location"] == "/"


def test_the_environment_opens_this_door() -> None:
    names = ("RP_CLIENT_ID", "RP_CLIENT_SECRET", "OP_AUTHORIZATION_ENDPOINT", "OP_TOKEN_ENDPOINT")
    variables = {
        f"PRAKTIKUM_OIDC_{name}": "https://sign-in.example/"
        for name in (*names, "OP_USER_ENDPOINT", "OP_JWKS_ENDPOINT")
    }
    code = "import django; django.setup(); from django.urls import reverse as r\n"
    code += "print(r('oidc_authentication_init'), r('oidc_authentication_callback'))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "/oidc/authenticate/ /oidc/callback/\n"
