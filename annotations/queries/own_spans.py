"""How a coder tagged the same words before. Nothing here depends on what another coder does."""

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest, Substr

from annotations.models import Assignment, Project, Span, User

#: How many characters of the text stand before and after a span that was found.
AROUND = 60


def own_spans(user: User, project: Project, words: str = "", label: str = "") -> QuerySet[Span]:
    """Return ``user``'s own spans in which ``words`` occur, each with the text around it."""
    own = Assignment.objects.of(user).live().filter(task__batch__project=project)
    found = Span.objects.filter(assignment__in=own, quote__icontains=words)
    if label:
        found = found.filter(label__key=label)
    start, text = F("start"), "assignment__task__article__text"
    return (
        found.annotate(
            before=Substr(
                text,
                Greatest(start - AROUND, Value(0)) + 1,
                start - Greatest(start - AROUND, Value(0)),
            ),
            after=Substr(text, F("end") + 1, AROUND),
        )
        .select_related("label", "assignment__task__article")
        .defer("assignment__task__article__text")
    )
