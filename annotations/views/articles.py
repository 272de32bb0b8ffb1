from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from annotations.actions import articles, metadata
from annotations.enums import MetaSource, Role
from annotations.exceptions import Refused
from annotations.forms.articles import DescriptionForm, SearchForm, WithdrawalForm
from annotations.models import Article, Batch, Cluster, Task
from annotations.permissions import can_administer
from annotations.queries import reading
from annotations.queries.articles import BEGINNING, released_since_withdrawal, search
from annotations.views.lookup import project_for

PAGE = 50


@require_safe
def index(request, slug):
    """The project's articles; a search redraws the list only."""
    project = project_for(request, slug, Role.ADMIN, Role.ADJUDICATOR)
    form = SearchForm(request.GET)
    wanted = form.wanted
    own = Task.objects.kept().filter(article=OuterRef("pk")).order_by().values("article")
    batches = Subquery(own.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    told = Article.objects.published().filter(cluster=OuterRef("cluster")).order_by()
    versions = Subquery(
        told.values("cluster").annotate(n=Count("pk")).values("n"), output_field=IntegerField()
    )
    found = search(project, request.user, **wanted).annotate(
        batches=Coalesce(batches, 0), versions=Coalesce(versions, 0), beginning=BEGINNING
    )
    page = Paginator(found.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    template = "_article_list" if request.htmx else "list"
    return render(
        request,
        f"annotations/articles/{template}.html",
        {
            "project": project,
            "form": form,
            "description": DescriptionForm(),
            "page": page,
            "query": f"{urlencode(wanted)}&" if wanted else "",
            "wanted": wanted,
            "can_administer": can_administer(request.user, project),
        },
    )


@require_safe
def detail(request, uuid):
    """One article, as it is and where it came from."""
    article = _article(request, uuid)
    is_admin = can_administer(request.user, article.project)
    batches = Batch.objects.visible_to(request.user).filter(tasks__article=article)
    return render(
        request,
        "annotations/articles/detail.html",
        {
            "project": article.project,
            "article": article,
            "lines": reading.lines(article),
            "meta": _meta_of(article),
            "batches": batches.order_by("created_at") if is_admin else [],
            "can_administer": is_admin,
            "can_see_cluster": Cluster.objects.visible_to(request.user)
            .filter(pk=article.cluster_id)
            .exists(),
            "can_restore": is_admin
            and article.withdrawn_at is not None
            and not released_since_withdrawal(article),
        },
    )


@require_POST
def withdraw(request, uuid):
    article = _article(request, uuid)
    if not can_administer(request.user, article.project):
        raise PermissionDenied
    form = WithdrawalForm(request.POST)
    try:
        articles.withdraw(
            article=article,
            reason=form.cleaned_data["reason"] if form.is_valid() else "",
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The article will be in no future release."))
    return redirect("annotations:article", uuid)


@require_POST
def restore(request, uuid):
    article = _article(request, uuid)
    if not can_administer(request.user, article.project):
        raise PermissionDenied
    try:
        articles.restore(article=article, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The article is back: releases take it in again."))
    return redirect("annotations:article", uuid)


@require_POST
def describe(request, slug):
    """Correct metadata of all articles that the search finds."""
    project = project_for(request, slug, Role.ADMIN)
    wanted = SearchForm(request.POST).wanted
    form = DescriptionForm(request.POST)
    try:
        if form.is_valid():
            changed, kept = metadata.describe(
                project=project,
                found=search(project, request.user, **wanted),
                by=request.user,
                at=timezone.now(),
                values=form.values,
                swap_day_and_month=form.is_swap,
            )
            messages.success(request, _corrected(changed, kept))
        else:
            messages.error(request, _("That can’t be a value."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    address = reverse("annotations:articles", args=[slug])
    # The outlet that was looked for may be another one now.
    still = {name: value for name, value in wanted.items() if name != form.data.get("field")}
    return redirect(f"{address}?{urlencode(still)}")


def _corrected(changed: int, kept: int) -> str:
    said = ngettext("%(n)s article corrected.", "%(n)s articles corrected.", changed)
    if not kept:
        return said % {"n": changed}
    stay = ngettext(
        "%(n)s stays as it is: work on it may have been handed in.",
        "%(n)s stay as they are: work on them may have been handed in.",
        kept,
    )
    return f"{said % {'n': changed}} {stay % {'n': kept}}"


def _meta_of(article: Article) -> list[tuple[str, object, str]]:
    """Return each value with its name and where it comes from; the title's source stands too."""
    sources = {name: MetaSource(code).label for name, code in article.meta_sources.items()}
    return sorted((name, value, sources.get(name, "")) for name, value in article.meta.items())


def _article(request, uuid) -> Article:
    visible = Article.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("project", "cluster", "source", "import_job"), uuid=uuid
    )
