"""What was coded by an earlier meaning: where it is, and what becomes of it."""

from functools import partial

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from annotations.actions import codebook_review as actions
from annotations.actions import looks
from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.forms.codebook_review import ReviewFilterForm, ReviewForm
from annotations.queries import codebook, codebook_review
from annotations.queries.codebook_review import Standing
from annotations.views.lookup import project_for

PER_PAGE = 50
SPANS_SHOWN = 8


@require_http_methods(["GET", "HEAD", "POST"])
def page(request, slug):
    """List the spans that mean something else today; a POST asks first, then acts."""
    project = project_for(request, slug, Role.ADMIN)
    scope = codebook_review.since(project, request.user)
    counts = codebook_review.counts(scope)
    version = codebook.current(project)
    chips = {one.label.key: one for one in codebook.definitions(version)}
    touched = [chip for key, chip in chips.items() if key in scope.keys]
    labels = [(chip.label.key, chip.name) for chip in touched]
    filters = ReviewFilterForm(request.GET, counts=counts, labels=labels)
    label, batch, standing = filters.wanted_label, filters.wanted_batch, filters.wanted_standing
    narrowed = scope.only(label) if label else scope
    found = codebook_review.rows(narrowed, standing, batch)
    context = {"project": project, "version": version, "filters": filters, "standing": standing}
    if request.method == "POST":
        form = ReviewForm(request.POST)
        choice = actions.Choice(form.chosen, label, batch)
        if form.is_valid() and form.cleaned_data["is_confirmed"]:
            _act(request, project, standing, choice, form.cleaned_data["note"])
            return redirect("annotations:codebook-review", slug)
        wanted = found if choice.chosen is None else found.filter(uuid__in=choice.chosen)
        if count := min(wanted.count(), actions.MOST):
            context |= {"form": form, "choice": choice, "count": count}
            return render(request, "annotations/codebook/review_asked.html", context)
        messages.error(request, _("Tick what is to be reviewed."))
    rows = list(codebook_review.after(found, filters.cleaned_data.get("after"))[: PER_PAGE + 1])
    if standing != Standing.GOLD:
        looks.note(work=rows[:PER_PAGE], by=request.user, at=timezone.now())
    for row in rows:
        row.spans_shown = [_shown(span, chips) for span in row.touched[:SPANS_SHOWN]]
        row.unseen = len(row.touched) - len(row.spans_shown)
    return render(
        request,
        "annotations/codebook/review.html",
        context
        | {
            "counts": counts,
            "chips": touched,
            "standings": [
                (one, one.label, sum(batch.pieces[one] for batch in counts)) for one in Standing
            ],
            "rows": rows[:PER_PAGE],
            "last": rows[PER_PAGE - 1].uuid if len(rows) > PER_PAGE else None,
        },
    )


def _shown(span, chips):
    """Return the chip and the words of a span, or of a gold span as gold has it."""
    if isinstance(span, dict):
        return chips[span["label"]], span["quote"]
    return chips[span.label.key], span.quote


def _act(request, project, standing, choice, note):
    step = {
        Standing.PROGRESS: actions.go_on,
        Standing.SUBMITTED: partial(actions.give_back, note=note),
        Standing.GOLD: actions.rule_again,
    }[standing]
    try:
        reached = step(project=project, choice=choice, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return
    if reached.count:
        messages.success(request, _told(standing, reached.count))
    if reached.stayed:
        text = ngettext(
            "%(count)s article stayed: its coder can’t be reached here.",
            "%(count)s articles stayed: their coders can’t be reached here.",
            reached.stayed,
        )
        messages.warning(request, text % {"count": reached.stayed})


def _told(standing, count):
    text = {
        Standing.PROGRESS: ngettext(
            "%(count)s article goes on by today’s codebook.",
            "%(count)s articles go on by today’s codebook.",
            count,
        ),
        Standing.SUBMITTED: ngettext(
            "%(count)s article went back to its coder.",
            "%(count)s articles went back to their coders.",
            count,
        ),
        Standing.GOLD: ngettext(
            "%(count)s article is open to rulings again.",
            "%(count)s articles are open to rulings again.",
            count,
        ),
    }[standing]
    return text % {"count": count}
