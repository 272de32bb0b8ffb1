from datetime import date, timedelta
from time import monotonic
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models.functions import Now

from annotations.actions import agreement, jobs
from annotations.actions.audit import record
from annotations.algorithms.agreement import measured, unpacked
from annotations.algorithms.agreement import report as report_on
from annotations.enums import AssignmentState, JobState, Outcome, TaskState
from annotations.models import AgreementReport, AgreementRow, AuditEvent, Task
from annotations.queries.agreement import Scope, is_stale
from annotations.queries.agreement_evidence import evidence
from tests.factories import (
    MONDAY,
    TUESDAY,
    AssignmentFactory,
    BatchFactory,
    TaskFactory,
    UserFactory,
    submitted,
)

pytestmark = pytest.mark.django_db

ADA = {"start": 6, "end": 16, "label": "actor"}
VELMORA = {"start": 25, "end": 32, "label": "location"}
LATER = TUESDAY + timedelta(hours=1)


@pytest.fixture
def batch():
    return BatchFactory()


def coded(batch, *works, **article):
    """Return a task that was handed in once for each of ``works``."""
    task = TaskFactory(
        batch=batch,
        coders_wanted=len(works),
        **{f"article__{name}": value for name, value in article.items()},
    )
    for spans in works:
        submitted(AssignmentFactory(task=task, state=AssignmentState.CODING), spans)
    return task


def computed(batch, label="", at=TUESDAY):
    agreement.measure(batch=batch, at=at)
    report = agreement.ask(scope=Scope(batch.project, [batch], label), at=at)
    agreement.compute(report_id=report.pk, at=at)
    report.refresh_from_db()
    return report


def test_measuring_leads_to_a_report_on_the_batch_and_on_the_project(batch):
    coded(batch, [ADA, VELMORA], [ADA])
    agreement.measure(batch=batch, at=TUESDAY)
    for report in agreement.unfinished():
        agreement.compute(report_id=report.pk, at=TUESDAY)

    report = AgreementReport.objects.get(batches=[str(batch.uuid)])
    assert (report.state, report.computed_at) == ("ready", TUESDAY)
    assert not is_stale(report, Scope(batch.project, [batch]))
    assert report.figures["mean_pair"]["strict_f1"]["value"] == pytest.approx(2 / 3)
    assert report.figures["articles"] == 1


@pytest.mark.django_db(transaction=True)
def test_a_report_is_ones_own_however_long_its_figures_take(batch, monkeypatch):
    monkeypatch.setattr(jobs, "BEAT", timedelta(milliseconds=10))
    coded(batch, [ADA, VELMORA], [ADA])
    was_slow = False

    def be_slow(execute, sql, values, many, context):
        nonlocal was_slow
        if not was_slow and '"later_counts" IS NOT NULL' in sql:
            was_slow = True
            AgreementReport.objects.update(lease_until=Now() - timedelta(seconds=1))
            deadline = monotonic() + 30
            while not AgreementReport.objects.filter(lease_until__gt=Now()).exists():
                assert monotonic() < deadline
        return execute(sql, values, many, context)

    with connection.execute_wrapper(be_slow):
        report = computed(batch)

    assert (was_slow, report.state, report.epoch) == (True, JobState.READY, 1)


def test_work_that_was_not_handed_in_is_missing_and_empty_work_is_not(batch):
    task = coded(batch, [ADA], [])
    Task.objects.filter(pk=task.pk).update(coders_wanted=3)
    AssignmentFactory(task=task, state=AssignmentState.CODING)

    figures = computed(batch).figures

    assert len(figures["coders"]) == 2
    assert figures["mean_pair"]["strict_f1"]["value"] == 0


def test_site_furniture_does_not_count(batch):
    zones = [{"start": 20, "end": 40, "kind": "boilerplate"}]
    coded(batch, [ADA, VELMORA], [ADA], zones=zones)
    assert computed(batch).figures["mean_pair"]["strict_f1"]["value"] == 1


def test_a_label_is_measured_as_if_there_were_no_other(batch):
    coded(batch, [ADA, VELMORA], [ADA])
    assert computed(batch, "actor").figures["mean_pair"]["strict_f1"]["value"] == 1
    assert computed(batch, "location").figures["mean_pair"]["strict_f1"]["value"] == 0


def test_figures_rest_on_what_was_handed_in_before_the_first_ruling(batch):
    task = coded(batch, [ADA], [VELMORA])
    task.decisions.create(
        card_id="c", outcome=Outcome.REJECT, made_by=UserFactory(), made_at=TUESDAY
    )
    again(task.assignments.first(), [VELMORA], at=LATER)

    assert computed(batch, at=LATER).figures["mean_pair"]["strict_f1"]["value"] == 0


def test_figures_rest_on_what_was_handed_in_before_work_was_returned(batch):
    task = coded(batch, [ADA], [VELMORA])
    first = task.assignments.first()
    record(
        AuditEvent.Kind.ASSIGNMENT_RETURNED,
        target=first,
        by=UserFactory(),
        at=TUESDAY,
        batch=batch,
    )
    again(first, [VELMORA], at=LATER)

    assert computed(batch, at=LATER).figures["mean_pair"]["strict_f1"]["value"] == 0


