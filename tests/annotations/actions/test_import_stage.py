"""What an import stages, and what becomes of it when a worker dies."""

from contextlib import nullcontext
from datetime import timedelta
from random import Random

import pytest
from django.db.models.functions import Now

from annotations.actions import import_run, imports, sweep
from annotations.enums import JobState, Role
from annotations.models import (
    Article,
    Batch,
    Cluster,
    ImportJob,
    OutletHabits,
    SpanOp,
    StagedRow,
    Submission,
)
from tests.annotations.actions.uploads import (
    ADA,
    TEXT,
    VELMORA,
    file_of,
    imported,
    problems_of,
    requested,
)
from tests.factories import MONDAY, TUESDAY, CodebookFactory, MemberFactory

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """As no handler of errors sees a killed process coming, none sees this."""


@pytest.fixture
def admin():
    member = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=member.project)
    return member


@pytest.fixture
def row_by_row(monkeypatch):
    monkeypatch.setattr(import_run, "_CHUNK", 1)


def stories(number):
    """Records of each kind: plain, with work, a copy of the one before, a faulty one."""
    records = []
    for n in range(number):
        text = f"{TEXT} It was on day {n} of the talks, and nobody knew how they would end."
        work = {"codings": [{"coder": "a", "spans": [ADA]}, {"coder": "b", "spans": [VELMORA]}]}
        records += [
            {"text": f"Plain and unread by {n}.\n\nRead by the water"},
            {"id": f"w-{n}", "text": text, "cluster": f"c-{n}", **work},
            {"id": f"w-{n}", "text": text, "spans": [ADA]},
            {"text": f"Plain and unread by {n}.\n\nRead by the water"},
            {"text": TEXT, "oops": n},
        ]
    return records


def killed_after(job, chunks, **options):
    """Work on ``job`` until so many chunks are there; then be dead, the lease run out."""
    left = iter(range(chunks - 1))

    def look(job):
        if next(left, None) is None:
            raise Killed

    try:
        imports.run_import(job_id=job.pk, at=TUESDAY, on_progress=look, **options)
    except Killed:
        let_lease_run_out()
        return True
    return False


def let_lease_run_out():
    ImportJob.objects.filter(state=JobState.RUNNING).update(
        lease_until=Now() - timedelta(seconds=1)
    )


def everything(project):
    """What an import leaves, without ids and times."""
    articles = Article.objects.published().filter(project=project).order_by("key")
    return {
        "articles": [
            *articles.values_list(
                *("key", "text", "meta", "zones", "zones_by", "story_sha256", "source_line"),
                *("cluster__name", "is_clustered_by_hand"),
            )
        ],
        "spans": sorted(
            Submission.objects.filter(assignment__task__article__in=articles).values_list(
                "assignment__task__article__key", "assignment__coder__external_name"
            )
        ),
        "states": sorted(articles.values_list("key", "tasks__state")),
        "lines": list(OutletHabits.objects.filter(project=project).values_list("lines")),
        "ops": SpanOp.objects.filter(assignment__task__article__in=articles).count(),
    }


def test_killed_again_and_again_it_comes_to_the_same_as_undisturbed(admin, row_by_row):
    records = stories(4)
    other = MemberFactory(roles=[Role.ADMIN], project=CodebookFactory().project)
    undisturbed = imported(other, *records)

    job = requested(admin, file_of(*records))
    rng = Random(1)
    kills = 0
    while killed_after(job, rng.randrange(1, 6)):
        kills += 1
        assert not Article.objects.published().filter(project=admin.project).exists()
        assert not Batch.objects.filter(project=admin.project).exists()
    job.refresh_from_db()

    assert kills > 4
    assert everything(admin.project) == everything(other.project)
    for name in ("state", "done", "total", "created", "duplicates", "refused", "met"):
        assert getattr(job, name) == getattr(undisturbed, name), name
    assert (job.created, job.duplicates, job.refused) == (12, 4, 4)
    assert problems_of(job) == problems_of(undisturbed)
    assert not StagedRow.objects.exists()


def test_it_goes_on_where_the_dead_worker_was_and_begins_nothing_anew(admin, row_by_row):
    job = requested(admin, file_of(*({"text": f"Text number {n}."} for n in range(6))))
    assert killed_after(job, 4)
    job.refresh_from_db()
    staged = list(Article.objects.order_by("pk").values_list("pk", flat=True))
    assert (job.done, len(staged)) == (4, 4)

    seen = []
    imports.run_import(
        job_id=job.pk, at=TUESDAY, on_progress=lambda job: seen.append((job.step, job.done))
    )

    assert [done for step, done in seen if step == import_run.CHECKING] == [5, 6, 6]
    assert list(Article.objects.order_by("pk").values_list("pk", flat=True))[:4] == staged


def test_a_worker_that_wakes_up_late_stages_nothing_twice(admin, row_by_row):
    job = requested(admin, file_of(*({"text": f"Text number {n}."} for n in range(4))))

    def overtaken(mine):
        let_lease_run_out()
        assert imports.run_import(job_id=job.pk, at=TUESDAY).state == JobState.READY

    assert imports.run_import(job_id=job.pk, at=TUESDAY, on_progress=overtaken) is None
    assert sorted(Article.objects.values_list("source_line", flat=True)) == [1, 2, 3, 4]


