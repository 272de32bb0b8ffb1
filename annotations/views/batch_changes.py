"""What an admin does with a batch under way: each verb first says what it would do."""

from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.actions import batch_changes, flags, reminders
from annotations.exceptions import Refused
from annotations.forms.asking import AskingForm
from annotations.models import Assignment, Batch
from annotations.queries import asking, codebook, progress, reassignment
from annotations.views.lookup import batch_for

#: The articles that one can choose from by hand.
CHOICES = 200

LONGEST = 2000

ask_or_do = require_http_methods(["GET", "HEAD", "POST"])


@ask_or_do
def reassign(request, uuid):
    """Give one coder's unsubmitted work to another, and say what had to stay."""
    batch = batch_for(request, uuid, is_open_book=request.method != "POST")
    if request.method != "POST":
        names = {
            "givers": reassignment.coders_with_work(batch),
            "takers": reassignment.coders_to_take_over(batch),
        }
        return _fragment(request, "_batch_reassign", batch, **names)
    try:
        handover = batch_changes.reassign(
            batch=batch,
            from_coder=_said(request, "from"),
            to_coder=_said(request, "to"),
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        _say_reasons(request, refusal.errors)
    else:
        moved = len(handover.movable)
        text = ngettext("%(count)s article moved.", "%(count)s articles moved.", moved)
        messages.success(request, text % {"count": moved})
        _say_reasons(request, handover.refusals)
    return redirect("annotations:batch", uuid)


@ask_or_do
def release(request, uuid):
    """Take away what a coder has not handed in, all of it or what is ticked."""
    batch = batch_for(request, uuid, is_open_book=request.method != "POST")
    if request.method != "POST":
        names = reassignment.coders_with_work(batch)
        coder = request.GET.get("coder", "")
        work = reassignment.unfinished_of(batch, coder) if coder in names else None
        chosen = {
            "names": names,
            "coder": coder,
            "choices": work[:CHOICES] if work else [],
            "count": work.count() if work else 0,
        }
        return _fragment(request, "_batch_release", batch, **chosen)
    is_all = request.POST.get("what") == "all"
    try:
        count = batch_changes.release(
            batch=batch,
            coder=_said(request, "coder") if is_all else "",
            assignments=[] if is_all else _uuids(request.POST.getlist("assignments")),
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        text = ngettext(
            "%(count)s article taken away. What was saved is kept.",
            "%(count)s articles taken away. What was saved is kept.",
            count,
        )
        messages.success(request, text % {"count": count})
    return redirect("annotations:batch", uuid)


@require_POST
def give_back(request, uuid):
    """Undo that work was taken away."""
    work = _work(request, uuid)
    try:
        batch_changes.give_back(assignment=work, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s has it again.") % {"name": work.coder.name})
    return redirect("annotations:work", uuid)


@ask_or_do
def ask_another(request, uuid):
    """Have one more coder code what the first ones disagree on."""
    batch = batch_for(request, uuid, is_open_book=request.method != "POST")
    form = _asking_form(batch, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _fragment(request, "_batch_another", batch, form=form, **_asked(batch, form))
    if not form.is_valid():
        for error in [error for errors in form.errors.values() for error in errors]:
            messages.error(request, error)
        return redirect("annotations:batch", uuid)
    try:
        plan = batch_changes.ask_another(
            batch=batch, by=request.user, at=timezone.now(), **form.cleaned_data
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        count = len(plan.given)
        text = ngettext(
            "Another coder is asked for %(count)s article.",
            "Another coder is asked for %(count)s articles.",
            count,
        )
        messages.success(request, text % {"count": count})
    return redirect("annotations:batch", uuid)


@require_safe
def batch_another_plan(request, uuid):
    """Whom the form beside it would ask for how many articles; nothing is written."""
    batch = batch_for(request, uuid, is_open_book=True)
    form = _asking_form(batch, request.GET)
    return _fragment(request, "_batch_another_plan", batch, **_asked(batch, form))


@require_POST
def ask_no_more(request, uuid):
    """Go on without those who were asked later."""
    batch = batch_for(request, uuid)
    try:
        count = batch_changes.ask_no_more(batch=batch, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        text = ngettext(
            "%(count)s article goes on to adjudication.",
            "%(count)s articles go on to adjudication.",
            count,
        )
        messages.success(request, text % {"count": count})
    return redirect("annotations:batch", uuid)


@ask_or_do
def remind(request, uuid):
    """Remind those who are ticked, or all who are behind."""
    batch = batch_for(request, uuid, is_open_book=request.method != "POST")
    if request.method != "POST":
        found = progress.of(batch, timezone.now())
        at_work = [coder for coder in found.coders if coder.unfinished and not coder.is_external]
        behind = {coder.coder: why for coder, why in found.behind}
        rows = [(coder, behind.get(coder.coder, "")) for coder in at_work]
        rows.sort(key=lambda row: not row[1])
        return _fragment(request, "_batch_remind", batch, rows=rows)
    coders = [name for name in request.POST.getlist("coders") if "\0" not in name]
    try:
        made = reminders.remind(
            batch=batch,
            coders=coders,
            text=_said(request, "text")[:LONGEST],
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        names = ", ".join(reminder.member.name for reminder in made)
        messages.success(request, _("Reminded: %(names)s.") % {"names": names})
    return redirect("annotations:batch", uuid)


@ask_or_do
def close(request, uuid):
    """Wait for nobody any longer."""
    batch = batch_for(request, uuid, is_open_book=request.method != "POST")
    if request.method != "POST":
        closing = reassignment.on_closing(batch)
        return _fragment(request, "_batch_close", batch, closing=closing)
    try:
        batch_changes.close(batch=batch, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The batch is closed."))
    return redirect("annotations:batch", uuid)


@require_POST
def answer_flag(request, uuid):
    """Say something to a coder's flag, or that it was seen."""
    work = _work(request, uuid)
    note = _said(request, "note")[:LONGEST].strip()
    try:
        flags.answer(assignment=work, note=note, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = (
            _("%(name)s will read your answer.") if note else _("%(name)s sees that it was read.")
        )
        messages.success(request, said % {"name": work.coder.name})
    return redirect("annotations:batch", work.task.batch.uuid)


def _fragment(request, name: str, batch: Batch, **context):
    """Render the form of a dialog, which asks for it when it opens."""
    return render(
        request,
        f"annotations/batches/{name}.html",
        {"project": batch.project, "batch": batch, **context},
    )


def _work(request, uuid) -> Assignment:
    """Find work that the person runs; an admin's own is no more theirs than anybody's."""
    run = Batch.objects.visible_to(request.user)
    visible = Assignment.objects.visible_to(request.user).filter(task__batch__in=run)
    return get_object_or_404(
        visible.select_related("task__batch__project", "coder__user"), uuid=uuid
    )


def _said(request, name: str) -> str:
    """Return what a field of the form says, without what no text can hold."""
    return request.POST.get(name, "").replace("\0", "")


def _uuids(given: list[str]) -> list[UUID]:
    """Return the ids that are ids."""
    found = []
    for text in given:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _asking_form(batch: Batch, data) -> AskingForm:
    labels = codebook.definitions(codebook.current(batch.project))
    return AskingForm(
        data,
        coders=reassignment.able_to_code(batch),
        labels=[label for label in labels if not label.is_retired],
    )


def _asked(batch: Batch, form: AskingForm) -> dict:
    """What the form would ask for; before it is filled in, how many articles are disputed."""
    if not form.is_valid():
        return {"disputed": asking.disputed(batch).count()}
    given = form.cleaned_data
    tasks = asking.disputed(batch, given["at_least"], given["labels"])
    rows = list(tasks.select_related("article").defer("article__text"))
    return {
        "disputed": len(rows),
        "plan": asking.plan(batch, rows, asking.coders(batch, given["coders"])),
    }


def _say_reasons(request, errors: list[dict]) -> None:
    """Say each reason once, with how often it stood in the way."""
    reasons = Counter(error["detail"] for error in errors if "article" in error)
    for reason, count in reasons.items():
        text = ngettext("%(count)s article stayed.", "%(count)s articles stayed.", count)
        messages.warning(request, f"{text % {'count': count}} {reason}")
