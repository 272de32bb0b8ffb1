import csv
from types import SimpleNamespace
from urllib.parse import urlencode

from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.algorithms.spreadsheets import guarded
from annotations.enums import Role
from annotations.forms.history import HistoryForm
from annotations.queries import history
from annotations.views.lookup import project_for

PAGE = 50


@require_safe
def page(request, slug):
    """What happened in the project, newest first, a page at a time by where the last one ended."""
    project = project_for(request, slug, Role.ADMIN)
    form = HistoryForm(request.GET, actors=history.actors(project, request.user))
    wanted = form.wanted
    last = form.cleaned_data.get("before")
    found = history.before(history.events(project, request.user, **wanted), last)
    shown = list(found[: PAGE + 1])
    return render(
        request,
        "annotations/history/page.html",
        {
            "project": project,
            "form": form,
            "told": history.in_words(project, shown[:PAGE]),
            "wanted": wanted,
            "query": f"{urlencode(wanted)}&" if wanted else "",
            "is_continued": last is not None,
            "older": shown[PAGE - 1].uuid if len(shown) > PAGE else None,
        },
    )


@require_safe
def file(request, slug):
    """The same as a table, all of it, oldest first."""
    project = project_for(request, slug, Role.ADMIN)
    form = HistoryForm(request.GET, actors=history.actors(project, request.user))
    found = history.events(project, request.user, **form.wanted).order_by("at", "pk")
    # What is written to it is what it returns.
    rows = csv.writer(SimpleNamespace(write=lambda line: line))
    return StreamingHttpResponse(
        (rows.writerow(map(guarded, cells)) for cells in history.table(project, found)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{project.slug}-history.csv"'},
    )
