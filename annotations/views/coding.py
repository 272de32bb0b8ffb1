"""The annotation page."""

import json
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from annotations.algorithms import keys
from annotations.enums import AssignmentState
from annotations.forms.appearance import density_of
from annotations.models import Assignment, User
from annotations.queries import codebook, coding, feedback, flags, memberships, memos, time_at_work
from annotations.queries import reading as readings


@login_required
@require_GET
def page(request, uuid):
    """Show one's own work on an article. It is started by the first step, not by looking."""
    assignment = own_assignment(request.user, uuid)
    article, batch = assignment.task.article, assignment.task.batch
    labels = codebook.definitions(assignment.codebook)
    context = {
        "assignment": assignment,
        "article": article,
        "batch": batch,
        "project": batch.project,
        "labels": [label for label in labels if not label.is_retired],
        "definitions": labels,
        "answer": flags.answer_to(assignment),
        "memos": memos.answered(assignment),
        "membership": memberships.news(assignment),
        "paragraphs": coding.paragraphs(article),
        "progress": coding.progress(assignment),
        "facts": facts(assignment),
        "is_ruled_otherwise": is_ruled_otherwise(request.user, assignment),
        "time": time_at_work.on(Assignment.objects.filter(pk=assignment.pk)),
        "density": density_of(request.user, request.COOKIES.get("density")),
        "has_first_steps": has_first_steps(request.user, assignment),
        **preferences(request.user),
    }
    return render(request, "annotations/coding/page.html", context)


@login_required
@require_GET
def reading(request, uuid):
    """Show one's own work to be read or printed: nothing on it moves or can be changed."""
    assignment = own_assignment(request.user, uuid)
    spans = readings.own_spans(assignment)
    context = {
        "assignment": assignment,
        "article": assignment.task.article,
        "batch": assignment.task.batch,
        "project": assignment.task.batch.project,
        "spans": spans,
        "lines": readings.marked_lines(assignment.task.article, spans),
        "legend": readings.legend(spans),
        "facts": facts(assignment),
        "is_ruled_otherwise": is_ruled_otherwise(request.user, assignment),
    }
    return render(request, "annotations/coding/reading.html", context)


def preferences(user: User) -> dict[str, Any]:
    """Return how ``user`` works, for the page's modules and for its list of keys."""
    held = user.coding_preferences
    chosen = held.get("keys", {})
    letters = {name.replace("-", "_"): key for name, key in keys.letters_of(chosen).items()}
    wanted = {
        "hasLetters": held.get("has_letters", True),
        "aliases": keys.aliases(chosen),
    }
    return {
        "preferences": json.dumps(wanted),
        "has_letters": wanted["hasLetters"],
        "is_standard": held.get("caret") == "standard",
        "letters": letters,
    }


def has_first_steps(user: User, assignment: Assignment) -> bool:
    """Say whether ``user`` is still to be led through the keys, and may try them here.

    Who has handed an article in knows them, and is led again only if asked for.
    """
    held = user.coding_preferences
    is_wanted = held.get("first_steps")
    if assignment.state == AssignmentState.SUBMITTED or not held.get("has_letters", True):
        return False
    if is_wanted is not None:
        return is_wanted
    return not Assignment.objects.of(user).filter(state=AssignmentState.SUBMITTED).exists()


def own_assignment(user: User, uuid: UUID) -> Assignment:
    if own := coding.own_work(user, uuid):
        return own[0]
    raise Http404


def is_ruled_otherwise(user: User, assignment: Assignment) -> bool:
    """Say whether the coder can read where gold differs from this work."""
    if assignment.state != AssignmentState.SUBMITTED:
        return False
    return feedback.ruled_otherwise(user).filter(pk=assignment.pk).exists()


def facts(assignment: Assignment) -> list[str]:
    """Return what stands under the headline: where the article is from, what it is coded by."""
    due = assignment.task.batch.due
    found = readings.facts(assignment.task.article)
    found.append(_("codebook %(version)s") % {"version": assignment.codebook})
    if due:
        found.append(_("due %(date)s") % {"date": date_format(due, "D j M")})
    return found
