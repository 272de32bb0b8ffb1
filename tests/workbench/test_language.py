"""Pages speak the language that somebody chose; data and programs are told the same as ever."""

import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from annotations.enums import Role
from tests.factories import ApiTokenFactory, ArticleFactory, MemberFactory
from workbench import texts
from workbench.env import ROOT
from workbench.middleware import InTheReadersLanguage

GAP = re.compile(r"%\(\w+\)s|%%|\{\w+\}|</?\w+[^>]*>")


@pytest.fixture
def admin(db):
    return MemberFactory(roles=[Role.ADMIN])


@pytest.fixture
def signed_in(client, admin):
    client.force_login(admin.user)
    return client


def is_hebrew(page):
    return '<html lang="he" dir="rtl"' in page.content.decode()


def test_a_chosen_language_holds_on_every_device_and_for_who_signs_in_next_on_this_one(
    signed_in, admin
):
    signed_in.post("/profile/appearance/", {"language": "he"})
    elsewhere = Client()
    elsewhere.force_login(admin.user)

    page = elsewhere.get("/projects/")
    assert is_hebrew(page)
    assert "פרויקט חדש" in page.content.decode()
    assert page["Content-Language"] == "he"
    signed_in.post("/sign-out/")
    assert is_hebrew(signed_in.get("/sign-in/"))
    assert not is_hebrew(Client().get("/sign-in/"))


def test_a_persons_own_choice_goes_before_that_of_the_device(signed_in):
    signed_in.post("/profile/appearance/", {"language": "en"})
    signed_in.cookies["language"] = "he"

    assert not is_hebrew(signed_in.get("/"))


@pytest.mark.parametrize("odd", ["tlh", "../../he", "he-x", ""])
def test_a_language_that_there_is_not_is_english(client, db, odd):
    client.cookies["language"] = odd

    assert client.get("/sign-in/")["Content-Language"] == "en"


def test_a_language_that_is_not_offered_is_refused(signed_in, admin):
    page = signed_in.post("/profile/appearance/", {"language": "tlh"})

    assert list(page.context["form"].errors) == ["language"]


def test_data_is_the_same_in_every_language(signed_in, admin):
    article = ArticleFactory(project=admin.project)
    address = f"/api/v1/articles/{article.uuid}/"
    plain = signed_in.get(address).content

    signed_in.post("/profile/appearance/", {"language": "he"})

    assert signed_in.get(address).content == plain


@pytest.mark.parametrize("by_token", [True, False])
def test_the_api_refuses_in_english_whatever_was_chosen(client, admin, by_token):
    headers = {}
    if by_token:
        ApiTokenFactory(user=admin.user, name="key")
        headers["authorization"] = "Bearer wbt_key"
    else:
        client.force_login(admin.user)
    address = "/api/v1/projects/nothing/"
    plain = client.get(address, headers=headers)

    admin.user.coding_preferences = {"language": "he"}
    admin.user.save()
    client.cookies["language"] = "he"
    chosen = client.get(address, headers=headers)

    assert (chosen.status_code, chosen["Content-Language"]) == (404, "en")
    assert chosen.content == plain.content


def test_caches_are_told_that_a_cookie_changes_a_page(rf):
    answer = InTheReadersLanguage(lambda request: HttpResponse())

    assert answer(rf.get("/"))["Vary"] == "Cookie"
    assert not answer(rf.get("/api/v1/projects/")).has_header("Vary")


def test_a_language_that_was_chosen_on_a_device_costs_no_query(
    client, django_assert_num_queries, db
):
    client.cookies["language"] = "he"

    with django_assert_num_queries(0):
        client.get("/livez")


def test_a_translation_has_the_gaps_and_tags_of_its_text():
    for language in texts.languages():
        for (one, many), said in texts.translations(language).items():
            for number, form in enumerate(said):
                text = many if many and number else one
                # A singular may say its number as a word.
                spoken = set(GAP.findall(form))
                meant = set(GAP.findall(text))
                assert spoken <= meant | set(GAP.findall(many)), form
                assert {
                    gap for gap in meant - spoken if not may_be_a_word(gap, one, many)
                } == set()


def may_be_a_word(gap, one, many):
    return gap == "{count}" or (bool(many) and gap in GAP.findall(one))


def test_what_is_seen_most_is_translated():
    seen = "base.html", "_user_menu.html", "coding/page.html", "coding/_key_help.html"
    seen += ("coding/_first_steps.html",)
    seen += "adjudication/_card.html", "adjudication/_head.html", "adjudication/_help.html"
    wanted = {
        text
        for text, places in texts.places_of_texts().items()
        if any(place.endswith(seen) for place in places)
    }

    for language in texts.languages():
        assert sorted(wanted - set(texts.translations(language))) == []


def test_catalogues_hold_no_translation_of_a_text_that_is_gone():
    for language in texts.languages():
        held = texts.path_of_catalogue(language).read_text()
        assert held == texts.translated(language), "run manage.py catalogue"


def test_there_is_a_catalogue_for_every_language_that_is_offered():
    there = {path.parts[-3] for path in (ROOT / "locale").glob("*/LC_MESSAGES/django.po")}

    assert there == {code for code, _name in settings.LANGUAGES}