@pytest.mark.parametrize("how", ["cancelled", "failed"])
def test_what_came_to_nothing_leaves_nothing_and_is_in_nobodys_way(admin, row_by_row, how):
    records = [{"id": f"a-{n}", "text": f"Text {n}.", "cluster": "c"} for n in range(5)]
    job = requested(admin, file_of(*records, {"id": "w", "text": TEXT, "spans": [ADA]}))

    def stop(job):
        if job.done == 3 and how == "cancelled":
            imports.cancel(job=job, by=admin.user, at=MONDAY)
        elif job.done == 3:
            raise OSError("The disk is full.")

    with pytest.raises(OSError, match="full") if how == "failed" else nullcontext():
        imports.run_import(job_id=job.pk, at=TUESDAY, on_progress=stop)

    job.refresh_from_db()
    assert (job.state, job.created) == (how, 0)
    assert not Article.objects.exists()
    assert not Cluster.objects.exists()
    assert not StagedRow.objects.exists()
    assert imported(admin, *records).created == 5


def test_what_a_dead_worker_did_not_clear_up_is_cleared_up_by_the_next(admin, row_by_row):
    records = [{"id": f"a-{n}", "text": f"Text {n}."} for n in range(3)]
    job = requested(admin, file_of(*records))
    assert killed_after(job, 2)
    ImportJob.objects.filter(pk=job.pk).update(state=JobState.FAILED)
    assert Article.objects.count() == 2

    assert sweep.sweep(at=TUESDAY)["cluttered"] == 1
    assert imported(admin, *records).created == 3
    assert sweep.sweep(at=TUESDAY)["cluttered"] == 0
    assert Article.objects.filter(import_job=job).count() == 0


def test_clearing_up_spares_what_can_be_seen(admin):
    job = imported(admin, {"text": TEXT})
    StagedRow.objects.create(import_job=job, body="{}")

    imports.clear_up(job_id=job.pk)

    assert not StagedRow.objects.exists()
    assert Article.objects.published().count() == 1


def test_imports_of_a_project_go_in_the_order_in_which_they_were_asked_for(admin, row_by_row):
    first = requested(admin, file_of({"id": "a", "text": "One."}, {"id": "b", "text": "Two."}))
    second = requested(admin, file_of({"id": "a", "text": "One."}, {"id": "c", "text": "Three."}))

    def meanwhile(job):
        assert imports.run_import(job_id=second.pk, at=TUESDAY) is None

    imports.run_import(job_id=first.pk, at=TUESDAY, on_progress=meanwhile)
    second = imports.run_import(job_id=second.pk, at=TUESDAY)
    assert (second.state, second.created, second.duplicates) == ("ready", 1, 1)


def test_an_older_import_whose_worker_died_is_done_first(admin, row_by_row):
    first = requested(admin, file_of({"id": "a", "text": "One."}, {"id": "b", "text": "Two."}))
    assert killed_after(first, 1)
    second = requested(admin, file_of({"id": "a", "text": "One."}))

    second = imports.run_import(job_id=second.pk, at=TUESDAY)

    first.refresh_from_db()
    assert (first.state, first.created) == (JobState.READY, 2)
    assert (second.created, second.duplicates) == (0, 1)


def test_the_same_file_twice_makes_nothing_twice(admin):
    records = [
        *stories(2),
        {"id": "s", "text": TEXT, "suggestions": [{"origin": "m", "spans": [ADA]}]},
    ]
    imported(admin, *records)
    before = everything(admin.project)

    again = imported(admin, *records)

    assert (again.created, again.refused, again.duplicates) == (0, 2, len(records) - 2)
    assert everything(admin.project) == before


@pytest.mark.parametrize(("on_duplicate", "articles"), [("skip", 2), ("keep", 3)])
def test_a_nameless_copy_of_a_story_is_a_duplicate_whatever_furniture_is_around_it(
    admin, on_duplicate, articles
):
    told = (
        "Ferry of the town stops\n\nThe ferry left at noon, and nobody looked after it for long."
    )
    first = imported(admin, {"text": f"{told}\n\nShare\n\nTweet"}, on_duplicate=on_duplicate)
    copy = imported(
        admin,
        {"text": f"{told}\n\nComments (0)"},
        {"id": "named", "text": told},
        on_duplicate=on_duplicate,
    )

    assert first.created == 1
    assert (copy.created, copy.duplicates) == (articles - 1, 3 - articles)
    assert Article.objects.values("story_sha256").distinct().count() == 1


def test_a_dry_run_that_is_killed_still_leaves_nothing(admin, row_by_row):
    job = requested(admin, file_of(*stories(2)), dry_run=True)
    while killed_after(job, 3):
        pass

    job.refresh_from_db()
    assert (job.state, job.created, job.duplicates, job.refused) == ("ready", 6, 2, 2)
    assert not Article.objects.exists()
    assert not StagedRow.objects.exists()
