from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotations.actions import cluster_corrections
from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.forms.clusters import ClusterSearchForm, CorrectionForm, LookForm
from annotations.models import Cluster
from annotations.permissions import can_correct_clusters
from annotations.queries import clusters as queries
from annotations.queries.articles import search
from annotations.views.lookup import project_for

PAGE = 50
_FOUND = 10


@require_safe
def index(request, slug):
    """The stories of which there are versions; a search redraws the list only."""
    project = project_for(request, slug, Role.ADMIN, Role.ADJUDICATOR)
    form = ClusterSearchForm(request.GET)
    q = form.cleaned_data["q"] if form.is_valid() else ""
    found = queries.listed(project, request.user, q).order_by("-pk")
    return render(
        request,
        f"annotations/clusters/{'_cluster_list' if request.htmx else 'list'}.html",
        {
            "project": project,
            "form": form,
            "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
            "query": f"{urlencode({'q': q})}&" if q else "",
            "q": q,
        },
    )


@require_safe
def detail(request, uuid):
    """The versions of one story, two of them side by side with what differs."""
    cluster = _cluster(request, uuid)
    form = LookForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    versions = queries.versions(cluster, wanted.get("base"))
    base = next((one for one in versions if one.is_base), None)
    others = [one for one in versions if not one.is_base]
    other = next((v for v in others if v.article.uuid == wanted.get("version")), None)
    other = other or next(iter(others), None)
    can_correct = can_correct_clusters(request.user, cluster.project)
    find = wanted.get("find") if can_correct else ""
    found = search(cluster.project, request.user, q=find).exclude(cluster=cluster) if find else []
    return render(
        request,
        "annotations/clusters/detail.html",
        {
            "project": cluster.project,
            "cluster": cluster,
            "form": form,
            "versions": versions,
            "base": base,
            "other": other,
            "comparison": queries.compare(base.article, other.article) if other else None,
            "can_correct": can_correct,
            "last": cluster_corrections.last_correction(cluster) if can_correct else None,
            "find": find,
            "found": found.order_by("-pk")[:_FOUND] if find else [],
        },
    )


@require_POST
def correct(request, uuid):
    cluster = _cluster(request, uuid)
    form = CorrectionForm(request.POST)
    try:
        if not form.is_valid():
            messages.error(request, _("Choose articles that this can be done with."))
        else:
            _correct(cluster, form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(
                request, _("Corrected. This cluster is yours now: it stays as it is.")
            )
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("annotations:cluster", uuid)


@require_POST
def undo(request, uuid):
    cluster = _cluster(request, uuid)
    try:
        cluster_corrections.undo(cluster=cluster, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The last correction is taken back."))
    return redirect("annotations:cluster", uuid)


def _correct(cluster, given, **signed) -> None:
    if given["do"] == "merge":
        cluster_corrections.merge(cluster=cluster, other=given["other"], **signed)
    else:
        verb = getattr(cluster_corrections, given["do"])
        verb(cluster=cluster, articles=given["article"], **signed)


def _cluster(request, uuid) -> Cluster:
    visible = Cluster.objects.visible_to(request.user).select_related("project")
    return get_object_or_404(visible, uuid=uuid)
