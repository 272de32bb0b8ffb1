from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotations.queries import codebook
from annotations.views.lookup import project_for


@require_safe
def page(request, slug, number=None):
    """The codebook to be read and printed: the latest version, or an earlier one."""
    project = project_for(request, slug)
    versions = project.codebooks.order_by("-number").select_related("published_by")
    version = get_object_or_404(versions, number=number) if number else codebook.current(project)
    labels = codebook.definitions(version)
    return render(
        request,
        "annotations/codebook/page.html",
        {
            "project": project,
            "version": version,
            "versions": versions,
            "labels": [label for label in labels if not label.is_retired],
            "retired": [label for label in labels if label.is_retired],
        },
    )
