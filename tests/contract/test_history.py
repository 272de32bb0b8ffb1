import pytest

from tests.contract.people import ADMINS, only
from tests.contract.shapes import assert_fits, is_moment, is_uuid, maybe, page_of
from tests.factories import AssignmentFactory

ADDRESS = "projects/study/history/"
EVENT = {
    "id": is_uuid,
    "at": is_moment,
    "kind": str,
    "actor": maybe(str),
    "target": {"type": str, "id": is_uuid},
    "batch": maybe(is_uuid),
    "detail": dict,
}


def test_history_is_the_admins(study):
    assert study.everybody("GET", ADDRESS) == only(*ADMINS)
    assert_fits(study.ask("admin", "GET", ADDRESS).json(), page_of(EVENT))


def test_what_an_admin_does_is_there_newest_first(study):
    study.ask("admin", "PATCH", "projects/study/", {"name": "Floods"})
    study.ask("admin", "POST", "articles/{article}/withdraw/", {"reason": "Rights."})

    latest, before, *_ = study.ask("admin", "GET", ADDRESS).json()["results"]

    assert [(event["kind"], event["actor"]) for event in (latest, before)] == [
        ("article.withdrawn", study.admin.user.username),
        ("project.changed", study.admin.user.username),
    ]
    assert latest["target"] == {"type": "article", "id": str(study.article.uuid)}


def test_history_is_narrowed(study):
    study.ask("admin", "PATCH", "projects/study/", {"name": "Floods"})

    def kinds(query):
        rows = study.ask("admin", "GET", f"{ADDRESS}?{query}").json()["results"]
        return [row["kind"] for row in rows]

    assert kinds("kind=project.changed") == ["project.changed"]
    assert kinds(f"actor={study.admin.user.username}") == ["project.changed", "question.answered"]
    assert kinds("kind=project.archived") == []


@pytest.mark.parametrize(("query", "status"), [("kind=gossip", 422), ("since=2024", 400)])
def test_a_filter_that_can_not_be_meant_is_refused(study, query, status):
    assert study.ask("admin", "GET", f"{ADDRESS}?{query}").status_code == status


def test_nothing_is_told_of_a_batch_in_which_the_admin_codes(study):
    study.ask("coder", "POST", "assignments/{assignment}/release/")
    seen = study.ask("admin", "GET", ADDRESS).json()["results"]
    assert "assignment.released" in [event["kind"] for event in seen]

    AssignmentFactory(task=study.open, coder=study.admin)

    seen = study.ask("admin", "GET", ADDRESS).json()["results"]
    assert "assignment.released" not in [event["kind"] for event in seen]
