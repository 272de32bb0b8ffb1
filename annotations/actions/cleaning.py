"""Rules that tell the story from site furniture: set for a project, applied by a worker."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from annotations.actions import articles, clusters
from annotations.actions.audit import record
from annotations.actions.guards import lock_for_change
from annotations.actions.jobs import CancelRequested, LostClaim, check_in, claim, wake_on_commit
from annotations.algorithms import zones
from annotations.algorithms.zones import own
from annotations.enums import CleaningScope, JobState, ZoneKind
from annotations.exceptions import Invalid
from annotations.models import Article, AuditEvent, CleaningJob, CleaningRule, Project, User
from annotations.permissions import can_change
from annotations.queries.cleaning import RuleBook, as_zones, in_scope, open_to_rules, plan

CHUNK = 100
MOST_PATTERNS = 50


class BadRule(Invalid):
    """A rule is none that the workbench knows, or a pattern that can't be used."""

    code = "bad_rule"


def checked(
    project: Project,
    *,
    outlet: str = "",
    off: Iterable[str],
    patterns: Iterable[Mapping[str, str]],
) -> list[CleaningRule]:
    """Return the rules of ``outlet``, unsaved: those in ``off`` switched off, and the patterns.

    Raises ``BadRule``, which names each pattern that can't be used by its place.
    """
    rules = []
    for name in dict.fromkeys(off):
        if name not in zones.RULES:
            raise BadRule(_("There is no rule “%(name)s”.") % {"name": name})
        rules.append(CleaningRule(project=project, outlet=outlet, builtin=name, is_on=False))
    if outlet:
        # What is off for all outlets and not for this one has to be said.
        switched = project.cleaning_rules.filter(outlet="", is_on=False).exclude(builtin="")
        rules += [
            CleaningRule(project=project, outlet=outlet, builtin=rule.builtin, is_on=True)
            for rule in switched
            if rule.builtin not in {given.builtin for given in rules}
        ]
    errors = []
    wanted = {given["pattern"]: given.get("kind", ZoneKind.BOILERPLATE) for given in patterns}
    if len(wanted) > MOST_PATTERNS:
        raise BadRule(_("A project may have %(most)s patterns.") % {"most": MOST_PATTERNS})
    for place, (pattern, kind) in enumerate(wanted.items()):
        try:
            own.check(pattern)
        except own.BadPattern as error:
            errors.append({"field": f"patterns.{place}", "code": "bad", "detail": str(error)})
        rules.append(CleaningRule(project=project, outlet=outlet, pattern=pattern, kind=kind))
    if errors:
        raise BadRule(
            _("“%(pattern)s” can’t be used: %(why)s")
            % {
                "pattern": list(wanted)[int(errors[0]["field"].split(".")[1])],
                "why": errors[0]["detail"],
            },
            errors=errors,
        )
    return rules


@transaction.atomic
def clean(
    *,
    project: Project,
    by: User,
    at: datetime,
    off: Iterable[str],
    patterns: Iterable[Mapping[str, str]],
    outlet: str = "",
    scope: str = CleaningScope.ALL,
    scope_value: str = "",
) -> CleaningJob:
    """Set the rules of ``outlet``, or of all outlets, and queue their application.

    They hold for what is imported from now on, and for those articles in the scope on which
    nobody has worked yet.
    """
    project = lock_for_change(project, by=by)
    rules = checked(project, outlet=outlet, off=off, patterns=patterns)
    project.cleaning_rules.filter(outlet=outlet).delete()
    CleaningRule.objects.bulk_create(rules)
    job = CleaningJob.objects.create(
        project=project, requested_by=by, created_at=at, scope=scope, scope_value=scope_value
    )
    record(
        AuditEvent.Kind.CLEANING_RULES_SET,
        target=job,
        by=by,
        at=at,
        outlet=outlet,
        off=[rule.builtin for rule in rules if rule.builtin],
        patterns=[rule.pattern for rule in rules if rule.pattern],
    )
    wake_on_commit("cleaning.run", job_id=job.pk)
    return job


def run(*, job_id: int, at: datetime) -> None:
    """Do a queued cleaning, or go on with one whose worker is gone.

    Articles are done a chunk at a time, each for good. Nothing happens if it is done, or if
    another worker is at it.
    """
    job = claim(CleaningJob.objects.unfinished(), job_id)
    if job is None:
        return
    try:
        _work(job, at)
    except (LostClaim, CancelRequested):
        return
    except OperationalError:
        raise  # The database went away: the sweeper rings for the job when it is back.
    except Exception:
        _end(job, JobState.FAILED, failure=_("An unexpected error stopped the cleaning."))
        raise


def _work(job: CleaningJob, at: datetime) -> None:
    by = job.requested_by
    if by is not None and not can_change(by, job.project):
        _end(job, JobState.FAILED, failure=_("The person who asked for it may no longer do it."))
        return
    wanted = in_scope(job.project, job.scope, job.scope_value)
    check_in(job, state=JobState.RUNNING, total=wanted.count())
    book = RuleBook(job.project)
    while pks := list(
        wanted.filter(pk__gt=job.last_article).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    ):
        with transaction.atomic():
            changed, kept = _clean(pks, book, by=by, at=at)
            check_in(
                job,
                done=job.done + len(pks),
                changed=job.changed + changed,
                kept=job.kept + kept,
                last_article=pks[-1],
            )
    with transaction.atomic():
        _end(job, JobState.READY)
        record(
            AuditEvent.Kind.ARTICLES_CLEANED,
            target=job,
            by=by,
            at=at,
            changed=job.changed,
            kept=job.kept,
        )


def _clean(pks: list[int], book: RuleBook, *, by: User | None, at: datetime) -> tuple[int, int]:
    """Zone the articles anew; return how many changed, and how many rules may not touch."""
    locked = articles.lock_with_work(Article.objects.filter(pk__in=pks))
    free = set(open_to_rules(Article.objects.filter(pk__in=pks), by).values_list("pk", flat=True))
    changes = [
        (article, zones_now)
        for article in locked
        if article.pk in free and (zones_now := as_zones(plan(article, book))) != article.zones
    ]
    articles.keep_revisions([article for article, _ in changes], by=by, at=at)
    for article, zones_now in changes:
        article.zones = zones_now
        article.version += 1
    Article.objects.bulk_update([a for a, _ in changes], ["zones", "version"])
    clusters.compare_again([article for article, _ in changes])
    return len(changes), len(pks) - len(free)


def _end(job: CleaningJob, state: JobState, failure: str = "") -> None:
    """Close the job, whatever it is at."""
    mine: Any = CleaningJob.objects.filter(pk=job.pk, epoch=job.epoch)
    if not mine.update(state=state, failure=failure, lease_until=None, finished_at=Now()):
        raise LostClaim
