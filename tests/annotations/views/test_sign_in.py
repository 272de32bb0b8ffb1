"""Who gets in, how often one may try, and what the pages give away."""

import json
import logging

import pytest
from allauth.account.adapter import get_adapter
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse

from annotations.actions import sign_in
from annotations.models import User
from tests import second_step
from tests.factories import UserFactory
from workbench.logs import JSONFormatter

pytestmark = pytest.mark.django_db

PASSWORD = "open sesame 42"
NEW = {"password1": "four tall lamps 9", "password2": "four tall lamps 9"}


@pytest.fixture
def person():
    return UserFactory(username="amina")


def sign(client, username="amina", password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": username, "password": password}, **more)


def is_in(client):
    return client.get("/projects/").status_code == 200


def test_name_and_password_lead_to_where_one_was_going(client, person):
    given = {"username": "amina", "password": PASSWORD, "next": "/projects/"}

    answer = client.post("/sign-in/", given)

    assert (answer.status_code, answer["Location"]) == (302, "/projects/")


@pytest.mark.parametrize(
    "goal", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_site(client, person, goal):
    answer = client.post("/sign-in/", {"username": "amina", "password": PASSWORD, "next": goal})

    assert answer["Location"] == "/"


def test_a_wrong_password_an_unknown_name_and_a_closed_account_read_alike(client, person):
    UserFactory(username="closed", is_active=False)

    pages = [
        sign(client, "amina", "wrong"),
        sign(client, "nobody", "wrong"),
        sign(client, "closed", PASSWORD),
    ]

    assert [page.status_code for page in pages] == [200, 200, 200]
    errors = [page.context["form"].errors for page in pages]
    assert errors == [{"__all__": ["User name and password do not match."]}] * 3


def test_names_that_differ_in_case_are_two_people(client, person):
    other = UserFactory(username="Amina", password="four tall lamps 9")

    sign(client, "Amina", "four tall lamps 9")

    assert client.get("/api/v1/session/").json()["user"]["id"] == str(other.uuid)
    assert sign(Client()).status_code == 302


def test_signing_out_takes_a_post_and_ends_the_session(client, person):
    sign(client)

    assert client.get("/sign-out/").status_code == 405
    assert is_in(client)
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert not is_in(client)


def test_the_sixth_bad_try_is_429_wherever_it_says_that_it_comes_from(
    client, person, settings, trust
):
    for turn in range(5):
        answer = sign(client, password="wrong", headers={"X-Forwarded-For": f"192.0.2.{turn}"})
        assert answer.status_code == 200

    sixth = sign(Client(), password="wrong", headers={"X-Forwarded-For": "198.51.100.7"})
    right = sign(Client(), headers={"X-Forwarded-For": "198.51.100.8"})

    assert (sixth.status_code, sixth["Retry-After"]) == (429, "300")
    assert "Too many tries" in sixth.content.decode()
    assert right.status_code == 429
    UserFactory(username="ben")
    assert sign(client, "ben").status_code == 302

    settings.ACCOUNT_RATE_LIMITS = False
    unlimited = [sign(Client(), password="wrong").status_code for _try in range(100)]
    assert {*unlimited} == {200}
    trust(
        "Who sees what",
        "A password is guessed, each time from another address, as is claimed",
        tried="6 times, and then rightly",
        of="1 account",
        let_in=0,
        control=f"without the limit, {len(unlimited)} guesses in a row were looked at",
    )


def test_a_name_that_nobody_has_is_counted_like_any_other(client, db):
    assert [sign(client, "nobody").status_code for _try in range(6)] == [200] * 5 + [429]


def test_good_sign_ins_wear_nothing_out(person):
    assert {sign(Client()).status_code for _try in range(8)} == {302}


def test_many_names_from_one_address_are_too_many(client, db):
    tries = [sign(client, f"name{turn}").status_code for turn in range(21)]

    assert tries == [200] * 20 + [429]


@pytest.mark.parametrize(
    ("proxies", "sent", "told"),
    [
        (0, "198.51.100.7", "127.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "192.0.2.1, 198.51.100.7", "198.51.100.7"),
        (2, "192.0.2.1, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (2, "198.51.100.7", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_say_where_somebody_comes_from(
    client, person, settings, proxies, sent, told
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    sign(client, headers={"X-Forwarded-For": sent})

    assert client.get("/profile/").context["sessions"][0].address == told


def test_a_new_password_writes_nothing_else_that_was_read_before(person):
    read_before = User.objects.get(pk=person.pk)
    User.objects.filter(pk=person.pk).update(email="amina@new.example", session_epoch=7)

    get_adapter().set_password(read_before, NEW["password1"])

    person.refresh_from_db()
    assert (person.email, person.session_epoch) == ("amina@new.example", 7)
    assert person.check_password(NEW["password1"])


def test_accounts_are_not_made_by_whoever_comes(client):
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert "by invitation" in client.get("/sign-in/").content.decode()


def test_the_administration_has_no_way_in_of_its_own(client):
    boss = UserFactory(username="boss", is_staff=True, is_superuser=True)
    second_step.give(boss)

    door = client.post("/admin/login/", {"username": "boss", "password": PASSWORD})

    assert (door.status_code, door["Location"]) == (302, "/sign-in/?next=%2Fadmin%2Flogin%2F")
    client.force_login(boss)
    assert client.get("/admin/").status_code == 200
    for secret in ("mfa/authenticator/", "usersessions/usersession/", "account/emailaddress/"):
        assert client.get(f"/admin/{secret}").status_code == 404


def test_the_log_says_who_came_in_by_number_alone(client, person):
    lines = []

    class Lines(logging.Handler):
        def emit(self, record):
            lines.append(JSONFormatter().format(record))

    logger = logging.getLogger("workbench.accounts")
    handler = Lines()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        sign(client, password="wrong")
        sign(client)
    finally:
        logger.removeHandler(handler)

    told = [json.loads(line) for line in lines]
    assert [line["message"] for line in told] == ["password refused", "signed in"]
    assert told[1]["user"] == str(person.uuid)
    assert "amina" not in "".join(lines)


def test_a_link_from_the_command_line_sets_a_password_once(client, person, capsys):
    elsewhere = Client()
    sign(elsewhere)
    call_command("reset_password", "amina")
    link = capsys.readouterr().out.strip()

    form = client.get(link, follow=True)
    done = client.post(form.redirect_chain[-1][0], NEW)

    person.refresh_from_db()
    assert done["Location"] == "/"
    assert person.check_password(NEW["password1"])
    assert is_in(client)
    assert not is_in(elsewhere)
    again = Client().get(link, follow=True)
    assert "used already" in again.content.decode()


@pytest.mark.parametrize(
    "bad", [{"password1": "12345678", "password2": "12345678"}, NEW | {"password2": "other"}, {}]
)
def test_a_password_that_the_rules_forbid_leaves_the_link_good(client, person, bad):
    form = client.get(sign_in.reset_link(user=person), follow=True)

    page = client.post(form.redirect_chain[-1][0], bad)

    assert page.status_code == 200
    assert page.context["form"].errors
    assert client.post(form.redirect_chain[-1][0], NEW)["Location"] == "/"


def test_a_link_opens_no_closed_account(client):
    gone = UserFactory(is_active=False)

    form = client.get(sign_in.reset_link(user=gone), follow=True)
    answer = client.post(form.redirect_chain[-1][0], NEW, follow=True)

    assert "This account is closed" in answer.content.decode()
    assert not is_in(client)


def test_without_mail_the_page_says_whom_to_ask(client):
    page = client.get("/sign-in/forgotten/").content.decode()

    assert "The admin of your project" in page
    assert 'name="email"' not in page
    refused = client.post("/sign-in/forgotten/", {"email": "amina@example.org"})
    assert (refused.status_code, refused["Location"]) == (302, "/sign-in/forgotten/")


def test_a_link_goes_to_the_address_of_an_account_and_nobody_learns_whether_it_has_one(
    client, settings, django_capture_on_commit_callbacks
):
    settings.HAS_MAIL = True
    known = UserFactory(email="amina@example.org")
    UserFactory(email="closed@example.org", is_active=False)

    rung = {}
    for address in ("Amina@example.org", "nobody@example.org", "closed@example.org"):
        with django_capture_on_commit_callbacks() as callbacks:
            answer = client.post("/sign-in/forgotten/", {"email": address})
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in/forgotten/sent/")
        rung[address] = [callback.keywords for callback in callbacks]

    assert list(rung.values()) == [[{"user_id": known.pk}], [], []]


def test_the_mail_holds_the_link_and_the_closed_get_none(person, client):
    person.email = "amina@example.org"
    person.save()
    sign_in.send_reset_mail(user=person)
    sign_in.send_reset_mail(user=UserFactory(email="closed@example.org", is_active=False))
    sign_in.send_reset_mail(user=UserFactory())

    (sent,) = mail.outbox
    assert sent.to == ["amina@example.org"]
    link = next(line for line in sent.body.splitlines() if "/reset/" in line)
    assert client.get(link, follow=True).context["form"].user == person


def test_asking_for_links_again_and_again_is_too_many(client, settings):
    settings.HAS_MAIL = True

    asked = [
        client.post("/sign-in/forgotten/", {"email": "amina@example.org"}).status_code
        for _time in range(6)
    ]

    assert asked == [302] * 5 + [429]
