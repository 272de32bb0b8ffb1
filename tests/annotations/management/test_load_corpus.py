import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from annotations.models import Article, Gold, Span, SpanOp, Submission
from annotations.queries.invariants import CHECKS

pytestmark = pytest.mark.django_db


def load(*arguments):
    said = StringIO()
    call_command("load_corpus", "--json", *arguments, stdout=said)
    return json.loads(said.getvalue())


def content():
    return (
        list(Article.objects.order_by("key").values_list("key", "text_sha256", "uuid")),
        sorted(Span.objects.values_list("uuid", "start", "end", "label__key")),
    )


def test_what_it_writes_breaks_no_rule():
    load("--articles=7", "--spans-per-article=5", "--coders=3")

    assert {check.__name__: list(check()) for check in CHECKS if list(check())} == {}


def test_every_article_has_its_codings_its_log_and_its_gold():
    said = load("--articles=4", "--spans-per-article=6", "--coders=2")

    assert (said["project"], said["articles"]) == ("corpus", 4)
    assert Article.objects.count() == Gold.objects.count() == 4
    assert Submission.objects.count() == 8
    assert SpanOp.objects.count() == Span.objects.count() > 8 * 5
    assert {len(gold.spans) for gold in Gold.objects.all()} == {6}


def test_the_same_seed_gives_the_same_corpus():
    with transaction.atomic():
        load("--articles=3")
        first = content()
        transaction.set_rollback(True)

    load("--articles=3")

    assert content() == first


def test_two_projects_take_the_same_seed():
    load("--articles=1", "--project=one")
    load("--articles=1", "--project=two")

    assert Article.objects.count() == 2


def test_another_seed_adds_other_articles():
    load("--articles=2")
    load("--articles=2", "--seed=1")

    assert len(set(Article.objects.values_list("text_sha256", flat=True))) == 4


def test_the_same_seed_is_not_loaded_twice():
    load("--articles=1")

    with pytest.raises(CommandError, match="already"):
        load("--articles=1")
