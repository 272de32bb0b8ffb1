from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.actions import codebook_draft as actions
from annotations.enums import Change, Role
from annotations.exceptions import Refused
from annotations.forms.codebook import (
    LabelFormSet,
    PublishForm,
    RuleFormSet,
    rearranged,
    rules_of,
)
from annotations.forms.codebook_file import CodebookFileForm
from annotations.queries import codebook_changes, codebook_draft, codebook_review
from annotations.views.codebook_changes import shown
from annotations.views.lookup import page_number, project_for


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, slug):
    """The next version as a form; “Add” and “Move” only change the form, and keep nothing."""
    project = project_for(request, slug, Role.ADMIN)
    data = rearranged(request.POST) if request.method == "POST" else None
    edition = _edited(project, data)
    head = PublishForm(data, initial=_head_of(edition))
    labels = LabelFormSet(data, prefix="labels", edition=edition)
    rules = RuleFormSet(data, prefix="rules", initial=edition.content["rules"])
    forms = (head, labels, rules)
    is_sent = data is not None and not {"add", "move"} & set(request.POST)
    is_wrong = is_sent and not all(form.is_valid() for form in forms)
    faults = []
    if is_sent and not is_wrong:
        step = actions.save if "save" in request.POST else actions.publish
        try:
            done = step(
                project=project,
                seen=edition,
                labels=labels.labels,
                rules=rules_of(rules),
                change=head.cleaned_data["change"],
                note=head.cleaned_data["note"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            is_wrong = True
            faults = labels.show(refusal)
        else:
            return _told(request, slug, is_draft="save" in request.POST, version=done)
    return render(
        request,
        "annotations/codebook/edit.html",
        {
            "project": project,
            "edition": edition,
            "head": head,
            "labels": labels,
            "rules": rules,
            "faults": faults,
            "is_wrong": is_wrong,
            "added": request.POST.get("add", ""),
            "file_form": CodebookFileForm(),
            "moved": request.POST.get("move", ""),
        },
        status=422 if is_wrong else 200,
    )


@require_safe
def changes(request, slug):
    """What the draft says otherwise than the published version."""
    project = project_for(request, slug, Role.ADMIN)
    edition = codebook_draft.latest(project)
    found = codebook_changes.of_contents(edition.published, edition.content)
    return render(
        request,
        "annotations/codebook/draft.html",
        {
            "project": project,
            "edition": edition,
            "changes": shown(found),
            "counts": codebook_review.counts(codebook_review.of_draft(edition, request.user)),
        },
    )


@require_POST
def discard(request, slug):
    """Take the draft away."""
    project = project_for(request, slug, Role.ADMIN)
    try:
        actions.discard(project=project, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("The draft is discarded. The published codebook is as it was.")
        messages.success(request, said)
    return redirect("annotations:codebook", slug)


@require_POST
def from_file(request, slug):
    """Make a file the draft; who has changed the form meanwhile finds both together."""
    project = project_for(request, slug, Role.ADMIN)
    form = CodebookFileForm(request.POST, request.FILES)
    if not form.is_valid():
        for error in form.errors["file"]:
            messages.error(request, error)
        return redirect("annotations:codebook-edit", slug)
    edition = codebook_draft.latest(project)
    head = _head_of(edition)
    try:
        actions.save(
            project=project,
            seen=edition,
            labels=form.cleaned_data["file"]["labels"],
            rules=form.cleaned_data["file"]["rules"],
            change=head["change"],
            note=head["note"],
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        for said in [error["detail"] for error in refusal.errors] or [str(refusal)]:
            messages.error(request, said)
        return redirect("annotations:codebook-edit", slug)
    return redirect("annotations:codebook-draft", slug)


def _edited(project, data):
    """Return the edition that the form was made from, so that its parts meet their labels."""
    if data is None:
        return codebook_draft.latest(project)
    version = page_number(data.get("version"))
    draft = page_number(data.get("draft")) if data.get("draft") != "0" else 0
    return codebook_draft.as_it_was(project, version, draft)


def _head_of(edition):
    version, draft = edition.numbers
    known = edition.draft
    return {
        "version": version,
        "draft": draft,
        "change": known.change if known else Change.MINOR,
        "note": known.note if known else "",
    }


def _told(request, slug, *, is_draft, version):
    if is_draft:
        messages.success(request, _("The draft is saved. Nobody works by it until you publish."))
        return redirect("annotations:codebook-edit", slug)
    if version is None:
        said = _(
            "Nothing is published yet: somebody else saved or published meanwhile. Their changes "
            "and yours are now together in this draft. Look at it, then publish again."
        )
        messages.warning(request, said)
        return redirect("annotations:codebook-draft", slug)
    said = _("Version %(number)s is published.") % {"number": version.number}
    messages.success(request, said)
    if version.change == Change.MEANING:
        scope = codebook_review.since(version.project, request.user)
        if codebook_review.counts(scope):
            return redirect("annotations:codebook-review", slug)
    return redirect("annotations:codebook", slug)
