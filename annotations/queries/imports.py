"""What came of an import, besides its own counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from annotations.enums import JobState
from annotations.models import Article, Batch, ImportJob, Task
from annotations.queries import codebook

#: The problems of a record that are none for an import which declares what it meets.
UNDECLARED = ("unknown_label", "unknown_attribute", "unknown_link")


@dataclass(frozen=True)
class Outcome:
    """What there is to do next with what an import brought, or refused."""

    #: The latest import of the same files, if they were read again after this one.
    again: ImportJob | None = None
    #: The batch of what came coded, and how many articles that are.
    batch: Batch | None = None
    coded: int = 0
    #: How many of its articles tell a story that another article of the project tells too.
    versions: int = 0
    #: Whether records were refused for names that it could have declared.
    lacks_names: bool = False
    #: The names of labels of which the codebook says nothing, if it may have declared them.
    undefined: Sequence[str] = ()


def outcome(job: ImportJob) -> Outcome:
    """Return what came of ``job``; nothing before it is ready. Only for who may see it."""
    if job.state != JobState.READY:
        return Outcome()
    again = _read_again(job)
    lacks = (
        not again
        and not job.options.get("create_labels")
        and bool(job.refused and job.problems.filter(code__in=UNDECLARED).exists())
    )
    if job.options.get("dry_run"):
        return Outcome(again, lacks_names=lacks)
    batch = Batch.objects.published().filter(import_job=job).first()
    coded = Task.objects.filter(batch=batch).count() if batch else 0
    others = Article.objects.published().filter(cluster=OuterRef("cluster"))
    told_again = Exists(others.exclude(pk=OuterRef("pk")))
    versions = Article.objects.filter(told_again, import_job=job, cluster__isnull=False).count()
    return Outcome(again, batch, coded, versions, lacks, _undefined(job))


def _read_again(job: ImportJob) -> ImportJob | None:
    later = ImportJob.objects.filter(project=job.project, pk__gt=job.pk)
    # Where an import is repeated, its files lie where they lay.
    first = job.files.filter(position=0).values("path")
    same = later.filter(files__position=0, files__path__in=first)
    ended = [JobState.FAILED, JobState.CANCELLED]
    return same.exclude(state__in=ended).order_by("-pk").first()


def _undefined(job: ImportJob) -> list[str]:
    if not job.options.get("create_labels"):
        return []
    labels = codebook.current_definitions(job.project)
    return [label.name for label in labels if not label.definition and not label.is_retired]
