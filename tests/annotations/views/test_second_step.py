"""Accounts that a password alone does not open."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import Client

from annotations.actions import sign_in
from tests import second_step
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "open sesame 42"


@pytest.fixture
def person():
    return UserFactory(username="amina")


@pytest.fixture
def codes(person):
    """Give the account a second step; return its recovery codes."""
    return second_step.give(person)


def first_step(client, **more):
    return client.post("/sign-in/", {"username": "amina", "password": PASSWORD, **more})


def is_in(client):
    return client.get("/projects/").status_code == 200


def sent(client, code):
    return client.post("/sign-in/code/", {"code": code})


def confirm(client, goal):
    """Go to a page that asks who one is, and say it."""
    asked = client.get(goal)
    assert asked["Location"].startswith("/profile/again/")
    return client.post(asked["Location"], {"password": PASSWORD}, follow=True)


def test_after_the_password_comes_the_code_and_then_where_one_was_going(client, codes):
    asked = first_step(client, next="/projects/")

    assert asked["Location"] == "/sign-in/code/"
    assert not is_in(client)
    assert sent(client, second_step.code())["Location"] == "/projects/"
    assert is_in(client)


def test_a_code_that_was_used_lets_nobody_in_again(client, codes):
    for step in (0, 1):
        code = second_step.code(steps_on=step)
        first, second = Client(), Client()
        for one in (first, second):
            first_step(one)
        assert (sent(first, code).status_code, is_in(first)) == (302, True)
        assert (sent(second, code).status_code, is_in(second)) == (200, False)


def test_a_recovery_code_does_as_well_once(client, codes):
    first_step(client)
    assert sent(client, codes[3]).status_code == 302

    other = Client()
    first_step(other)
    assert "not valid" in sent(other, codes[3]).content.decode()
    assert "9 recovery codes are left" in client.get("/profile/").content.decode()


def test_codes_can_not_be_guessed(client, codes):
    first_step(client)
    wrong = [sent(client, f"00000{turn}").status_code for turn in range(6)]

    assert wrong == [200] * 5 + [429]
    other = Client()
    first_step(other)
    assert sent(other, second_step.code()).status_code == 429
    assert not is_in(other)


@pytest.mark.parametrize("odd", [{}, {"code": ""}, {"credential": "{}"}, {"code": "ä\u0663"}])
def test_what_is_no_code_is_answered_with_the_page(client, codes, odd):
    first_step(client)

    page = client.post("/sign-in/code/", odd, follow=True)

    assert page.status_code == 200
    assert 'name="code"' in page.content.decode()


def test_one_can_begin_again_as_somebody_else(client, codes):
    UserFactory(username="ben")
    first_step(client)
    assert client.get("/sign-in/")["Location"] == "/sign-in/code/"

    client.post("/sign-out/")

    answer = client.post("/sign-in/", {"username": "ben", "password": PASSWORD})
    assert answer["Location"] == "/"


def test_without_the_first_step_there_is_no_second(client):
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/"


def test_it_is_set_up_with_a_picture_a_key_and_a_code(client, person):
    first_step(client)
    page = confirm(client, "/profile/two-step/").content.decode()
    secret = re.search(r'<code class="token">(\w+)</code>', page)[1]
    assert 'src="data:image/svg+xml;base64,' in page

    wrong = client.post("/profile/two-step/", {"code": "000000"})
    assert wrong.status_code == 200
    assert not second_step.has(person)
    done = client.post("/profile/two-step/", {"code": second_step.code(secret)}, follow=True)

    codes = done.context["unused_codes"]
    assert len(codes) == 10
    assert all(code in done.content.decode() for code in codes)
    file = client.get("/profile/codes/file/")
    assert file["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert all(code in file.content.decode() for code in codes)
    assert "no-store" in file["Cache-Control"]
    again = Client()
    assert first_step(again)["Location"] == "/sign-in/code/"


def test_the_database_alone_makes_no_codes(client, person):
    codes = second_step.give(person)

    kept = str(list(Authenticator.objects.values_list("data", flat=True)))

    assert second_step.SECRET not in kept
    assert not any(code in kept for code in codes)


@pytest.mark.parametrize(
    "page",
    ["two-step/", "two-step/off/", "codes/", "codes/new/", "codes/file/"],
)
def test_a_screen_left_alone_changes_and_shows_nothing(client, person, page):
    if page != "two-step/":
        second_step.give(person)
    client.force_login(person)

    for answer in (client.get(f"/profile/{page}"), client.post(f"/profile/{page}")):
        assert answer.status_code in (302, 405)
        if answer.status_code == 302:
            assert answer["Location"].startswith("/profile/again/")
    wrong = client.post("/profile/again/?next=/profile/codes/", {"password": "wrong"})
    assert wrong.status_code == 200


def test_turning_it_off_lets_the_password_do_and_voids_the_codes(client, person, codes):
    first_step(client)
    sent(client, second_step.code())
    page = confirm(client, "/profile/two-step/off/")
    assert "Turn off the second step?" in page.content.decode()

    client.post("/profile/two-step/off/")

    assert not second_step.has(person)
    assert first_step(Client())["Location"] == "/"


def test_new_recovery_codes_void_the_old(client, person, codes):
    client.force_login(person)
    confirm(client, "/profile/codes/new/")

    page = client.post("/profile/codes/new/", follow=True)

    assert not set(page.context["unused_codes"]) & set(codes)
    other = Client()
    first_step(other)
    assert sent(other, codes[0]).status_code == 200


def test_who_has_an_app_may_show_a_code_instead_of_the_password(client, person, codes):
    client.force_login(person)
    asked = client.get("/profile/codes/")["Location"]
    other = client.get(asked).context["reauthentication_alternatives"][0]["url"]

    shown = client.post(other, {"code": second_step.code()}, follow=True)

    assert shown.context["unused_codes"] == codes


def test_a_link_for_a_new_password_does_not_spare_the_second_step(client, person, codes):
    form = client.get(sign_in.reset_link(user=person), follow=True)
    new = {"password1": "four tall lamps 9", "password2": "four tall lamps 9"}

    answer = client.post(form.redirect_chain[-1][0], new)

    assert answer["Location"] == "/sign-in/code/"
    assert not is_in(client)


def test_the_operator_lets_in_who_has_lost_phone_and_codes(person, codes, capsys):
    call_command("reset_password", "amina", "--without-second-step")

    assert not second_step.has(person)
    assert "/reset/" in capsys.readouterr().out


def test_another_key_of_the_instance_is_said_and_breaks_no_page(client, codes, settings):
    first_step(client)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key " * 6
    settings.SECRET_KEY_FALLBACKS = [old]
    assert is_in(client) is False

    settings.SECRET_KEY_FALLBACKS = []
    client.cookies.clear()
    first_step(client)
    page = sent(client, second_step.code())

    assert page.status_code == 200
    assert "key of this instance has changed" in page.content.decode()
