import json
import re

import pytest

from annotations.models import CleaningJob, CleaningRule, OutletHabits
from tests.factories import (
    ArticleFactory,
    AssignmentFactory,
    TaskFactory,
    submitted,
)

pytestmark = pytest.mark.django_db

REFUSAL = "Work on this article may have been handed in: it stays as it is."
SENTENCE = "The ferry left the harbour of the town at noon, and nobody looked after it for long."
TEXT = f"The ferry of the town stops\n\n{SENTENCE}\n\nMade by the water in Velmora\n\nShare"


@pytest.fixture
def address(admin):
    return f"/projects/{admin.project.slug}/clean/"


def article_of(admin, title="The ferry", **more):
    fields = {"text": TEXT, "zones_by": "rules", "meta": {"title": title}}
    return ArticleFactory(project=admin.project, **fields | more)


def page(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_without_articles_there_is_no_effect_to_count(signed_in, address):
    html = page(signed_in.get(address))
    assert "There are no articles yet" in html
    assert "0 articles" not in html


def test_the_effect_of_the_rules_is_counted(signed_in, admin, address):
    article_of(admin)
    article_of(admin, text=f"The ferry of the town stops\n\n{SENTENCE}\n\n© 2023 {'Post ' * 35}")
    html = page(signed_in.get(address))
    assert "<strong>2 articles</strong>" in html
    assert "1 article loses more than 30 %" in html
    assert "2 would change" in html


def test_rules_are_tried_before_they_are_set(signed_in, admin, address):
    article_of(admin)
    tried = {
        "tried": "1",
        "furniture": ["sharing"],
        "patterns": "byline: ^made by .*",
        "do": "try",
    }
    context = signed_in.post(address, tried).context

    assert [line.kind for line in context["lines"]] == ["", "", "byline", "boilerplate"]
    assert context["story"][-1] == "Made by the water in Velmora"
    assert not CleaningRule.objects.exists()


def test_rules_are_set_and_a_job_applies_them(signed_in, admin, address):
    article = article_of(admin)
    sent = {
        "tried": "1",
        "furniture": ["sharing"],
        "parts": ["title"],
        "patterns": "^made by .*",
        "import": str(article.import_job.uuid),
        "do": "apply",
    }
    assert "being applied" in page(signed_in.post(address, sent, follow=True))
    job = CleaningJob.objects.get()
    assert (job.scope, job.scope_value) == ("import", str(article.import_job.uuid))
    assert CleaningRule.objects.get(pattern="^made by .*").kind == "boilerplate"
    boxes = {"sharing": True, "newsletter": False}
    form = signed_in.get(address).context["form"]
    assert {name: name in form["furniture"].value() for name in boxes} == boxes
    assert form["patterns"].value() == "^made by .*"


def test_a_pattern_that_is_none_is_said_beside_it(signed_in, address):
    response = signed_in.post(address, {"tried": "1", "patterns": "(", "do": "apply"})
    assert response.status_code == 422
    assert "can’t be used" in response.content.decode()
    assert not CleaningJob.objects.exists()


def test_a_rule_that_is_off_for_all_can_be_on_for_one_outlet(signed_in, admin, address):
    article_of(admin, meta={"outlet": "Post"})
    CleaningRule.objects.create(project=admin.project, builtin="sharing", is_on=False)
    sent = {"tried": "1", "furniture": ["sharing"], "outlet": "Post", "do": "apply"}
    signed_in.post(address, sent)
    assert CleaningRule.objects.get(outlet="Post", builtin="sharing").is_on
    form = signed_in.get(address, {"outlet": "Post"}).context["form"]
    assert form["furniture"].value() == ["sharing"]


def test_one_walks_from_article_to_article_that_would_change(signed_in, admin, address):
    plain = {"text": "Rain.", "zones": []}
    first, _, third = article_of(admin), article_of(admin, **plain), article_of(admin)
    where = {"article": str(first.uuid), "go": "next", "only": "changed"}
    walk = signed_in.get(
        address, where, headers={"HX-Request": "true", "HX-Target": "clean-article"}
    )
    assert walk.context["preview"].article == third
    assert "<html" not in walk.content.decode()
    back = {"article": str(third.uuid), "go": "previous"}
    assert signed_in.get(address, back).context["preview"].article.text == "Rain."
    beyond = signed_in.get(address, {"article": str(third.uuid), "go": "next"})
    assert "No such article near" in beyond.content.decode()


def test_lines_are_corrected_and_the_rest_of_the_zones_stay(signed_in, admin):
    article = article_of(admin)
    zones = [
        {"start": 0, "end": 9, "kind": "title"},
        {"start": len(TEXT) - 5, "end": len(TEXT), "kind": "boilerplate"},
    ]
    sent = {"zones": json.dumps(zones), "line-0": "-", "line-4": "boilerplate", "line-6": ""}
    signed_in.post(f"/articles/{article.uuid}/zones/", sent)
    article.refresh_from_db()
    said = [(zone["kind"], TEXT[zone["start"] : zone["end"]]) for zone in article.zones]
    assert said == [("title", "The ferry"), ("boilerplate", "Made by the water in Velmora")]
    assert article.zones_by == "person"


@pytest.mark.parametrize(
    "zones",
    [
        *("", "{}", "[1]", '[{"start": 0, "end": 9999, "kind": "x"}]', '["\\u0000"]'),
        *(pytest.param("[" * 3_000, id="open"), pytest.param("[" * 900 + "]" * 900, id="deep")),
    ],
)
def test_what_are_no_zones_corrects_nothing(signed_in, admin, zones):
    article = article_of(admin)
    signed_in.post(f"/articles/{article.uuid}/zones/", {"zones": zones})
    article.refresh_from_db()
    assert (article.zones, article.version) == ([], 1)


def test_work_that_was_handed_in_keeps_its_zones(signed_in, admin):
    article = article_of(admin)
    task = TaskFactory(article=article, batch__project=admin.project)
    submitted(AssignmentFactory(task=task), [])
    sent = {"zones": "[]", "line-6": "boilerplate"}
    answer = signed_in.post(f"/articles/{article.uuid}/zones/", sent, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [REFUSAL]
    article.refresh_from_db()
    assert article.zones == []


def test_lines_can_be_corrected_only_until_work_was_handed_in(signed_in, admin, address):
    article = article_of(admin)
    work = AssignmentFactory(task__article=article, task__batch__project=admin.project)

    html = page(signed_in.get(address))
    assert "Correct this article" in html
    assert REFUSAL not in html

    submitted(work, [])
    html = page(signed_in.get(address))
    assert "Correct this article" not in html
    assert REFUSAL in html
    lines = re.findall(r"<select[^>]* name=\"line-[^>]*>", html)
    assert lines
    assert all("disabled" in line for line in lines)


def test_lines_that_recur_count_as_furniture_of_their_outlet_alone(signed_in, admin, address):
    article_of(admin, meta={"outlet": "Post"})
    article_of(admin, meta={"outlet": "Times"})
    OutletHabits.objects.create(
        project=admin.project,
        name="Post",
        lines=[{"text": "Made by the water in Velmora", "stories": 3}],
    )
    assert signed_in.get(address).context["effect"].by_rule["recurring"] == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_one_article_and_three(
    signed_in, admin, address, count, django_assert_max_num_queries
):
    for _ in range(count):
        article_of(admin)
    with django_assert_max_num_queries(24):
        signed_in.get(address)


def test_metadata_of_what_a_search_finds_are_corrected(signed_in, admin):
    article = article_of(admin, meta={"outlet": "Psot"}, meta_sources={"outlet": "furniture"})
    other = article_of(admin, meta={"outlet": "Times"})
    sent = {"outlet": "Psot", "field": "outlet", "value": "Post"}
    address = f"/projects/{admin.project.slug}/articles/describe/"
    answer = signed_in.post(address, sent, follow=True)

    assert "1 article corrected." in answer.content.decode()
    article.refresh_from_db()
    other.refresh_from_db()
    assert (article.meta["outlet"], other.meta["outlet"]) == ("Post", "Times")
    shown = signed_in.get(f"/articles/{article.uuid}/").content.decode()
    assert "set by a person" in shown


def test_day_and_month_are_swapped_for_what_a_search_finds(signed_in, admin):
    article = article_of(admin, meta={"published_at": "2023-04-03"})
    address = f"/projects/{admin.project.slug}/articles/describe/"
    signed_in.post(address, {"field": "swap"})
    article.refresh_from_db()
    assert article.meta["published_at"] == "2023-03-04"
