import pytest
from django.utils import timezone

from annotations.actions import agreement
from annotations.models import AgreementReport, Assignment
from annotations.queries.agreement import Scope
from tests.contract.people import ADJUDICATORS, ADMINS, only
from tests.contract.shapes import assert_fits, is_moment, is_uuid, maybe, page_of
from tests.factories import AssignmentFactory

ADDRESS = "projects/study/agreement/"
NUMBER = (float, int)
NOT_COMPUTED = {"value": None, "na": str}


def figure(**more):
    """A number with what belongs to it, or none with the reason why."""
    interval = {"low": NUMBER, "high": NUMBER}
    return (
        {"value": NUMBER, **more},
        {"value": NUMBER, **interval, **more},
        NOT_COMPUTED | more,
        NOT_COMPUTED | interval | more,
    )


PAIR = {
    "a": str,
    "b": str,
    "articles": int,
    "spans_a": int,
    "spans_b": int,
    **dict.fromkeys(("strict_f1", "extent_f1", "overlap_f1", "alpha"), (*NUMBER, NOT_COMPUTED)),
}
REPORT = {
    "computed_at": maybe(is_moment),
    "stale": bool,
    "articles": int,
    "coders": [str],
    "bootstrap": {"resamples": 2000, "seed": 1},
    "alpha": figure(articles=int, units=int),
    "alpha_by_label": dict,
    "u_alpha": dict,
    "pairs": [PAIR],
    "mean_pair": dict,
    "gold": [
        {
            "coder": str,
            "articles": int,
            **dict.fromkeys(("cor", "inc", "par", "mis", "spu"), int),
            **dict.fromkeys(("strict_f1", "partial_f1"), (*NUMBER, NOT_COMPUTED)),
        }
    ],
    "confusion": {"labels": [maybe(str)], "counts": [[int]]},
}
MEAN = {
    "strict_f1": (*figure(), *figure(sd=NUMBER)),
    "extent_f1": (*figure(), *figure(sd=NUMBER)),
    "overlap_f1": (*figure(), *figure(sd=NUMBER)),
}
U_ALPHA = {
    "u": figure(),
    "gap": figure(),
    "cu": (*figure(), *figure(coverage=NUMBER)),
    "by_label": dict,
}


FIGURE = figure()
WINDOW = {
    "from": is_moment,
    "to": is_moment,
    "articles": int,
    "alpha": FIGURE,
    "gold": {"articles": int, "alpha": FIGURE, "strict_f1": FIGURE, "partial_f1": FIGURE},
}
HEADLINE = {"alpha": FIGURE, "strict_f1": FIGURE}
DETAILS = {
    "computed_at": maybe(is_moment),
    "stale": bool,
    "state": str,
    "label_given_extent": figure(units=int),
    "drift": [{"coder": str, "windows": [WINDOW]}],
    "words": [{"word": str, "disputed": int, "marked": int, "articles": int}],
    "attributes": [figure(label=str, name=str, articles=int, spans=int)],
    "later": {"articles": int, "submissions": int, "before": HEADLINE, "after": HEADLINE},
}
STANDING = {
    "task": is_uuid,
    "article": is_uuid,
    "key": str,
    "title": str,
    "batch": is_uuid,
    "batch_name": str,
    "state": str,
    "coded_at": is_moment,
    "coders": [str],
    "units": int,
    "spans": int,
    "alpha": FIGURE,
    "strict_f1": FIGURE,
    "times": maybe(int),
}


def assert_report(seen):
    assert_fits(seen, REPORT)
    assert_fits(seen["mean_pair"], MEAN)
    assert_fits(seen["u_alpha"], U_ALPHA)
    for value in seen["alpha_by_label"].values():
        assert_fits(value, figure(articles=int, units=int))
    for value in seen["u_alpha"]["by_label"].values():
        assert_fits(value, (*figure(), *figure(coverage=NUMBER)))


def measure():
    """Do what the workers would."""
    for report in AgreementReport.objects.all():
        agreement.compute(report_id=report.pk, at=timezone.now())


@pytest.fixture
def measured(study):
    for batch in study.project.batches.order_by("pk"):
        agreement.measure(batch=batch, at=timezone.now())
    measure()


def test_agreement_is_for_admins_and_adjudicators(study):
    assert study.everybody("GET", ADDRESS) == only(*ADMINS, *ADJUDICATORS)
    batch = f"{ADDRESS}?batch={study.coded.batch.uuid}"
    assert study.everybody("GET", batch) == only(*ADMINS, *ADJUDICATORS)


