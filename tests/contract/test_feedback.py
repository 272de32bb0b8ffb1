"""A coder reads what came of the own work, and nothing else."""

import pytest

from annotations.actions import adjudication, agreement
from annotations.models import Assignment
from tests.contract.people import CODERS, only
from tests.contract.shapes import SPAN, assert_fits, is_day, is_moment, is_uuid, maybe, page_of

DIFFERENCE = {
    "kind": str,
    "start": int,
    "end": int,
    "own": [SPAN],
    "gold": [SPAN],
    "rulings": [{"reason": str, "note": str, "rule": str, "by": maybe(str)}],
}
TOLD = {
    "assignment": is_uuid,
    "article": {"id": is_uuid, "key": str, "title": str},
    "batch": {"id": is_uuid, "name": str},
    "adjudicated_at": is_moment,
    "new": bool,
    "differences": [DIFFERENCE],
}
WEEK = {
    "week": is_day,
    "articles": int,
    "own": int,
    "gold": int,
    "alike": int,
    "strict_f1": dict,
}


@pytest.fixture
def overruled(study):
    """Let the coded article be the coder's own, in the version that is not chosen."""
    work = study.coded.assignments.order_by("pk").last()
    Assignment.objects.filter(pk=work.pk).update(coder=study.coder)
    by, at = study.adjudicator.user, work.submitted_at
    adjudication.rule(
        task=study.coded,
        card_id=study.card.card_id,
        by=by,
        at=at,
        base_version=study.coded.version,
        outcome="reject",
        reason="Nobody acts here",
    )
    adjudication.finish(task=study.coded, by=by, at=at)
    return work


def test_own_overruled_spans_are_listed_with_the_reason(study, overruled):
    answer = study.ask("coder", "GET", "projects/study/feedback/").json()

    assert_fits(answer, page_of(TOLD))
    (told,) = answer["results"]
    assert told["assignment"] == str(overruled.uuid)
    (difference,) = told["differences"]
    assert [row["quote"] for row in difference["own"]] == ["Ada Brandt"]
    assert (difference["kind"], difference["gold"]) == ("rejected", [])
    assert difference["rulings"] == [
        {"reason": "Nobody acts here", "note": "", "rule": "", "by": None}
    ]
    assert study.ask("other", "GET", "projects/study/feedback/").json()["results"] == []


def test_own_agreement_with_gold_goes_by_weeks(study, overruled):
    agreement.measure(batch=study.coded.batch, at=overruled.submitted_at)

    answer = study.ask("coder", "GET", "projects/study/feedback/agreement/").json()

    assert_fits(answer, {"weeks": [WEEK]})
    (week,) = answer["weeks"]
    assert (week["own"], week["gold"], week["alike"]) == (2, 1, 1)


@pytest.mark.parametrize("address", ["feedback/", "feedback/agreement/"])
def test_feedback_is_for_coders(study, address):
    assert study.everybody("GET", f"projects/study/{address}") == only(*CODERS)
