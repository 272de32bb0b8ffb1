"""Articles found by what they say and where they came from."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Left

from annotations.enums import Role
from annotations.models import Article, Assignment, Batch, Project, Submission, Task, User
from annotations.permissions import has_role

#: The day of publication as text, and what it looks like where it is one.
DAY = Left(KeyTextTransform("published_at", "meta"), 10)
ISO_DAY = r"^\d{4}-\d{2}-\d{2}$"

#: How a text begins: what an article without a title is known by in a list.
BEGINNING = Left("text", 160)


def search(project: Project, user: User, **wanted: Any) -> QuerySet[Article]:
    """Return the articles of ``project`` that ``user`` may see and that fit.

    ``wanted`` is what ``fitting`` takes, and ``batch`` (by UUID). Texts are not loaded.
    """
    articles = fitting(Article.objects.visible_to(user).filter(project=project), wanted)
    if "batch" in wanted:
        articles = articles.filter(_is_in_batch(project, user, wanted["batch"]))
    return articles.select_related("cluster").defer("text")


def fitting(articles: QuerySet[Article], wanted: Mapping[str, Any]) -> QuerySet[Article]:
    """Keep the articles that fit ``wanted``.

    It may hold ``q`` (words of the key, title or text), ``outlet``, ``language``, ``from`` and
    ``to`` (days of publication, both included), ``cluster`` (by name), ``import`` (by UUID) and
    ``unbatched`` (if true, those that no batch has).
    """
    for word in wanted.get("q", "").split():
        articles = articles.filter(
            Q(key__icontains=word) | Q(meta__title__icontains=word) | Q(text__icontains=word)
        )
    for name in ("outlet", "language"):
        if name in wanted:
            articles = articles.filter(**{f"meta__{name}": wanted[name]})
    if "from" in wanted or "to" in wanted:
        # Days are compared as text, so only those in the ISO form take part.
        dated = articles.alias(day=DAY).filter(day__regex=ISO_DAY)
        if "from" in wanted:
            dated = dated.filter(day__gte=wanted["from"].isoformat())
        if "to" in wanted:
            dated = dated.filter(day__lte=wanted["to"].isoformat())
        articles = dated
    if "cluster" in wanted:
        articles = articles.filter(cluster__name=wanted["cluster"])
    if "import" in wanted:
        articles = articles.filter(import_job__uuid=wanted["import"])
    if wanted.get("unbatched"):
        articles = articles.filter(~Exists(Task.objects.kept().filter(article=OuterRef("pk"))))
    return articles


def _is_in_batch(project: Project, user: User, batch: Any) -> Q:
    if has_role(user, project, Role.ADMIN, Role.ADJUDICATOR):
        return Q(tasks__batch__uuid=batch)
    # A coder learns of her own batches only.
    own = Assignment.objects.of(user).live().filter(task__batch__uuid=batch)
    return Q(pk__in=own.values("task__article"))


def is_settled(article: Article, user: User) -> bool:
    """Say whether work on it may have been handed in, so that its zones and meta stay as they are.

    Whoever is blind to a batch hears so of all its articles, whether or not anybody has.
    """
    is_blind = Batch.objects.blind_to(user).filter(tasks__article=article).exists()
    return is_blind or Submission.objects.filter(assignment__task__article=article).exists()


def released_since_withdrawal(article: Article) -> bool:
    """Say whether a release was asked for after ``article`` was withdrawn, and came about."""
    releases = article.project.releases.exclude(state__in=["failed", "cancelled"])
    return releases.filter(created_at__gte=article.withdrawn_at).exists()
