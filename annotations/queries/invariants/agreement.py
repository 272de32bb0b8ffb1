"""What agreement figures are summed from is what was coded."""

from collections.abc import Iterator

from annotations.algorithms.agreement import Counted, as_text, counted, measured
from annotations.models import AgreementRow
from annotations.models.span_columns import IN_COLUMNS
from annotations.queries.agreement_evidence import evidence
from annotations.queries.invariants.asking import found

CHUNK = 500


def marks_are_those_of_the_spans() -> Iterator[str]:
    """What figures read beside the spans of submissions and gold is what stands in the spans."""
    for table in ("annotations_submission", "annotations_gold"):
        # All of it stands here and beside the models.
        yield from found(f"""
            SELECT '{table} ' || id FROM {table}
            WHERE marks <> {IN_COLUMNS.format(spans="spans")} ORDER BY id
        """)  # noqa: S608


def agreement_rows_are_what_was_coded() -> Iterator[str]:
    """A row that rests on all that happened to its task is what measuring again gives."""
    rows = AgreementRow.objects.measured().exclude(pk__in=AgreementRow.objects.outdated())
    pks = list(rows.order_by("task").values_list("pk", flat=True))
    for first in range(0, len(pks), CHUNK):
        portion = AgreementRow.objects.filter(pk__in=pks[first : first + CHUNK])
        kept = {row.task_id: row for row in portion.select_related("task")}
        for one in counted(measured(evidence(list(kept)))):
            row = kept[one.task]
            # What came while we looked has counted the version up.
            same = AgreementRow.objects.filter(pk=row.pk, version=row.measured_version)
            if _stored(row) != one and same.exists():
                yield f"task {row.task.uuid}"


def _stored(row: AgreementRow) -> Counted:
    counts, later = (
        None if packed is None else bytes(packed) for packed in (row.counts, row.later_counts)
    )
    coded_at = as_text(row.coded_at) if row.coded_at else None
    return Counted(row.task_id, coded_at, counts or b"", later)
