import json
from http import HTTPStatus

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from annotations.actions import tokens
from annotations.algorithms import keys
from annotations.models import ApiToken
from tests.factories import (
    MONDAY,
    TUESDAY,
    ApiTokenFactory,
    AssignmentFactory,
    MemberFactory,
    ProjectFactory,
    UserFactory,
    submitted,
)

pytestmark = pytest.mark.django_db

PASSWORD = "open sesame 42"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def person():
    return UserFactory(username="amina")


@pytest.fixture
def signed_in(client, person):
    client.force_login(person)
    return client


def test_a_new_key_is_shown_once_and_kept_by_no_cache(signed_in, person):
    page = signed_in.post("/profile/tokens/", {"name": "laptop", "scopes": ["coding"]})

    key = page.context["key"]
    assert key in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    token = tokens.identify(key=key, at=TUESDAY)
    assert (token.user, token.name, token.scopes) == (person, "laptop", ["coding"])
    assert key not in signed_in.get("/profile/tokens/").content.decode()


def test_only_ones_own_projects_can_be_chosen_for_a_token(signed_in, person):
    mine = MemberFactory(user=person).project
    other = ProjectFactory()

    form = signed_in.get("/profile/tokens/").context["form"]
    refused = signed_in.post(
        "/profile/tokens/", {"name": "laptop", "scopes": ["coding"], "project": other.pk}
    )

    assert list(form.fields["project"].queryset) == [mine]
    assert "project" in refused.context["form"].errors
    assert not ApiToken.objects.exists()


def test_revoking_ends_ones_own_token_and_nobody_elses(signed_in, person):
    mine, other = ApiTokenFactory(user=person), ApiTokenFactory()

    assert signed_in.post(f"/profile/tokens/{mine.uuid}/revoke/").status_code == 302
    assert signed_in.post(f"/profile/tokens/{other.uuid}/revoke/").status_code == 404
    assert list(ApiToken.objects.all()) == [other]


def browser(agent=""):
    """Sign Amina in from one more browser."""
    client = Client(headers={"User-Agent": agent})
    client.post("/sign-in/", {"username": "amina", "password": PASSWORD})
    return client


def is_in(client):
    return client.get("/projects/").status_code == 200


def sessions_of(client):
    return client.get("/profile/").context["sessions"]


def test_a_changed_password_ends_the_other_sessions(person):
    here, elsewhere = browser(), browser()
    new = "four tall lamps 9"

    here.post("/profile/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert is_in(here)
    assert not is_in(elsewhere)
    assert [one.is_current for one in sessions_of(here)] == [True]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"oldpassword": "wrong"}, "oldpassword"),
        ({"password2": "another one 7"}, "password2"),
        ({"password1": "12345678", "password2": "12345678"}, "password1"),
    ],
)
def test_a_password_is_not_changed_by_mistake(signed_in, person, wrong, field):
    new = "four tall lamps 9"
    good = {"oldpassword": PASSWORD, "password1": new, "password2": new}

    page = signed_in.post("/profile/password/", good | wrong)

    assert list(page.context["form"].errors) == [field]
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_one_sees_where_one_is_signed_in_and_ends_what_one_does_not_know(person):
    here, phone = browser(FIREFOX), browser(PHONE)
    UserFactory(username="ben")
    stranger = Client()
    stranger.post("/sign-in/", {"username": "ben", "password": PASSWORD})

    mine, other = sessions_of(here)

    assert (mine.browser, mine.system, mine.is_current) == ("Firefox", "Linux", True)
    assert (other.browser, other.system, other.is_current) == ("Safari", "iPhone", False)
    assert "Firefox on Linux" in here.get("/profile/").content.decode()
    here.post(f"/profile/sessions/{mine.id}/end/")
    here.post(f"/profile/sessions/{sessions_of(stranger)[0].id}/end/")
    here.post(f"/profile/sessions/{other.id}/end/")
    assert (is_in(here), is_in(phone), is_in(stranger)) == (True, False, True)


def test_all_other_sessions_end_at_once(person):
    here, others = browser(), [browser(), browser()]

    here.post("/profile/sessions/end/")

    assert is_in(here)
    assert not any(is_in(other) for other in others)
    assert len(sessions_of(here)) == 1


def test_a_session_that_ran_out_or_was_ended_is_not_listed(person):
    here, gone, old = browser(), browser(), browser()
    gone.post("/sign-out/")
    key = old.session.session_key
    Session.objects.filter(session_key=key).update(expire_date=MONDAY)

    assert [one.is_current for one in sessions_of(here)] == [True]


