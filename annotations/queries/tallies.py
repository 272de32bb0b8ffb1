"""Sums over the lines that stand for rows."""

from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce


def sum_of_batch(lines: QuerySet[Any], what: str) -> Coalesce:
    """Return the sum of ``what`` over the lines of one batch, as a value of a query on batches."""
    summed = lines.values("batch").annotate(n=Sum(what)).values("n")
    return Coalesce(Subquery(summed, output_field=IntegerField()), 0)
