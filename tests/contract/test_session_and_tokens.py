from base64 import b64encode
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.enums import Scope
from tests.contract.people import MEMBERS, OUTSIDERS, TOKENS
from tests.contract.shapes import assert_fits, is_moment, is_uuid, maybe, page_of
from tests.factories import UserFactory

TOKEN = {
    "id": is_uuid,
    "name": str,
    "scopes": [str],
    "project": maybe(str),
    "created_at": is_moment,
    "expires_at": maybe(is_moment),
    "last_used_at": maybe(is_moment),
}
SIGNED_IN = MEMBERS + OUTSIDERS


def basic(user, password):
    word = b64encode(f"{user.username}:{password}".encode()).decode()
    return APIClient(headers={"Authorization": f"Basic {word}"})


def test_a_session_says_who_is_signed_in(study):
    asked = {name: study.ask(name, "GET", "session/").status_code for name in study.clients}

    assert asked == dict.fromkeys((*SIGNED_IN, *TOKENS), 200) | {"anonymous": 401}
    session = study.ask("coder", "GET", "session/").json()
    user = {"id": str(study.coder.user.uuid), "username": study.coder.user.username}
    assert_fits(session, {"user": user, "csrf": str, "expires_in": int})


def test_everybody_makes_tokens_but_no_token_does(study):
    body = {"name": "laptop"}

    assert study.everybody("POST", "tokens/", body) == dict.fromkeys(SIGNED_IN, 201) | (
        dict.fromkeys((*TOKENS, "anonymous"), 401)
    )


def test_a_new_token_is_shown_once(study):
    body = {
        "name": "nightly",
        "scopes": ["releases", "admin"],
        "project": "study",
        "expires_in_days": 30,
    }

    made = study.ask("admin", "POST", "tokens/", body)
    alone = study.ask("admin", "GET", f"tokens/{made.json()['id']}/").json()
    listed = study.ask("admin", "GET", "tokens/").json()

    assert made.status_code == 201
    assert_fits(made.json(), TOKEN | {"token": lambda key: key.startswith("wbt_")})
    assert_fits(alone, TOKEN)
    assert_fits(listed, page_of(TOKEN))
    assert alone in listed["results"]
    assert {"scopes": alone["scopes"], "project": alone["project"]} == {
        "scopes": ["admin", "releases"],
        "project": "study",
    }


def test_by_default_a_token_may_do_all_that_its_owner_may(study):
    made = study.ask("admin", "POST", "tokens/", {"name": "laptop"}).json()

    assert (made["scopes"], made["project"], made["expires_at"]) == (Scope.values, None, None)


def test_a_name_and_a_password_are_good_for_a_token_and_for_nothing_else(study):
    client = basic(study.admin.user, "open sesame 42")

    assert client.post("/api/v1/tokens/", {"name": "laptop"}).status_code == 201
    assert client.get("/api/v1/projects/").status_code == 401
    assert client.get(study.path("projects/study/")).status_code == 401


def test_a_wrong_password_is_401_and_says_what_would_do(study):
    refused = basic(study.admin.user, "wrong").post("/api/v1/tokens/", {"name": "laptop"})

    assert refused.status_code == 401
    assert refused["Content-Type"] == "application/problem+json"
    assert refused["WWW-Authenticate"].startswith("Basic")


def test_a_token_ends_when_its_owner_says_so(study):
    made = study.ask("coder", "POST", "tokens/", {"name": "laptop"}).json()
    client = APIClient(headers={"Authorization": f"Bearer {made['token']}"})

    assert client.get("/api/v1/session/").status_code == 200
    assert study.ask("admin", "DELETE", f"tokens/{made['id']}/").status_code == 404
    gone = study.ask("coder", "DELETE", f"tokens/{made['id']}/")
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.get("/api/v1/session/").status_code == 401


@pytest.mark.parametrize("header", ["Bearer wbt_nobody", "Bearer", "Bearer a b", "Bearer \xfc"])
def test_a_token_that_is_none_is_401(study, header):
    refused = APIClient(headers={"Authorization": header}).get("/api/v1/session/")

    assert refused.status_code == 401
    assert refused["WWW-Authenticate"] == "Bearer"


def test_a_token_ends_by_itself_and_with_its_owners_account(study):
    now = timezone.now()
    past = {"created_at": now - timedelta(days=2), "expires_at": now - timedelta(seconds=1)}
    gone = UserFactory(is_active=False)

    for client in (study.bearer(study.admin.user, **past), study.bearer(gone)):
        assert client.get("/api/v1/session/").status_code == 401


def test_a_scope_does_not_make_a_role(study):
    client = study.bearer(study.coder.user, scopes=["admin"])

    assert client.get("/api/v1/projects/").json()["results"] == []
    assert client.get(study.path("projects/study/members/")).status_code == 404


def test_a_write_in_a_session_needs_its_csrf_token(study):
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(study.admin.user)

    refused = browser.post("/api/v1/projects/", {"name": "Floods"})
    key = browser.get("/api/v1/session/").json()["csrf"]
    taken = browser.post("/api/v1/projects/", {"name": "Floods"}, headers={"X-CSRFToken": key})

    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    assert refused["Content-Type"] == "application/problem+json"
    assert taken.status_code == 201


def test_a_program_needs_no_csrf_token(study):
    client = APIClient(enforce_csrf_checks=True)
    made = study.ask("admin", "POST", "tokens/", {"name": "laptop"}).json()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {made['token']}")

    assert client.post("/api/v1/projects/", {"name": "Floods"}).status_code == 201


def test_who_is_not_signed_in_is_told_to(study):
    refused = study.ask("anonymous", "GET", "session/").json()

    assert refused["code"] == "login_required"
