from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.enums import JobState
from annotations.models import ImportJob, StagedRow
from annotations.queries.invariants import articles
from tests.factories import ArticleFactory, ImportJobFactory, TaskFactory

pytestmark = pytest.mark.django_db


def of_job(state, *, ended=None):
    finished_at = None if ended is None else timezone.now() - ended
    return ImportJobFactory(state=state, finished_at=finished_at)


def test_work_on_a_staged_article_breaks_a_rule():
    job = of_job(JobState.RUNNING)
    staged = ArticleFactory(import_job=job, project=job.project)
    assert list(articles.staged_articles_bear_no_work()) == []

    TaskFactory(article=staged, batch__project=job.project)
    assert list(articles.staged_articles_bear_no_work()) == [f"article {staged.uuid}"]


@pytest.mark.parametrize(
    ("state", "ended", "is_broken"),
    [
        (JobState.RUNNING, None, False),
        (JobState.CANCELLED, timedelta(minutes=1), False),
        (JobState.CANCELLED, timedelta(hours=2), True),
        (JobState.FAILED, timedelta(hours=2), True),
        (JobState.READY, timedelta(hours=2), False),
    ],
)
def test_articles_that_came_to_nothing_are_gone_within_the_hour(state, ended, is_broken):
    job = of_job(state, ended=ended)
    ArticleFactory(import_job=job, project=job.project)
    found = list(articles.imports_that_are_over_leave_nothing_staged())
    assert found == ([f"import {job.uuid}"] if is_broken else [])
    assert ImportJob.objects.cluttered().exists() == (
        state in {JobState.CANCELLED, JobState.FAILED}
    )


def test_rows_are_staged_no_longer_than_their_import_goes_on():
    job = of_job(JobState.READY, ended=timedelta(hours=2))
    StagedRow.objects.create(import_job=job, body="{}")
    assert list(articles.imports_that_are_over_leave_nothing_staged()) == [f"import {job.uuid}"]
