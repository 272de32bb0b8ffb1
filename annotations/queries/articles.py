"""Articles found by what they say and where they came from."""

from typing import Any

from django.db.models import Q, QuerySet

from annotations.enums import Role
from annotations.models import Article, Assignment, Project, User
from annotations.permissions import has_role


def search(project: Project, user: User, **wanted: Any) -> QuerySet[Article]:
    """Return the articles of ``project`` that ``user`` may see and that fit.

    ``wanted`` may hold ``q`` (words of the key, title or text), ``outlet``,
    ``cluster`` (by name), ``batch`` and ``import`` (by UUID). Texts are not loaded.
    """
    articles = Article.objects.visible_to(user).filter(project=project)
    for word in wanted.get("q", "").split():
        articles = articles.filter(
            Q(key__icontains=word) | Q(meta__title__icontains=word) | Q(text__icontains=word)
        )
    if "outlet" in wanted:
        articles = articles.filter(meta__outlet=wanted["outlet"])
    if "cluster" in wanted:
        articles = articles.filter(cluster__name=wanted["cluster"])
    if "import" in wanted:
        articles = articles.filter(import_job__uuid=wanted["import"])
    if "batch" in wanted:
        articles = articles.filter(_is_in_batch(project, user, wanted["batch"]))
    return articles.select_related("cluster").defer("text")


def _is_in_batch(project: Project, user: User, batch: Any) -> Q:
    if has_role(user, project, Role.ADMIN, Role.ADJUDICATOR):
        return Q(tasks__batch__uuid=batch)
    # A coder learns of her own batches only.
    own = Assignment.objects.of(user).live().filter(task__batch__uuid=batch)
    return Q(pk__in=own.values("task__article"))
