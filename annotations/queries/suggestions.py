"""What machines proposed for an article, where a batch lets its coders see it."""

from typing import Any

from annotations.models import Assignment


def of_assignment(assignment: Assignment) -> list[dict[str, Any]]:
    """Return the suggestions that the coder sees, each a span with its ``origin``.

    They are the article's: every coder of the batch is shown the same.
    """
    if not assignment.task.batch.has_suggestions:
        return []
    return [
        {"origin": layer.origin, **span}
        for layer in assignment.task.article.suggestions.order_by("pk")
        for span in layer.spans
    ]