def test_being_seen_is_noted_every_ten_minutes(person):
    client = browser()
    UserSession.objects.update(last_seen_at=MONDAY)

    client.get("/")
    assert UserSession.objects.get().last_seen_at == MONDAY
    # Ten minutes later the browser has dropped the cookie.
    del client.cookies["seen"]
    client.get("/")

    assert UserSession.objects.get().last_seen_at > TUESDAY


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_one_session_and_for_three(
    person, rows, django_assert_num_queries
):
    clients = [browser() for _one in range(rows)]

    with django_assert_num_queries(5):
        assert len(sessions_of(clients[0])) == rows


def test_the_address_for_links_is_kept_after_the_password_was_shown(signed_in, person, settings):
    settings.HAS_MAIL = True
    assert "None: should you forget" in signed_in.get("/profile/").content.decode()

    wrong = signed_in.post("/profile/mail/", {"email": "amina@example.org", "password": "wrong"})
    assert list(wrong.context["form"].errors) == ["password"]
    signed_in.post("/profile/mail/", {"email": "Amina@Example.org", "password": PASSWORD})

    person.refresh_from_db()
    assert person.email == "amina@example.org"
    assert "amina@example.org gets the link" in signed_in.get("/profile/").content.decode()


def test_passwords_are_not_guessed_on_the_page_for_the_address(signed_in, person):
    tries = [
        signed_in.post("/profile/mail/", {"password": "wrong"}).status_code for _try in range(6)
    ]

    assert tries == [200] * 5 + [429]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_one_token_and_for_three(
    signed_in, person, rows, django_assert_num_queries
):
    ApiTokenFactory.create_batch(rows, user=person)

    with django_assert_num_queries(4):
        assert len(signed_in.get("/profile/tokens/").context["tokens"]) == rows


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
    assert person.coding_preferences == {
        "caret": "standard",
        "has_letters": True,
        "first_steps": False,
        "keys": {},
    }


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
    held = person.coding_preferences
    person.refresh_from_db()
    assert person.coding_preferences == held


def test_how_pages_look_is_kept_with_the_account_and_written_into_the_page(client):
    assignment = AssignmentFactory()
    person = assignment.coder.user
    client.force_login(person)

    client.post("/profile/appearance/", {"theme": "dark"})
    client.post("/profile/appearance/", {"density": "large"})
    client.cookies["theme"] = client.cookies["density"] = "light"

    page = client.get(f"/assignments/{assignment.uuid}/").content.decode()
    assert 'data-theme="dark"' in page
    assert 'data-density="large"' in page
    assert 'value="dark" aria-pressed="true"' in page
    assert 'value="large" aria-pressed="true"' in page


def test_who_has_been_through_the_first_steps_is_not_led_again_until_asked_for(client):
    assignment = AssignmentFactory(coder__user__coding_preferences={})
    work = f"/assignments/{assignment.uuid}/"
    client.force_login(assignment.coder.user)

    def is_led():
        return 'id="first-steps"' in client.get(work).content.decode()

    assert is_led()
    assert client.post("/profile/first-steps/").status_code == HTTPStatus.NO_CONTENT
    assert not is_led()
    client.post("/profile/keys/", CHOSEN | {"has_letters": "on", "first_steps": "on"})
    assert is_led()
    client.post("/profile/keys/", CHOSEN | {"has_letters": "", "first_steps": "on"})
    assert not is_led()


def test_who_has_handed_in_an_article_is_not_led_through_the_first_steps(client):
    first = AssignmentFactory(coder__user__coding_preferences={})
    second = AssignmentFactory(task__batch=first.task.batch, coder=first.coder)
    client.force_login(first.coder.user)

    def is_led():
        return 'id="first-steps"' in client.get(f"/assignments/{second.uuid}/").content.decode()

    assert is_led()
    submitted(first, [])
    assert not is_led()


def test_keys_and_appearance_leave_each_other_alone(signed_in, person):
    signed_in.post("/profile/appearance/", {"theme": "dark", "density": "compact"})
    signed_in.post("/profile/keys/", CHOSEN)
    signed_in.post("/profile/appearance/", {"theme": "auto"})

    person.refresh_from_db()
    assert person.coding_preferences == {
        "theme": "auto",
        "density": "compact",
        "caret": "standard",
        "has_letters": False,
        "first_steps": False,
        "keys": {},
    }
    assert 'data-theme="auto"' in signed_in.get("/").content.decode()


def test_a_device_remembers_the_theme_for_who_is_not_signed_in(signed_in):
    signed_in.post("/profile/appearance/", {"theme": "dark"})
    signed_in.post("/sign-out/")

    assert 'data-theme="dark"' in signed_in.get("/sign-in/").content.decode()


def test_a_look_that_is_none_is_refused(signed_in, person):
    page = signed_in.post("/profile/appearance/", {"theme": "pink"})

    assert list(page.context["form"].errors) == ["theme"]
    held = person.coding_preferences
    person.refresh_from_db()
    assert person.coding_preferences == held