def test_an_automatic_ruling_is_no_intervention(batch):
    task = coded(batch, [ADA], [VELMORA])
    task.decisions.create(card_id="c", outcome=Outcome.ACCEPT, is_automatic=True, made_at=MONDAY)
    again(task.assignments.first(), [VELMORA], at=TUESDAY)

    assert computed(batch).figures["mean_pair"]["strict_f1"]["value"] == 1


def again(assignment, spans, at):
    """Hand in another version of submitted work."""
    first = assignment.submissions.get()
    text = assignment.task.article.text
    assignment.submissions.create(
        uuid=uuid4(),
        doc_rev=first.doc_rev + 1,
        spans=[
            {**span, "id": "x", "quote": text[span["start"] : span["end"]], "attributes": []}
            for span in spans
        ],
        submitted_at=at,
    )


def test_gold_counts_while_the_task_is_adjudicated(batch):
    task = coded(batch, [ADA], [ADA, VELMORA])
    task.golds.create(
        number=1,
        spans=[{**ADA, "id": "x", "quote": "Ada Brandt", "coders": []}],
        made_at=MONDAY,
    )
    assert computed(batch).figures["gold"] == []

    for state in (TaskState.CODED, TaskState.ADJUDICATING, TaskState.ADJUDICATED):
        Task.objects.filter(pk=task.pk).update(state=state, adjudicated_at=TUESDAY)
    figures = computed(batch, at=LATER).figures
    assert sorted((row["cor"], row["spu"]) for row in figures["gold"]) == [(1, 0), (1, 1)]


def test_a_row_is_computed_again_only_when_its_submissions_change(batch):
    still, moved = coded(batch, [ADA], [ADA]), coded(batch, [ADA], [ADA])
    computed(batch)
    AgreementRow.objects.update(counts=b"kept")
    again(moved.assignments.first(), [VELMORA], at=TUESDAY)

    agreement.measure(batch=batch, at=LATER)

    assert AgreementRow.objects.get(task=still).counts == b"kept"
    assert AgreementRow.objects.get(task=moved).counts != b"kept"


def test_later_work_makes_a_report_stale_and_puts_it_back_into_the_queue(batch):
    coded(batch, [ADA], [ADA])
    report = computed(batch)
    coded(batch, [ADA], [])

    agreement.measure(batch=batch, at=LATER)

    report.refresh_from_db()
    assert report.state == JobState.QUEUED
    assert report.figures["articles"] == 1
    assert computed(batch, at=LATER).figures["articles"] == 2


def test_a_report_that_is_up_to_date_is_not_computed_again(batch):
    coded(batch, [ADA], [ADA])
    report = computed(batch)
    agreement.ask(scope=Scope(batch.project, [batch]), at=LATER)

    assert agreement.compute(report_id=report.pk, at=LATER) is None
    report.refresh_from_db()
    assert report.computed_at == TUESDAY


def test_a_report_has_one_worker_at_a_time_and_outlives_it(batch):
    coded(batch, [ADA], [ADA])
    report = agreement.ask(scope=Scope(batch.project, [batch]), at=TUESDAY)
    dead = agreement.claim(agreement.unfinished(), report.pk)

    assert agreement.compute(report_id=report.pk, at=TUESDAY) is None
    AgreementReport.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert agreement.compute(report_id=report.pk, at=TUESDAY).epoch == dead.epoch + 1


def test_a_report_that_can_not_be_computed_says_so_and_is_tried_again(batch):
    coded(batch, [ADA], [ADA])
    report = computed(batch)
    coded(batch, [ADA], [])
    agreement.measure(batch=batch, at=LATER)
    whole = dict(AgreementRow.objects.values_list("pk", "counts"))
    AgreementRow.objects.update(counts=b"{}\n")

    with pytest.raises(KeyError):
        agreement.compute(report_id=report.pk, at=LATER)
    report.refresh_from_db()
    assert (report.state, report.figures["articles"]) == (JobState.FAILED, 1)

    for pk, counts in whole.items():
        AgreementRow.objects.filter(pk=pk).update(counts=counts)
    assert computed(batch, at=LATER).figures["articles"] == 2


def test_a_job_that_was_killed_goes_on_where_it_stopped(batch, monkeypatch):
    monkeypatch.setattr(agreement, "CHUNK", 1)
    first, second = coded(batch, [ADA], [ADA]), coded(batch, [ADA], [])
    steps = agreement._measure(AgreementRow.objects.all())
    next(steps)
    steps.close()
    AgreementRow.objects.filter(task=first).update(coded_at=LATER)
    assert list(AgreementRow.objects.outdated().values_list("task", flat=True)) == [second.pk]

    assert computed(batch).figures["articles"] == 2
    assert AgreementRow.objects.get(task=first).coded_at == LATER


