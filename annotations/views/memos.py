"""Questions of coders and the answers to them."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.actions import memos as actions
from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.forms.memos import AnswerForm, AskForm, SearchForm
from annotations.models import Memo, Question
from annotations.permissions import can_change, can_propose
from annotations.queries import codebook, coding, memos
from annotations.views.coding import own_assignment
from annotations.views.lookup import project_for

PER_PAGE = 50
WAITING_SHOWN = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request, uuid):
    """Ask the admin about words of one's own article, and see what was asked before."""
    assignment = own_assignment(request.user, uuid)
    article = assignment.task.article
    labels = [
        (one.label.key, one.name)
        for one in codebook.definitions(assignment.codebook)
        if not one.is_retired
    ]
    form = AskForm(
        request.POST if request.method == "POST" else None,
        article=article.text,
        spans=coding.spans(assignment),
        labels=labels,
    )
    if form.is_valid():
        try:
            actions.ask(
                assignment=assignment,
                text=form.cleaned_data["text"],
                by=request.user,
                at=timezone.now(),
                **form.cleaned_data["about"],
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The admin finds your question. No other coder does."))
            return redirect("annotations:coding", uuid)
    return render(
        request,
        "annotations/memos/ask.html",
        {
            "project": assignment.task.batch.project,
            "assignment": assignment,
            "article": article,
            "form": form,
            "earlier": memos.of_work(assignment),
        },
        status=422 if form.errors else 200,
    )


@require_safe
def page(request, slug):
    """What was answered, to be searched; for admins, what waits for an answer, too."""
    project = project_for(request, slug, Role.CODER, Role.ADJUDICATOR, Role.ADMIN)
    form = SearchForm(request.GET)
    form.is_valid()
    words = form.cleaned_data.get("q", "")
    found = memos.search(project, request.user, words)
    rows = list(memos.after(found, form.cleaned_data.get("after"))[: PER_PAGE + 1])
    answers = rows[:PER_PAGE]
    may_answer = can_change(request.user, project)
    waiting = list(memos.waiting(project, request.user)[:WAITING_SHOWN]) if may_answer else []
    memos.chips(project, [*waiting, *(memo.question for memo in answers)])
    return render(
        request,
        "annotations/memos/page.html",
        {
            "project": project,
            "form": form,
            "words": words,
            "query": f"{urlencode({'q': words})}&" if words else "",
            "answers": answers,
            "last": rows[PER_PAGE - 1].uuid if len(rows) > PER_PAGE else None,
            "waiting": [(question, _answer_form(question)) for question in waiting],
            "may_answer": may_answer,
            "may_propose": can_propose(request.user, project),
        },
    )


@require_POST
def answer(request, uuid):
    """Answer a question; what is missing is said on a page of its own."""
    question = get_object_or_404(
        Question.objects.visible_to(request.user).select_related(
            "label", "assignment__task__article", "assignment__task__batch__project"
        ),
        uuid=uuid,
    )
    project = project_for(request, question.assignment.task.batch.project.slug, Role.ADMIN)
    form = AnswerForm(request.POST, auto_id=f"{question.uuid}-%s")
    if form.is_valid():
        try:
            actions.answer(
                question=question,
                asked=form.cleaned_data["asked"],
                answer=form.cleaned_data["answer"],
                is_for_all=form.cleaned_data["readers"] == "all",
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The answer is there to be read."))
        return redirect("annotations:questions", project.slug)
    memos.chips(project, [question])
    context = {"project": project, "question": question, "form": form}
    return render(request, "annotations/memos/answer.html", context, status=422)


@require_POST
def take_back(request, uuid):
    """Take an answer back; its question waits again."""
    memo = get_object_or_404(
        Memo.objects.visible_to(request.user).select_related("project", "question"), uuid=uuid
    )
    project_for(request, memo.project.slug, Role.ADMIN)
    try:
        actions.take_back(memo=memo, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The answer is taken back. Its question waits again."))
    return redirect("annotations:questions", memo.project.slug)


def _answer_form(question):
    return AnswerForm(initial={"asked": question.text}, auto_id=f"{question.uuid}-%s")
