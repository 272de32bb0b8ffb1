"""Agreement: from nothing, after one more submission, and as it is served."""

import io
from collections.abc import Callable

import numpy as np
import orjson
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from annotations.actions import agreement, tokens
from annotations.algorithms.agreement.bootstrap import Floats, intervals
from annotations.models import AgreementReport, AgreementRow, Project
from annotations.queries.agreement import Scope
from bench.projects import copy_out, settle
from bench.rows import Row, best, medians
from bench.stage import Stage

_SUBMISSIONS = "SELECT spans::text FROM annotations_submission"


def computed(stage: Stage) -> Row:
    """Ten thousand articles of three coders measured from nothing to the report, against reading
    the same submissions out of the database and parsing them.
    """
    scope = _scope(stage)
    rows = AgreementRow.objects.filter(task__batch__in=scope.batches)

    def forget() -> None:
        rows.update(measured_version=0, counts=None)
        AgreementReport.objects.update(version=None)

    taken, floor = best(
        lambda: _compute(scope), lambda: _read(_SUBMISSIONS), times=2, before=forget
    )
    return Row("agreement of 10,000 articles, from nothing", taken, floor, target=4, unit="s")


def one_more(stage: Stage) -> Row:
    """The row of one new submission among ten thousand articles, against reading the submissions
    that it rests on, as above, and writing it in SQL.

    To write alone is no floor: it is a row by its key, and nobody could measure without reading.
    """
    scope = _scope(stage)
    rows = AgreementRow.objects.filter(task__batch__in=scope.batches).order_by("pk")
    last = rows.last()
    if last is None:
        raise SystemExit("Nothing was handed in.")
    own = f"assignment_id IN (SELECT id FROM annotations_assignment WHERE task_id={last.task_id})"

    def measure() -> None:
        AgreementRow.objects.filter(pk=last.pk).update(version=F("version") + 1)
        agreement.measure_rows(rows)

    def read_and_write() -> None:
        _read(f"{_SUBMISSIONS} WHERE {own}")
        AgreementRow.objects.filter(pk=last.pk).update(counts=last.counts)

    taken, floor = medians(measure, read_and_write, times=stage.times(200))
    return Row("one submission measured", taken, floor, target=10, unit="s")


def served(stage: Stage) -> Row:
    """The agreement call on ten thousand articles, against a call that does nothing."""
    scope = _scope(stage)
    _compute(scope)
    _, key = tokens.create(
        user=scope.project.created_by, name="agreement", scopes=[], project=None, at=timezone.now()
    )
    client = stage.client(key)
    taken, floor = medians(
        lambda: client.call("GET", f"projects/{scope.project.slug}/agreement/"),
        lambda: client.call("GET", "session/"),
        times=stage.times(100),
    )
    return Row("agreement served over HTTP", taken, floor, target=10, unit="s")


def resampled(stage: Stage) -> Row:
    """Two thousand resamples of ten thousand articles, against drawing them and adding up once."""
    articles = stage.times(10_000)
    table = np.random.default_rng(1).random((articles, 40))

    def add_up(weights: Floats) -> dict[str, Floats]:
        return {"some": (weights @ table).sum(axis=1)}

    def draw() -> None:
        generator = np.random.default_rng(1)
        for _ in range(2_000):
            drawn = generator.integers(0, articles, articles)
            np.bincount(drawn, minlength=articles) @ table

    taken, floor = best(
        lambda: intervals(add_up, articles=articles, resamples=2_000, seed=1), draw, times=2
    )
    return Row("2,000 resamples of 10,000 articles", taken, floor, target=1.5, unit="s")


def _read(submissions: str) -> None:
    for line in copy_out(submissions).splitlines():
        # COPY writes a backslash twice.
        orjson.loads(line.replace(b"\\\\", b"\\"))


def _scope(stage: Stage) -> Scope:
    """Make the corpus when it is first asked for."""
    if not Project.objects.filter(slug="agreement").exists():
        call_command(
            "load_corpus",
            f"--articles={stage.times(10_000)}",
            "--spans-per-article=20",
            "--coders=3",
            "--project=agreement",
            stdout=io.StringIO(),
        )
        settle()
    project = Project.objects.select_related("created_by").get(slug="agreement")
    return Scope(project, list(project.batches.all()))


def _compute(scope: Scope) -> None:
    at = timezone.now()
    agreement.compute(report_id=agreement.ask(scope=scope, at=at).pk, at=at)


FIGURES: dict[str, Callable[[Stage], Row]] = {
    "agreement": computed,
    "agreement-one": one_more,
    "agreement-served": served,
    "agreement-bootstrap": resampled,
}
