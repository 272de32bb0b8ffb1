"""The pages of releases."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Min
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.permissions import can_publish
from annotations.queries import codebook
from annotations.views.lookup import project_for
from exports import (
    comparison,
    difference_document,
    difference_in_words,
    losses,
    omissions,
    progress,
    queries,
)
from exports.actions import comparing, releases
from exports.forms import DifferenceForm, ReleaseForm, RetractionForm
from exports.models import PUBLISHED, Release

PAGE = 20
KINDS = (
    (None, gettext_lazy("All")),
    ("added", gettext_lazy("Came")),
    ("removed", gettext_lazy("Went")),
    ("changed", gettext_lazy("Changed")),
)


def _release(request, uuid):
    visible = Release.objects.visible_to(request.user).select_related("project")
    return get_object_or_404(visible, uuid=uuid)


def _by_label(counts, definitions):
    """Return definition, key and counts of each label, in the order of the codebook."""
    keys = codebook.in_codebook_order(counts, definitions)
    return [(definitions.get(key), key, counts[key]) for key in keys]


def _definitions(project):
    return {row.label.key: row for row in codebook.current_definitions(project)}


@require_safe
def release_list(request, slug):
    project = project_for(request, slug, Role.ADMIN, Role.RESEARCHER)
    visible = Release.objects.visible_to(request.user).filter(project=project)
    page = Paginator(visible.prefetch_related("files").order_by("-number"), PAGE).get_page(
        request.GET.get("page")
    )
    published = visible.with_files()
    return render(
        request,
        "exports/releases/list.html",
        {
            "project": project,
            "page": page,
            "first": published.aggregate(number=Min("number"))["number"],
            "can_publish": can_publish(request.user, project),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def release_new(request, slug):
    project = project_for(request, slug, Role.ADMIN)
    form = ReleaseForm(request.POST or None, project=project)
    if request.method == "POST" and form.is_valid():
        try:
            release = releases.request(
                project=project,
                name=form.cleaned_data["name"],
                recipe=form.recipe,
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            form.add_faults(
                refusal.errors or [{"field": "", "code": refusal.code, "detail": str(refusal)}]
            )
        else:
            return redirect("exports:release", release.uuid)
    return render(request, "exports/releases/new.html", {"project": project, "form": form})


@require_safe
def release_preview(request, slug):
    project = project_for(request, slug, Role.ADMIN)
    given = request.GET.copy()
    given["name"] = "not needed for counting"
    form = ReleaseForm(given, project=project)
    counts = omitted = None
    why = _("Something above is not right yet.")
    if form.is_valid():
        faults = form.recipe.faults()
        why = faults[0]["detail"] if faults else ""
        try:
            releases.refuse_closed_batches(project=project, recipe=form.recipe, by=request.user)
        except Refused as refusal:
            why = str(refusal)
    if not why:
        counts = queries.preview(project, form.recipe)
        omitted = omissions.sentences(omissions.omitted(project, form.recipe))
    return render(
        request,
        "exports/releases/_release_preview.html",
        {"project": project, "counts": counts, "omitted": omitted, "why": why},
    )


@require_safe
def release_detail(request, uuid):
    release = _release(request, uuid)
    return render(
        request,
        "exports/releases/detail.html",
        {
            "project": release.project,
            "release": release,
            "files": release.files.order_by("name"),
            "labels": _by_label(
                release.manifest.get("counts", {}).get("spans_by_label", {}),
                _definitions(release.project),
            ),
            "losses": losses.told(release.manifest.get("losses", {})),
            "omitted": omissions.sentences(release.manifest.get("omitted", {})),
            "can_publish": can_publish(request.user, release.project),
            "is_published": release.state in PUBLISHED,
            "earlier": comparison.one_before(release, request.user),
            "origin": request.build_absolute_uri("/")[:-1],
        },
    )


@require_safe
def release_difference(request, uuid):
    """The page at once; what differs is found while somebody waits for it."""
    release = _release(request, uuid)
    context = {"project": release.project, "release": release}
    try:
        since = comparison.chosen(release, _asked(request).get("since"), request.user)
    except comparison.CannotCompare as refusal:
        context["why"] = str(refusal)
    else:
        context |= {"since": since, "others": comparison.others(release, request.user)}
    return render(request, "exports/releases/difference.html", context)


@require_safe
def release_changes(request, uuid):
    release = _release(request, uuid)
    asked = _asked(request)
    try:
        since = comparison.chosen(release, asked.get("since"), request.user)
    except comparison.CannotCompare as refusal:
        raise Http404 from refusal
    found = comparing.look_up(since=since, release=release)
    context = {"release": release, "since": since, "difference": found}
    if found.counts is None:
        return render(request, "exports/releases/_release_comparing.html", context)
    show, after = asked.get("show"), asked.get("after", 0)
    changes = comparison.changes(found, kind=show, after=after, size=PAGE + 1)
    chips = _definitions(release.project)
    context |= {
        "labels": _by_label(found.counts["spans_by_label"], chips),
        "codebooks": difference_document.codebooks(since.manifest, release.manifest),
        "changes": [
            difference_in_words.tell(difference_document.read(change), chips)
            for change in changes[:PAGE]
        ],
        "kinds": KINDS,
        "show": show,
        "is_continued": bool(after),
        "next": changes[PAGE - 1].number if len(changes) > PAGE else None,
    }
    return render(request, "exports/releases/_release_changes.html", context)


def _asked(request):
    return DifferenceForm(request.GET).asked


@require_safe
def release_progress(request, uuid):
    release = _release(request, uuid)
    now = timezone.now()
    seen = progress.Seen.from_query(request.GET, release) or progress.Seen.of(release, now)
    response = render(
        request,
        "exports/releases/_release_progress.html",
        {
            "release": release,
            "seen": seen,
            "minutes_left": seen.minutes_left(release, now),
            "can_publish": can_publish(request.user, release.project),
        },
    )
    if not release.is_unfinished:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def release_cancel(request, uuid):
    return _changed(request, _release(request, uuid), releases.cancel)


@require_POST
def release_retry(request, uuid):
    return _changed(request, _release(request, uuid), releases.retry)


@require_POST
def release_retract(request, uuid):
    form = RetractionForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return _changed(request, _release(request, uuid), releases.retract, reason=reason)


def _changed(request, release, change, **given):
    """Change a release and go back to its page, which says so if that was refused."""
    try:
        change(release=release, by=request.user, at=timezone.now(), **given)
    except Refused as refusal:
        if refusal.status == 403:
            raise PermissionDenied from refusal
        messages.error(request, str(refusal))
    return redirect("exports:release", release.uuid)
