"""Clusters corrected by a person, whose word holds against all later searches for versions."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from annotations.actions import clusters
from annotations.actions.audit import record
from annotations.exceptions import Forbidden, Invalid, Refused
from annotations.models import Article, AuditEvent, Cluster, ClusterCorrection, User
from annotations.permissions import can_correct_clusters

MOST_AT_ONCE = 200


class NothingToUndo(Refused):
    """Nobody has corrected the cluster, or all of it was taken back."""

    code = "nothing_to_undo"


class ChangedSince(Refused):
    """Articles of the correction were moved again after it."""

    code = "changed_since"


@transaction.atomic
def take_out(
    *, cluster: Cluster, articles: Sequence[UUID], by: User, at: datetime
) -> ClusterCorrection:
    """Say that articles are no versions of this story; they are in no cluster then."""
    chosen = _members(cluster, articles, by)
    return _move(cluster, dict.fromkeys(chosen, None), "take_out", by=by, at=at)


@transaction.atomic
def put_in(
    *, cluster: Cluster, articles: Sequence[UUID], by: User, at: datetime
) -> ClusterCorrection:
    """Say that articles are versions of this story; they leave the clusters they were in."""
    visible = Article.objects.visible_to(by).filter(project=cluster.project_id)
    chosen = _chosen(visible.exclude(cluster=cluster), articles)
    return _move(cluster, dict.fromkeys(chosen, cluster.pk), "put_in", by=by, at=at)


@transaction.atomic
def split(
    *, cluster: Cluster, articles: Sequence[UUID], by: User, at: datetime
) -> ClusterCorrection:
    """Say that articles are versions of another story, which gets a cluster of its own."""
    chosen = _members(cluster, articles, by)
    if len(chosen) < 2:
        raise _invalid("articles", _("A cluster has at least two versions: take one out instead."))
    if len(chosen) == cluster.articles.count():
        raise _invalid("articles", _("These are all versions: nothing would be left here."))
    new = Cluster.objects.create(project_id=cluster.project_id, name=_free_name(cluster))
    return _move(cluster, dict.fromkeys(chosen, new.pk), "split", by=by, at=at, new=new.name)


@transaction.atomic
def merge(*, cluster: Cluster, other: str, by: User, at: datetime) -> ClusterCorrection:
    """Say that the versions in the cluster of the name ``other`` belong here."""
    named = Cluster.objects.visible_to(by).filter(project=cluster.project_id, name=other)
    found = named.exclude(pk=cluster.pk).first()
    chosen = list(found.articles.values_list("pk", flat=True)) if found else []
    if not chosen:
        raise _invalid("other", _("There is no other cluster of this name."))
    return _move(cluster, dict.fromkeys(chosen, cluster.pk), "merge", by=by, at=at, other=other)


@transaction.atomic
def undo(*, cluster: Cluster, by: User, at: datetime) -> ClusterCorrection:
    """Take the last correction back; what it had moved may be compared by machines again."""
    _refuse_others(cluster, by)
    last = cluster.corrections.select_for_update().filter(undone_at=None).order_by("-pk").first()
    if last is None:
        raise NothingToUndo(_("There is no correction to take back."))
    locked = _lock({pk for pk, *_ in last.before})
    if [_state(article) for article in locked] != last.after:
        raise ChangedSince(_("These articles were moved again since: correct them as they are."))
    _write(locked, {pk: (to, by_hand) for pk, to, by_hand in last.before})
    last.undone_at = at
    last.save(update_fields=["undone_at"])
    record(AuditEvent.Kind.CLUSTER_CORRECTED, target=cluster, by=by, at=at, did="undo")
    return last


def last_correction(cluster: Cluster) -> ClusterCorrection | None:
    """Return the correction that ``undo`` would take back."""
    return cluster.corrections.filter(undone_at=None).order_by("-pk").first()


def _move(
    cluster: Cluster,
    targets: dict[int, int | None],
    did: str,
    *,
    by: User,
    at: datetime,
    **detail: Any,
) -> ClusterCorrection:
    """Move articles, by their keys; all clusters concerned stay as they are from now on."""
    _refuse_others(cluster, by)
    left = Article.objects.filter(pk__in=targets).exclude(cluster=None)
    concerned = {cluster.pk, *left.values_list("cluster", flat=True)}
    members = Article.objects.filter(cluster__in=concerned).values_list("pk", flat=True)
    locked = _lock({*targets, *members})
    before = [_state(article) for article in locked]

    now = {article.pk: targets.get(article.pk, article.cluster_id) for article in locked}
    sizes = Counter(now.values())
    _write(
        locked,
        {
            # Who is left alone was not spoken of, and may find other versions.
            pk: (None, False) if sizes[to] == 1 and pk not in targets else (to, True)
            for pk, to in now.items()
        },
    )
    correction = ClusterCorrection.objects.create(
        cluster=cluster, by=by, at=at, before=before, after=[_state(one) for one in locked]
    )
    moved = [str(article.uuid) for article in locked if article.pk in targets]
    record(
        AuditEvent.Kind.CLUSTER_CORRECTED,
        target=cluster,
        by=by,
        at=at,
        did=did,
        articles=moved[:MOST_AT_ONCE],
        **detail,
    )
    return correction


def _lock(keys: Iterable[int]) -> list[Article]:
    rows = Article.objects.filter(pk__in=list(keys)).defer("text", "zones", "meta")
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _state(article: Article) -> list[int | bool | None]:
    return [article.pk, article.cluster_id, article.is_clustered_by_hand]


def _write(locked: Sequence[Article], states: dict[int, tuple[int | None, bool]]) -> None:
    for article in locked:
        article.cluster_id, article.is_clustered_by_hand = states[article.pk]
    Article.objects.bulk_update(locked, ["cluster", "is_clustered_by_hand"])
    # Whoever is a machine's again, and whoever was left behind, is compared anew.
    for project_id in {article.project_id for article in locked}:
        clusters.forget(project_id, {article.story_sha256 for article in locked})
    clusters.ring({one.import_job_id for one in locked if not one.is_clustered_by_hand})


def _members(cluster: Cluster, articles: Sequence[UUID], by: User) -> list[int]:
    visible = Article.objects.visible_to(by).filter(cluster=cluster)
    return _chosen(visible, articles)


def _chosen(found: QuerySet[Article], articles: Sequence[UUID]) -> list[int]:
    keys = list(found.filter(uuid__in=articles).order_by("pk").values_list("pk", flat=True))
    if not keys or len(keys) != len(set(articles)):
        raise _invalid("articles", _("Choose articles that this can be done with."))
    return keys


def _invalid(field: str, detail: str) -> Invalid:
    return Invalid(detail, errors=[{"field": field, "code": "bad", "detail": detail}])


def _free_name(cluster: Cluster) -> str:
    stem = cluster.name[:190]
    taken = set(
        Cluster.objects.filter(
            project_id=cluster.project_id, name__startswith=f"{stem}-"
        ).values_list("name", flat=True)
    )
    return next(name for number in count(2) if (name := f"{stem}-{number}") not in taken)


def _refuse_others(cluster: Cluster, by: User) -> None:
    if not can_correct_clusters(by, cluster.project):
        raise Forbidden(_("Only admins and adjudicators of a project at work can do that."))
