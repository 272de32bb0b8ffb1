import pytest

from annotations.enums import Role
from annotations.models import Article, Suggestion
from tests.annotations.actions.uploads import ADA, TEXT, imported, problems_of
from tests.factories import CodebookFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


def record(*layers, **fields):
    suggestions = [{"origin": origin, "spans": spans} for origin, spans in layers]
    return {"id": "x", "text": TEXT, "suggestions": suggestions, **fields}


def stored():
    return list(Suggestion.objects.order_by("pk").values_list("origin", "spans__0__quote"))


def test_suggestions_may_come_after_their_article(admin):
    imported(admin, {"id": "x", "text": TEXT})

    later = imported(admin, record(("ner-2", [ADA])))
    again = imported(admin, record(("ner-2", [ADA])))

    assert (later.created, later.duplicates) == (1, 0)
    assert (again.created, again.duplicates) == (0, 1)
    assert stored() == [("ner-2", "Ada Brandt")]
    assert Article.objects.count() == 1


def test_what_was_suggested_does_not_change_under_its_name(admin):
    imported(admin, record(("ner-2", [ADA])))

    job = imported(admin, record(("ner-2", [])), record(("ner-3", [])))

    assert (job.created, problems_of(job)) == (1, [(1, "origin_taken")])
    assert stored() == [("ner-2", "Ada Brandt"), ("ner-3", None)]


def test_a_record_with_a_fault_brings_nothing_of_it(admin):
    imported(admin, record(("ner-2", [ADA])))

    codings = [{"coder": "anna", "spans": [ADA]}]
    job = imported(admin, record(("ner-2", []), codings=codings))

    assert problems_of(job) == [(1, "origin_taken")]
    assert not Article.objects.get().tasks.exists()
