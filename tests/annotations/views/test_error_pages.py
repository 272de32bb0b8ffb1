import pytest
from django.template.loader import render_to_string
from django.test import Client

from annotations.enums import Role
from tests.factories import MemberFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_what_is_not_there_is_said_in_the_pages_own_words(client):
    client.force_login(UserFactory())

    page = client.get("/projects/secret/")

    assert page.status_code == 404
    assert "There is nothing here for you" in page.content.decode()


def test_a_page_for_other_roles_says_so(client):
    member = MemberFactory(roles=[Role.CODER])
    client.force_login(member.user)

    page = client.get(f"/projects/{member.project.slug}/people/")

    assert page.status_code == 403
    assert "Your roles do not include this" in page.content.decode()


def test_a_form_from_another_session_is_refused_with_advice():
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())

    page = client.post("/projects/new/", {"name": "River talks"})

    assert page.status_code == 403
    assert "This form is no longer valid" in page.content.decode()


def test_a_form_that_is_too_large_is_refused_with_advice(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    client.force_login(UserFactory())

    page = client.post("/projects/new/", {"name": "River talks" * 20})

    assert page.status_code == 413
    assert "That is too large to be sent at once" in page.content.decode()


def test_a_malformed_request_gets_a_page_too(client):
    page = client.get("/sign-in/", headers={"host": "a b"})

    assert page.status_code == 400
    assert "This could not be understood" in page.content.decode()


def test_the_page_for_our_own_faults_needs_no_request():
    assert "Something broke on our side" in render_to_string("500.html")


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light")])
def test_the_theme_is_written_into_the_page(client, cookie, theme):
    client.cookies["theme"] = cookie

    assert f'data-theme="{theme}"' in client.get("/sign-in/").content.decode()


@pytest.mark.parametrize("cookie", ["", "auto", '"><script>'])
def test_a_theme_that_is_none_is_not_written(client, cookie):
    client.cookies["theme"] = cookie

    page = client.get("/sign-in/").content.decode()

    assert 'data-theme="auto"' in page
    assert '"><script>' not in page
