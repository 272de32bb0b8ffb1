"""Which articles are not in a release, and why: asked before it is made, told in its card."""

from collections.abc import Mapping

from django.db.models import Case, Count, Exists, OuterRef, Value, When
from django.utils.translation import ngettext_lazy

from annotations.models import Article, Project, Task
from exports.queries import batches_of, candidates, filtered
from exports.recipe import Recipe

#: Each article has one reason, the first that holds.
REASONS = {
    "withdrawn": ngettext_lazy("%(n)d article is withdrawn", "%(n)d articles are withdrawn", "n"),
    "no_batch": ngettext_lazy(
        "%(n)d article is in no batch", "%(n)d articles are in no batch", "n"
    ),
    "filtered": ngettext_lazy(
        "%(n)d article does not fit the filter", "%(n)d articles do not fit the filter", "n"
    ),
    "dropped": ngettext_lazy(
        "%(n)d article was dropped when its batch was closed",
        "%(n)d articles were dropped when their batch was closed",
        "n",
    ),
    "unfinished": ngettext_lazy(
        "%(n)d article is not decided yet", "%(n)d articles are not decided yet", "n"
    ),
}


def omitted(project: Project, recipe: Recipe) -> dict[str, int]:
    """Count by reason the articles of the project, or of the batches asked for, that stay out."""
    tasks = Task.objects.filter(batch__in=batches_of(project, recipe), article=OuterRef("pk"))
    articles = Article.objects.published().filter(project=project)
    if recipe.batches is not None:
        articles = articles.filter(Exists(tasks))
    left = articles.exclude(Exists(candidates(project, recipe).filter(article=OuterRef("pk"))))
    why = Case(
        When(withdrawn_at__isnull=False, then=Value("withdrawn")),
        When(~Exists(tasks), then=Value("no_batch")),
        When(~Exists(filtered(tasks, recipe)), then=Value("filtered")),
        When(~Exists(tasks.kept()), then=Value("dropped")),
        default=Value("unfinished"),
    )
    return dict(left.annotate(why=why).values_list("why").annotate(Count("pk")))


def sentences(counts: Mapping[str, int]) -> list[str]:
    """Say how many articles are left out for each reason."""
    told = [(counts[name], words) for name, words in REASONS.items() if counts.get(name)]
    return [words % {"n": number} for number, words in told]
