import json
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from annotations.actions import articles, cleaning
from annotations.enums import Role, ZoneKind
from annotations.exceptions import Refused
from annotations.forms.cleaning import CleaningForm, LinesForm
from annotations.models import Article, CleaningJob, CleaningRule, Project
from annotations.permissions import can_administer
from annotations.queries import cleaning as queries
from annotations.queries.articles import is_settled
from annotations.views.lookup import project_for

_OUTLETS = 200


@require_http_methods(["GET", "HEAD", "POST"])
def page(request, slug):
    """Rules as they are ticked, what they would do, and one article before and after."""
    project = project_for(request, slug, Role.ADMIN)
    given = request.POST if request.method == "POST" else request.GET
    data = given if "tried" in given else _stored(project, given)
    form = CleaningForm(data)
    rules: list[CleaningRule] = []
    if form.is_valid():
        outlet = form.cleaned_data["outlet"]
        try:
            rules = cleaning.checked(
                project, outlet=outlet, off=form.off, patterns=form.pattern_list
            )
            if request.POST.get("do") == "apply":
                _clean(request, project, form)
                kept = {"import": form.cleaned_data["import"] or "", "outlet": outlet}
                return redirect(f"{reverse('annotations:clean', args=[slug])}?{urlencode(kept)}")
        except Refused as refusal:
            form.add_error("patterns", str(refusal))
    return _shown(request, project, form, rules)


@require_POST
def correct_lines(request, uuid):
    """Give lines of one article other zones."""
    visible = Article.objects.visible_to(request.user).select_related("project")
    article = get_object_or_404(visible, uuid=uuid)
    if not can_administer(request.user, article.project):
        raise PermissionDenied
    form = LinesForm(request.POST)
    try:
        if form.is_valid():
            shown = form.cleaned_data["zones"]
            zones = queries.with_lines(article.text, shown, form.chosen)
            articles.correct(article=article, by=request.user, at=timezone.now(), zones=zones)
            messages.success(request, _("The zones of this article are yours now."))
        else:
            messages.error(request, _("These are no zones of the article."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    query = urlencode({"article": article.uuid})
    return redirect(f"{reverse('annotations:clean', args=[article.project.slug])}?{query}")


def _stored(project: Project, given) -> dict:
    """Return the form's values for the rules that are in force."""
    outlet = given.get("outlet", "")
    rules = queries.RuleBook(project).of(outlet)
    own = project.cleaning_rules.filter(outlet=outlet, is_on=True).exclude(pattern="")
    names = [name for name in queries.zones.RULES if name not in rules.off]
    return {
        "outlet": outlet,
        "import": given.get("import", ""),
        "only": given.get("only", ""),
        "furniture": [name for name in names if name in queries.zones.FURNITURE_RULES],
        "parts": [name for name in names if name in queries.zones.PART_RULES],
        "patterns": "\n".join(
            rule.pattern if rule.kind == ZoneKind.BOILERPLATE else f"{rule.kind}: {rule.pattern}"
            for rule in own.order_by("pk")
        ),
    }


def _clean(request, project: Project, form: CleaningForm) -> None:
    scope, value = form.scope
    cleaning.clean(
        project=project,
        by=request.user,
        at=timezone.now(),
        off=form.off,
        patterns=form.pattern_list,
        outlet=form.cleaned_data["outlet"],
        scope=scope,
        scope_value=value,
    )
    messages.success(request, _("The rules are set, and are being applied."))


def _shown(request, project: Project, form: CleaningForm, rules: list[CleaningRule]):
    is_valid = form.is_valid()
    scope, value = form.scope if is_valid else ("all", "")
    outlet = form.cleaned_data.get("outlet", "")
    others = project.cleaning_rules.exclude(outlet=outlet).order_by("pk")
    book = queries.RuleBook(project, [*others, *rules] if is_valid else None)
    found = queries.in_scope(project, scope, value)
    start = _article_in(found, request.GET.get("article", ""))
    preview = queries.walk(
        found,
        book,
        request.user,
        start=start,
        step=request.GET.get("go", "") if start else "",
        only=form.cleaned_data.get("only", ""),
    )
    context = {"project": project, "form": form, "preview": preview, "kinds": ZoneKind.choices}
    if preview is not None:
        context["lines"] = queries.lines(preview.article.text, preview.zones)
        context["zones_json"] = json.dumps(preview.zones)
        context["story"] = preview.story
        context["is_settled"] = is_settled(preview.article, request.user)
        context["lost"] = round(100 * preview.lost)
    if request.htmx and request.htmx.target == "clean-article":
        return render(request, "annotations/cleaning/_clean_article.html", context)
    effect = queries.measure(found, book, request.user)
    context |= {
        "effect": effect,
        "counts": [
            (box, effect.by_rule[box.data["value"]])
            for name in ("furniture", "parts")
            for box in form[name]
        ],
        "outlets": _outlets(project),
        "last_job": CleaningJob.objects.filter(project=project).order_by("-pk").first(),
        "losing": ngettext(
            "%(count)s article loses more than 30 %%",
            "%(count)s articles lose more than 30 %%",
            effect.losing_much,
        )
        % {"count": effect.losing_much},
    }
    status = 200 if is_valid and not form.errors else 422
    return render(request, "annotations/cleaning/page.html", context, status=status)


def _article_in(found: QuerySet[Article], uuid: str) -> Article | None:
    try:
        return found.filter(uuid=UUID(uuid)).first()
    except ValueError:
        return None


def _outlets(project: Project) -> list[str]:
    named = Article.objects.published().filter(project=project, meta__outlet__isnull=False)
    names = named.order_by("meta__outlet").values_list("meta__outlet", flat=True).distinct()
    return [name for name in names[:_OUTLETS] if isinstance(name, str) and name]