def test_what_is_not_computed_yet_is_pending(study):
    seen = study.ask("admin", "GET", ADDRESS).json()

    assert_report(seen)
    assert (seen["computed_at"], seen["stale"]) == (None, True)
    pending = {"value": None, "na": "pending"}
    assert seen["alpha"] == pending | {"articles": 0, "units": 0}
    assert seen["mean_pair"] == dict.fromkeys(("strict_f1", "extent_f1", "overlap_f1"), pending)
    assert seen["u_alpha"] == {
        "u": pending,
        "gap": pending,
        "cu": pending,
        "by_label": {},
    }


def test_what_is_computed_is_figures(study, measured):
    seen = study.ask("admin", "GET", ADDRESS).json()

    assert_report(seen)
    assert (seen["stale"], seen["articles"], len(seen["coders"])) == (False, 2, 4)
    assert len(seen["pairs"]) == 2
    assert len(seen["gold"]) == 2


def test_details_are_there_before_they_are_computed_and_after(study):
    before = study.ask("admin", "GET", f"{ADDRESS}details/").json()
    for batch in study.project.batches.order_by("pk"):
        agreement.measure(batch=batch, at=timezone.now())
    measure()
    after = study.ask("admin", "GET", f"{ADDRESS}details/").json()

    assert_fits(before, DETAILS)
    assert_fits(after, DETAILS)
    assert (before["state"], after["state"]) == ("none", "ready")
    assert (before["drift"], len(after["drift"])) == ([], 4)


def test_articles_come_with_the_worst_first(study, measured):
    seen = study.ask("admin", "GET", f"{ADDRESS}articles/").json()

    assert_fits(seen, page_of(STANDING))
    values = [row["alpha"]["value"] for row in seen["results"]]
    assert len(values) == 2
    assert values == sorted(values)


def test_figures_can_be_kept_as_files(study, measured):
    report = study.ask("admin", "GET", f"{ADDRESS}files/report.json")
    table = study.ask("admin", "GET", f"{ADDRESS}files/pairs.csv")

    assert report.json()["alpha"] == study.ask("admin", "GET", ADDRESS).json()["alpha"]
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.headers["Content-Disposition"] == 'attachment; filename="study-pairs.csv"'
    assert len(table.content.decode().splitlines()) == 3


def test_one_batch_or_one_label_may_be_asked_for(study, measured):
    batch, label = f"batch={study.coded.batch.uuid}", "label=actor"
    for query in (batch, label, f"{batch}&{label}"):
        uuid = study.coded.batch.uuid if batch in query else None
        batches = study.project.batches.order_by("pk")
        chosen = list(batches.filter(uuid=uuid) if uuid else batches)
        label_asked = "actor" if label in query else ""
        agreement.ask(scope=Scope(study.project, chosen, label_asked), at=timezone.now())
        measure()

        seen = study.ask("admin", "GET", f"{ADDRESS}?{query}").json()

        assert_report(seen)
        assert (seen["stale"], seen["articles"]) == (False, 1 if batch in query else 2)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("batch=7", 422),
        ("label=mood", 422),
        ("batch=6f2a0c0e-8f43-4f5e-9d0b-3a3df1d5a0a7", 404),
        ("coder=A", 400),
        ("from=tomorrow", 422),
    ],
)
def test_a_question_that_can_not_be_meant_is_refused(study, query, status):
    assert study.ask("admin", "GET", f"{ADDRESS}?{query}").status_code == status


def test_adjudicators_see_pseudonyms_unless_the_project_shows_names(study, measured):
    names = set(
        Assignment.objects.filter(task__batch__project=study.project).values_list(
            "coder__user__username", flat=True
        )
    )
    hidden = study.ask("adjudicator", "GET", ADDRESS).json()
    study.ask("admin", "PATCH", "projects/study/", {"settings": {"show_names": True}})
    shown = study.ask("adjudicator", "GET", ADDRESS).json()

    assert not names & set(hidden["coders"])
    assert set(shown["coders"]) <= names


def test_who_codes_in_a_batch_gets_figures_without_it_and_403_when_it_is_named(study, measured):
    AssignmentFactory(
        task=study.coded.batch.tasks.create(article=study.make_article(), coders_wanted=1),
        coder=study.adjudicator,
    )

    named = study.ask("adjudicator", "GET", f"{ADDRESS}?batch={study.coded.batch.uuid}")
    whole = study.ask("adjudicator", "GET", ADDRESS)

    assert named.status_code == 403
    assert whole.json()["alpha"]["value"] is None
    other = f"{ADDRESS}?batch={study.done.batch.uuid}"
    assert study.ask("adjudicator", "GET", other).json()["articles"] == 1
