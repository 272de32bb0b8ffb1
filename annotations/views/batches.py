"""The batches of a project, and what each of them has come to."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from annotations.actions import looks
from annotations.enums import Role
from annotations.forms.matrix import MatrixForm
from annotations.models import Article, Assignment, Batch, SourceFile
from annotations.permissions import can_rule, has_role
from annotations.queries import (
    agreement,
    agreement_charts,
    checks,
    flags,
    late_work,
    matrix,
    memos,
    pace,
    progress,
    training,
)
from annotations.queries.agreement import Scope
from annotations.queries.progress import Progress
from annotations.views.lookup import batch_for, page_number, project_for

PAGE = 20
STEPS_SHOWN = 50


@require_safe
def index(request, slug):
    """The project's batches: what is due first and open first, and who is behind."""
    project = project_for(request, slug, Role.ADMIN)
    visible = Batch.objects.visible_to(request.user).filter(project=project)
    found = progress.in_order(progress.with_progress(visible, request.user))
    first = SourceFile.objects.filter(import_job=OuterRef("import_job")).order_by("position")
    page = Paginator(found.annotate(file=Subquery(first.values("name")[:1])), PAGE).get_page(
        request.GET.get("page")
    )
    behind = progress.behind([b for b in page.object_list if b.is_open_book], timezone.now())
    for batch in page.object_list:
        batch.behind = behind.get(batch.pk, [])
    return render(
        request,
        "annotations/batches/list.html",
        {
            "project": project,
            "page": page,
            "today": timezone.localdate(),
            "has_articles": Article.objects.published().filter(project=project).exists(),
        },
    )


@require_safe
def detail(request, uuid):
    """One batch: what it is, how far, who has what, what coders ask, and what can be done."""
    batch = batch_for(request, uuid)
    context = {"project": batch.project, "batch": batch, "today": timezone.localdate()}
    if batch.is_open_book:
        shown = _progress(request, batch)
        found = shown["progress"]
        context |= {
            **shown,
            **_matrix(request, batch, found),
            "asked": memos.waiting(batch.project, request.user)
            .filter(assignment__task__batch=batch)
            .count(),
            "late": late_work.of(Assignment.objects.filter(task__batch=batch)),
            **(_trainees(batch) if batch.is_training else _agreement(request, batch)),
            "checked": checks.of_batch(batch, request.user) if found.checks else [],
        }
    return render(request, "annotations/batches/detail.html", context)


@require_safe
def batch_progress(request, uuid):
    """How far the batch is, redrawn while coders work."""
    batch = batch_for(request, uuid)
    context = {"project": batch.project, "batch": batch, "today": timezone.localdate()}
    if batch.is_open_book:
        context |= _progress(request, batch)
    return render(request, "annotations/batches/_batch_progress.html", context)


@require_safe
def batch_matrix(request, uuid):
    """Another window of the coverage matrix."""
    batch = batch_for(request, uuid, is_open_book=True)
    found = progress.of(batch, timezone.now())
    context = {"project": batch.project, "batch": batch, "progress": found}
    return render(
        request,
        "annotations/batches/_batch_matrix.html",
        context | _matrix(request, batch, found),
    )


@require_safe
def work(request, uuid):
    """One coder's work on one article, as an admin may see it: how far, what happened to it."""
    visible = Assignment.objects.visible_to(request.user).select_related(
        "task__article", "task__batch__project", "coder__user"
    )
    assignment = get_object_or_404(visible, uuid=uuid)
    batch = batch_for(request, assignment.task.batch.uuid, is_open_book=True)
    looks.note(work=[assignment], by=request.user, at=timezone.now())
    return render(
        request,
        "annotations/batches/work.html",
        {
            "project": batch.project,
            "batch": batch,
            "assignment": assignment,
            "answers": assignment.flag_answers.select_related("answered_by").order_by("-pk"),
            "steps": assignment.ops.order_by("-pk")[:STEPS_SHOWN],
            "late": late_work.of(Assignment.objects.filter(pk=assignment.pk)),
            "can_rule": can_rule(request.user, assignment.task),
        },
    )


def _matrix(request, batch: Batch, found: Progress) -> dict:
    """The window of columns that the address asks for; what it asks for wrongly is passed over."""
    form = MatrixForm(request.GET, coders=found.coders)
    wanted = form.filter
    count = matrix.width(len(found.coders))
    number = page_number(request.GET.get("page"))
    tasks = matrix.tasks(batch, wanted)
    of = matrix.number(found, wanted)
    if of is None:
        of = tasks.count()
    cells = matrix.window(tasks, (number - 1) * count, count)
    if not cells.columns and number > 1:
        number, cells = 1, matrix.window(tasks, 0, count)
    coders = found.coders
    if wanted.coder is not None or len(coders) > matrix.ROWS:
        coders = [coder for coder in coders if coder.coder in cells.rows]
    if wanted.coder is not None:
        # Hers first, then those who share an article with her.
        coders.sort(key=lambda coder: coder.coder != wanted.coder)
    spent = pace.minutes(batch)
    nothing = [None] * len(cells.columns)
    return {
        "form": form,
        "query": form.query,
        "page": Paginator(range(of), count).get_page(number),
        "columns": cells.columns,
        "need": found.wanted - found.submitted,
        "is_crowded": wanted.coder is None and len(found.coders) > matrix.ROWS,
        "rows": [
            (coder, spent.get(coder.coder), cells.rows.get(coder.coder, nothing))
            for coder in coders
        ],
    }


def _agreement(request, batch: Batch) -> dict:
    report = agreement.as_contract(Scope(batch.project, [batch]), request.user)
    return {
        "report": report,
        "heat": agreement_charts.heat_map(report),
        "agreement_query": urlencode({"batch": batch.uuid}) + "&",
    }


def _trainees(batch: Batch) -> dict:
    return {"trainees": training.trainees(batch)}


def _progress(request, batch: Batch) -> dict:
    return {
        "progress": progress.of(batch, timezone.now()),
        "may_rule": has_role(request.user, batch.project, Role.ADJUDICATOR),
        **_flags(batch),
    }


def _flags(batch: Batch) -> dict:
    shown = list(flags.waiting(batch)[: flags.SHOWN])
    return {"flags": shown, "flag_count": shown[0].of if shown else 0}
