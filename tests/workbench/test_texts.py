"""No text of the interface escapes translation."""

import ast
import re

import pytest
from django.utils import translation

from workbench import texts

#: Names that are the same in every language.
NAMES = {"SHA-256", "CSV", "JSON", "(k)uα", "curl", "Python"}
#: What says something to a person, by the name of the keyword or the call.
SPEAKING = {"label", "help_text", "verbose_name", "empty_label"}
REFUSING = re.compile(r"Refused|Invalid|Cannot\w+|ValidationError|Http404|PermissionDenied")


def bare_in_template(source):
    """Return words of a template that no tag translates."""
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.S)
    source = re.sub(r"\{%\s*blocktrans\w*.*?endblocktrans\w*\s*%\}", "", source, flags=re.S)
    spoken = re.findall(r'\b(?:aria-label|title|placeholder|alt|data-label)="([^"{]+)"', source)
    source = re.sub(r"\{%\s*block (?:body|page)_class.*?endblock\s*%\}", "", source, flags=re.S)
    source = re.sub(r"<(script|style|code|kbd)\b.*?</\1>", "", source, flags=re.S)
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.S)
    found = spoken + re.findall(r">([^<>]+)<", f">{source}<")
    words = {text.strip() for text in found if re.search(r"[^\W\d_]{2}", text)}
    return sorted(words - NAMES)


def bare_in_module(source, speaking=SPEAKING):
    """Return sentences for a person that a module does not translate."""
    found = []
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        spoken = [word.value for word in call.keywords if word.arg in speaking]
        if REFUSING.fullmatch(name):
            spoken += call.args[:1]
        elif isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "messages":
            spoken += call.args[1:2]
        for one in spoken:
            words = " ".join(written_in(one))
            if re.search(r"[^\W\d_]{2}", words):
                found.append(words)
    return found


def written_in(value):
    """Return the words that stand in a string or between the gaps of an f-string."""
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    constants = [part.value for part in parts if isinstance(part, ast.Constant)]
    return [constant for constant in constants if isinstance(constant, str)]


def test_the_catalogue_holds_every_text_of_the_interface():
    assert texts.path_of_catalogue().read_text() == texts.catalogue(), "run manage.py catalogue"


def test_every_word_of_every_template_is_translated():
    bare = {path.name: bare_in_template(path.read_text()) for path in texts.templates()}

    assert {name: words for name, words in bare.items() if words} == {}


def test_every_sentence_that_a_module_says_to_a_person_is_translated():
    pages = [
        path
        for path in texts.modules()
        if {"actions", "api", "forms", "views"} & set(path.parts) or path.stem in {"api", "forms"}
    ]
    bare = {}
    for path in pages:
        # What the API's fields are for is told to programmers, in the schema.
        speaking = () if "api" in {path.stem, *path.parts} else SPEAKING
        bare[str(path)] = bare_in_module(path.read_text(), speaking)

    assert len(pages) > 50
    assert {name: found for name, found in bare.items() if found} == {}


@pytest.mark.parametrize(
    ("source", "bare"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<a title="Go there"></a>', ["Go there"]),
        ('<p>{% translate "Hello" %}</p>', []),
        ("{% blocktranslate %}Hello{% endblocktranslate %}", []),
        ("{# Hello #}<code>curl</code> · {{ hello }}", []),
    ],
)
def test_bare_words_of_a_template_are_found(source, bare):
    assert bare_in_template(source) == bare


@pytest.mark.parametrize(
    ("source", "bare"),
    [
        ('raise CannotCode("Not yours.")', ["Not yours."]),
        ('messages.success(request, f"{name} is in.")', [" is in."]),
        ('CharField(label="Name")', ["Name"]),
        ('CharField(label=_("Name"))', []),
        ('raise CannotCode(_("Not yours."))', []),
        ('CharField(label="")', []),
    ],
)
def test_bare_sentences_of_a_module_are_found(source, bare):
    assert bare_in_module(source) == bare


def test_texts_are_read_with_their_plurals_and_their_gaps():
    template = (
        '{% load i18n %}{% translate "It’s “so”" %}'
        "{% blocktranslate count n=n %}{{ n }} span"
        "{% plural %}{{ n }} spans{% endblocktranslate %}"
    )
    module = 'ngettext("%(n)s day", "%(n)s days", 2); gettext_lazy("One"); _(name)'

    assert list(texts.in_template(template)) == [
        ("It’s “so”", ""),
        ("%(n)s span", "%(n)s spans"),
    ]
    assert list(texts.in_module(module)) == [("%(n)s day", "%(n)s days"), ("One", "")]


@pytest.mark.parametrize("asked", ["en-GB,en;q=0.8", "tlh", ""])
@pytest.mark.django_db
def test_a_page_is_in_the_language_that_is_there_whatever_is_asked_for(client, asked):
    page = client.get("/sign-in/", headers={"accept-language": asked})

    assert '<html lang="en" dir="ltr"' in page.content.decode()
    assert page["Content-Language"] == "en"


def test_django_answers_in_the_same_language_as_the_pages(settings):
    assert translation.get_supported_language_variant("en-GB") == settings.LANGUAGE_CODE
