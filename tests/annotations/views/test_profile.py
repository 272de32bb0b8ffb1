import json

import pytest
from django.core.management import call_command

from annotations.actions import tokens
from annotations.algorithms import keys
from annotations.models import ApiToken
from tests.factories import (
    TUESDAY,
    ApiTokenFactory,
    AssignmentFactory,
    MemberFactory,
    ProjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

PASSWORD = "open sesame 42"


@pytest.fixture
def person():
    return UserFactory(username="amina")


@pytest.fixture
def signed_in(client, person):
    client.force_login(person)
    return client


def test_name_and_password_lead_to_where_one_was_going(client, person):
    answer = client.post(
        "/sign-in/", {"username": "amina", "password": PASSWORD, "next": "/projects/"}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/projects/")


def test_nobody_is_led_to_another_site(client, person):
    answer = client.post(
        "/sign-in/", {"username": "amina", "password": PASSWORD, "next": "https://evil.example/"}
    )

    assert answer["Location"] == "/"


def test_a_wrong_password_and_an_unknown_name_read_alike(client, person):
    pages = [
        client.post("/sign-in/", {"username": name, "password": "wrong"})
        for name in ("amina", "nobody")
    ]

    assert [page.status_code for page in pages] == [200, 200]
    assert pages[0].context["form"].errors == pages[1].context["form"].errors


def test_signing_out_takes_a_post_and_ends_the_session(signed_in):
    assert signed_in.get("/sign-out/").status_code == 405
    assert signed_in.post("/sign-out/")["Location"] == "/sign-in/"
    assert signed_in.get("/").status_code == 302


def test_a_new_key_is_shown_once_and_kept_by_no_cache(signed_in, person):
    page = signed_in.post("/profile/", {"name": "laptop", "scopes": ["coding"]})

    key = page.context["key"]
    assert key in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    token = tokens.identify(key=key, at=TUESDAY)
    assert (token.user, token.name, token.scopes) == (person, "laptop", ["coding"])
    assert key not in signed_in.get("/profile/").content.decode()


def test_only_ones_own_projects_can_be_chosen_for_a_token(signed_in, person):
    mine = MemberFactory(user=person).project
    other = ProjectFactory()

    form = signed_in.get("/profile/").context["form"]
    refused = signed_in.post(
        "/profile/", {"name": "laptop", "scopes": ["coding"], "project": other.pk}
    )

    assert list(form.fields["project"].queryset) == [mine]
    assert "project" in refused.context["form"].errors
    assert not ApiToken.objects.exists()


def test_revoking_ends_ones_own_token_and_nobody_elses(signed_in, person):
    mine, other = ApiTokenFactory(user=person), ApiTokenFactory()

    assert signed_in.post(f"/profile/tokens/{mine.uuid}/revoke/").status_code == 302
    assert signed_in.post(f"/profile/tokens/{other.uuid}/revoke/").status_code == 404
    assert list(ApiToken.objects.all()) == [other]


def test_a_changed_password_ends_the_other_sessions(signed_in, person, client):
    from django.test import Client

    other = Client()
    other.force_login(person)
    new = "four tall lamps 9"

    signed_in.post(
        "/profile/password/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    assert signed_in.get("/").status_code == 200
    assert other.get("/").status_code == 302


def test_a_link_from_the_command_line_sets_a_password_once(client, person, capsys):
    call_command("reset_password", "amina")
    link = capsys.readouterr().out.strip()
    new = {"new_password1": "four tall lamps 9", "new_password2": "four tall lamps 9"}

    form = client.get(link, follow=True)
    done = client.post(form.redirect_chain[-1][0], new)
    again = client.get(link, follow=True)

    person.refresh_from_db()
    assert done["Location"] == "/"
    assert person.check_password("four tall lamps 9")
    assert again.context["validlink"] is False


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_one_token_and_for_three(
    signed_in, person, rows, django_assert_num_queries
):
    ApiTokenFactory.create_batch(rows, user=person)

    with django_assert_num_queries(4):
        assert len(signed_in.get("/profile/").context["tokens"]) == rows


CHOSEN = {"caret": "standard", **keys.LETTERS}


def test_caret_and_keys_are_kept_and_reach_the_annotation_page(client):
    assignment = AssignmentFactory()
    client.force_login(assignment.coder.user)
    answer = client.post("/profile/keys/", CHOSEN | {"grow": "G"})
    assert answer.status_code == 302

    page = client.get(f"/assignments/{assignment.uuid}/")
    wanted = {"hasLetters": False, "aliases": {"s": "", "g": "s"}}
    assert json.loads(page.context["preferences"]) == wanted
    assert "<kbd>G</kbd>" in page.content.decode()
    assert "standard-caret-page" in page.content.decode()
    form = client.get("/profile/keys/").context["form"]
    assert (form["grow"].value(), form["caret"].value(), form["has_letters"].value()) == (
        "g",
        "standard",
        False,
    )


def test_keys_that_nobody_moved_are_not_written_down(signed_in, person):
    signed_in.post("/profile/keys/", CHOSEN | {"has_letters": "on"})

    person.refresh_from_db()
    assert person.coding_preferences == {"caret": "standard", "has_letters": True, "keys": {}}


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"grow": "t"}, ["grow", "tag-all"]),
        ({"grow": "1"}, ["grow"]),
        ({"grow": "é"}, ["grow"]),
        ({"grow": ""}, ["grow"]),
        ({"caret": "blinking"}, ["caret"]),
    ],
)
def test_keys_that_cannot_be_told_apart_are_refused(signed_in, person, wrong, fields):
    answer = signed_in.post("/profile/keys/", CHOSEN | wrong)

    assert sorted(answer.context["form"].errors) == sorted(fields)
    person.refresh_from_db()
    assert person.coding_preferences == {}
