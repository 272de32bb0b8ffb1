"""The annotation page."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from annotations.models import Assignment
from annotations.queries import codebook, coding

FACTS = ("outlet", "author", "published_at")


@login_required
@require_GET
def page(request, uuid):
    """Show one's own work on an article. It is started by the first step, not by looking."""
    own = Assignment.objects.of(request.user).select_related(
        "task__article", "task__batch__project", "codebook"
    )
    assignment = get_object_or_404(own, uuid=uuid)
    article, batch = assignment.task.article, assignment.task.batch
    labels = codebook.definitions(assignment.codebook)
    context = {
        "assignment": assignment,
        "article": article,
        "batch": batch,
        "project": batch.project,
        "labels": [label for label in labels if not label.is_retired],
        "paragraphs": coding.paragraphs(article),
        "progress": coding.progress(assignment),
        "facts": [
            *(str(article.meta[name]) for name in FACTS if article.meta.get(name)),
            f"codebook {assignment.codebook}",
        ],
    }
    return render(request, "annotations/coding/page.html", context)
