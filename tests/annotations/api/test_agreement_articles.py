"""Behind the figures: details, articles from worst to best, and files."""

import csv
import io

import pytest

from annotations.enums import Role
from tests.annotations.api.test_agreement import ADA, VELMORA, coded, computed, signed_in
from tests.factories import BatchFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN])


@pytest.fixture
def batch(admin):
    return BatchFactory(project=admin.project)


def asked(member, part, **query):
    address = f"/api/v1/projects/{member.project.slug}/agreement/{part}"
    return signed_in(member).get(address, query)


def results(member, **query):
    return asked(member, "articles/", **query).json()["results"]


@pytest.fixture
def three(batch):
    """One article that two code alike, one that they label otherwise, one of others."""
    tasks = [
        coded(batch, ann=[ADA, VELMORA], ben=[ADA, VELMORA]),
        coded(batch, cy=[ADA], dee=[{**ADA, "label": "location"}]),
        coded(batch, eve=[ADA], fay=[]),
    ]
    computed(batch)
    return tasks


def test_the_worst_come_first(admin, three):
    found = results(admin)

    values = [row["alpha"]["value"] for row in found]
    assert values == sorted(values)
    assert (found[-1]["task"], found[-1]["alpha"]["value"]) == (str(three[0].uuid), 1)
    assert found[-1]["coders"] == ["ann", "ben"]
    assert found[-1]["strict_f1"] == {"value": 1}


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ({"a": "ben", "b": "ann"}, {0}),
        ({"a": "ann", "b": "cy"}, set()),
        ({"coder": "dee"}, {1}),
        ({"coder": "dee", "against": "gold"}, set()),
        ({"coder": "nobody"}, set()),
        ({"one": "location", "other": "actor"}, {1}),
        ({"one": "actor", "other": ""}, {2}),
        ({"word": "brandt"}, {1, 2}),
        ({"word": "velmora"}, set()),
        ({"word": "brandt", "coder": "eve"}, {2}),
        ({"coder": "eve", "start": "2026-03-02T09:00:00Z", "end": "2026-03-02T09:00:00Z"}, {2}),
        ({"coder": "eve", "start": "2026-03-02T09:00:01Z"}, set()),
        ({"from": "2026-03-02", "to": "2026-03-02"}, {0, 1, 2}),
        ({"to": "2026-03-01"}, set()),
    ],
)
def test_every_figure_leads_to_the_articles_behind_it(admin, three, query, places):
    assert {row["task"] for row in results(admin, **query)} == {
        str(three[place].uuid) for place in places
    }


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"a": "ann"}, 422),
        ({"one": "actor"}, 422),
        ({"against": "gold"}, 422),
        ({"a": "ann", "b": "ben", "coder": "ann"}, 422),
        ({"start": "2026-03-02T09:00:00Z"}, 422),
        ({"coder": "ann", "start": "yesterday"}, 422),
        ({"cursor": "x"}, 422),
        ({"sort": "best"}, 400),
    ],
)
def test_what_can_not_be_meant_is_refused(admin, batch, query, status):
    assert asked(admin, "articles/", **query).status_code == status


def test_pages_follow_each_other_and_lead_back(admin, three):
    first = asked(admin, "articles/", page_size=2).json()
    second = signed_in(admin).get(first["next"]).json()

    assert (first["previous"], second["next"]) == (None, None)
    assert len(first["results"] + second["results"]) == 3
    assert signed_in(admin).get(second["previous"]).json()["results"] == first["results"]


def test_adjudicators_ask_by_the_pseudonyms_that_they_see(admin, three):
    adjudicator = MemberFactory(project=admin.project, roles=[Role.ADJUDICATOR])
    [pseudonym, _other] = results(adjudicator)[-1]["coders"]

    assert pseudonym.startswith("coder-")
    assert [row["task"] for row in results(adjudicator, coder=pseudonym)] == [str(three[0].uuid)]
    assert results(adjudicator, coder="ann") == []


def test_details_name_coders_as_the_reader_may(admin, three):
    adjudicator = MemberFactory(project=admin.project, roles=[Role.ADJUDICATOR])

    known = [one["coder"] for one in asked(admin, "details/").json()["drift"]]
    hidden = [one["coder"] for one in asked(adjudicator, "details/").json()["drift"]]

    assert known == ["ann", "ben", "cy", "dee", "eve", "fay"]
    assert hidden == sorted(hidden)
    assert all(name.startswith("coder-") for name in hidden)


def table(member, name):
    answer = asked(member, f"files/{name}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("pairs.csv", 3),
        ("labels.csv", 2),
        ("gold.csv", 0),
        ("confusion.csv", 4),
        ("drift.csv", 6),
        ("words.csv", 2),
        ("attributes.csv", 0),
        ("articles.csv", 3),
    ],
)
def test_tables_have_a_row_for_each_entry(admin, three, name, rows):
    assert len(table(admin, name)) == rows


def test_a_figure_that_is_none_is_told_with_its_reason(admin, batch):
    coded(batch, ann=[], ben=[])
    computed(batch)

    [pair] = table(admin, "pairs.csv")

    assert (pair["strict_f1"], pair["alpha"]) == ("n/a: no_spans", "n/a: one_category")


def test_no_name_becomes_a_formula(admin, batch):
    coded(batch, **{"=1+1": [ADA], "ben": [ADA]})
    computed(batch)

    [pair] = table(admin, "pairs.csv")

    assert pair["a"] == "'=1+1"


@pytest.mark.parametrize("name", ["report.csv", "pairs.json", "pairs", ".csv", "x.csv"])
def test_there_are_no_other_files(admin, batch, name):
    assert asked(admin, f"files/{name}").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_articles_take_the_same_queries_for_one_and_three(
    admin, batch, rows, django_assert_num_queries
):
    for row in range(rows):
        coded(batch, **{f"ann{row}": [ADA], f"ben{row}": [ADA]})
    computed(batch)
    client = signed_in(admin)
    with django_assert_num_queries(9):
        client.get(f"/api/v1/projects/{admin.project.slug}/agreement/articles/")