def test_older_evidence_never_replaces_newer(batch):
    task = coded(batch, [ADA], [VELMORA])
    slow = measured(evidence([task.pk])), {task.pk: AgreementRow.objects.get().version}
    again(task.assignments.first(), [VELMORA], at=TUESDAY)
    figures = computed(batch).figures

    agreement._write(*slow)

    row = AgreementRow.objects.get()
    assert row.measured_version == row.version
    assert figures["mean_pair"]["strict_f1"]["value"] == 1
    assert report_on(unpacked([row.counts]), resamples=0)["pairs"] == figures["pairs"]


def test_what_happens_while_a_row_is_written_leaves_it_outdated(batch):
    task = coded(batch, [ADA], [VELMORA])
    versions = {task.pk: AgreementRow.objects.get().version}
    again(task.assignments.first(), [VELMORA], at=TUESDAY)

    agreement._write(measured(evidence([task.pk])), versions)

    assert AgreementRow.objects.outdated().count() == 1


@pytest.mark.parametrize(
    "happens",
    [
        lambda task: again(task.assignments.first(), [VELMORA], at=LATER),
        lambda task: moved(task.assignments.first(), "returned", "released"),
        lambda task: moved(task, "coded", "adjudicating", "adjudicated"),
    ],
    ids=["handed in again", "taken away", "adjudicated"],
)
def test_whatever_figures_rest_on_makes_them_stale_at_once(batch, happens):
    task = coded(batch, [ADA], [VELMORA])
    coded(batch, [ADA], [ADA])
    report, scope = computed(batch), Scope(batch.project, [batch])
    assert not is_stale(report, scope)

    happens(task)

    assert is_stale(report, scope)
    assert not is_stale(computed(batch, at=LATER), scope)
    assert list(AgreementRow.objects.outdated()) == []


def moved(row, *states):
    for state in states:
        fields = {"adjudicated_at": LATER} if state == "adjudicated" else {}
        type(row).objects.filter(pk=row.pk).update(state=state, **fields)


def test_work_that_was_taken_away_counts_no_more(batch):
    task = coded(batch, [ADA], [VELMORA])
    computed(batch)

    for assignment in task.assignments.all():
        moved(assignment, "returned", "released")

    assert computed(batch, at=LATER).figures["coders"] == []


def test_later_versions_are_reported_apart(batch):
    task = coded(batch, [ADA], [VELMORA])
    task.decisions.create(
        card_id="c", outcome=Outcome.REJECT, made_by=UserFactory(), made_at=TUESDAY
    )
    again(task.assignments.first(), [VELMORA], at=LATER)

    later = computed(batch, at=LATER).details["later"]

    assert (later["articles"], later["submissions"]) == (1, 1)
    assert later["before"]["strict_f1"]["value"] == 0
    assert later["after"]["strict_f1"]["value"] == 1


@pytest.mark.parametrize(
    ("since", "until", "articles"),
    [
        (None, None, 2),
        (date(2026, 3, 2), date(2026, 3, 2), 1),
        (date(2026, 3, 3), None, 1),
        (None, date(2026, 3, 1), 0),
    ],
)
def test_an_article_falls_on_the_day_of_its_last_submission(batch, since, until, articles):
    coded(batch, [ADA], [ADA])
    again(coded(batch, [ADA], [ADA]).assignments.first(), [ADA], at=TUESDAY)

    scope = Scope(batch.project, [batch], "", since, until)
    report = agreement.ask(scope=scope, at=LATER)
    agreement.compute(report_id=report.pk, at=LATER)

    report.refresh_from_db()
    assert report.figures["articles"] == articles


def test_words_and_attributes_come_from_what_was_handed_in(batch):
    stance = [{"name": "stance", "value": "for"}]
    coded(batch, [ADA, {**VELMORA, "attributes": stance}], [ADA, VELMORA], [VELMORA])

    details = computed(batch).details

    assert [one["word"] for one in details["words"]] == ["ada", "brandt"]
    [attribute] = details["attributes"]
    assert (attribute["label"], attribute["name"]) == ("location", "stance")
    assert (attribute["value"], attribute["spans"]) == (0, 1)


def test_counts_are_kept_as_they_are(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attstorage = 'e'"
            " AND attrelid = 'annotations_agreementrow'::regclass ORDER BY attname"
        )
        assert cursor.fetchall() == [("counts",), ("later_counts",)]


def test_handing_in_again_makes_a_report_on_a_label_stale_but_computes_it_only_when_asked(batch):
    task = coded(batch, [ADA], [ADA])
    report = computed(batch, "actor")
    again(task.assignments.first(), [VELMORA], at=LATER)

    agreement.measure(batch=batch, at=LATER)

    report.refresh_from_db()
    assert report.state == JobState.READY
    assert is_stale(report, Scope(batch.project, [batch], "actor"))
    assert computed(batch, "actor", at=LATER).figures["mean_pair"]["strict_f1"]["value"] == 0
