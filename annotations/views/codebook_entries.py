"""From a ruling or an answer to the codebook's draft, and from a rule to its rulings."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from annotations.actions import codebook_draft
from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.forms.codebook_entries import EntryForm
from annotations.forms.refusals import show
from annotations.models import Memo, Task
from annotations.permissions import can_administer, can_propose, can_rule
from annotations.queries import codebook, codebook_entries, disputes
from annotations.views.lookup import page_number, project_for

PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def of_ruling(request, uuid, card):
    """The form that makes an example or a rule of a card's ruling, and that it was made."""
    visible = Task.objects.visible_to(request.user).select_related("article", "batch__project")
    task = get_object_or_404(visible, uuid=uuid)
    project = task.batch.project
    if not can_rule(request.user, task) or not can_propose(request.user, project):
        raise PermissionDenied
    found = get_object_or_404(task.cards.select_related("decision"), card_id=card)
    decision = found.decision
    proposal = None
    if decision is not None:
        decision.task = task
        proposal = codebook_entries.proposal(project, decision)
    return _form(request, project, decision, proposal)


@require_http_methods(["GET", "HEAD", "POST"])
def of_answer(request, uuid):
    """The same form for what was answered to all coders."""
    related = ("project", "question__label", "question__assignment__task__article")
    memos = Memo.objects.visible_to(request.user).filter(is_for_all=True)
    memo = get_object_or_404(memos.select_related(*related), uuid=uuid)
    if not can_propose(request.user, memo.project):
        raise PermissionDenied
    proposal = codebook_entries.proposal_of_answer(memo)
    return _form(request, memo.project, memo, proposal)


def _form(request, project, origin, proposal):
    """Show the form, or what came of it; without a ``proposal`` there is nothing to show."""
    context = {"project": project}
    if proposal is None:
        return render(request, "annotations/codebook/_entry_form.html", context)
    data = request.POST if request.method == "POST" else None
    form = EntryForm(data, proposal=proposal)
    if form.is_valid():
        try:
            made = _made(form.cleaned_data, origin, request.user)
        except Refused as refusal:
            show(refusal, form)
        else:
            context |= {"made": made, "is_admin": can_administer(request.user, project)}
            return render(request, "annotations/codebook/_entry_form.html", context)
    context |= {"form": form, "earlier": codebook_entries.made_of(origin)}
    return render(request, "annotations/codebook/_entry_form.html", context)


@require_safe
def rulings(request, slug):
    """The rulings that cite a rule of the codebook, for those who may know of them."""
    project = project_for(request, slug, Role.ADMIN, Role.ADJUDICATOR)
    number = request.GET.get("rule", "")
    latest = codebook.current(project)
    rule = next((one for one in latest.rules if one["id"] == number), None)
    if rule is None:
        raise Http404
    cards = codebook_entries.citing(project, request.user, number)
    page = Paginator(cards, PER_PAGE).get_page(page_number(request.GET.get("page")))
    tasks = {card.task_id for card in page.object_list}
    own = disputes.open_to_rule(project, request.user).filter(pk__in=tasks)
    open_to_me = set(own.values_list("pk", flat=True))
    for card in page.object_list:
        card.around = codebook_entries.around(card)
        card.may_open = card.task_id in open_to_me
    return render(
        request,
        "annotations/codebook/rulings.html",
        {
            "project": project,
            "rule": rule,
            "page": page,
            "cards": page.object_list,
            "query": f"{urlencode({'rule': number})}&",
        },
    )


def _made(given, origin, user):
    """Put what the form says into the draft."""
    now = timezone.now()
    if given["kind"] == "rule":
        return codebook_draft.add_rule(
            origin=origin,
            number=given["number"].strip(),
            text=given["text"].strip(),
            by=user,
            at=now,
        )
    return codebook_draft.add_example(
        origin=origin,
        label=given["label"],
        text=given["example"].strip(),
        note=given["note"].strip(),
        is_not=given["kind"] == "not",
        by=user,
        at=now,
    )
