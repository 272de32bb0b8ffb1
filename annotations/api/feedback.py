from collections.abc import Mapping, Sequence
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from annotations.api.base import InProject
from annotations.api.documents import BatchName, SpanDocument
from annotations.enums import Role
from annotations.models import Assignment
from annotations.permissions import member_of
from annotations.queries import feedback
from annotations.queries.differences import Difference, Ruling

KINDS = ["rejected", "missed", "attribute", "label", "boundary", "split", "mixed"]


class RulingDocument(serializers.Serializer):
    """What an adjudicator said; ``by`` is null unless the project shows names."""

    reason = serializers.CharField()
    note = serializers.CharField()
    rule = serializers.CharField()
    by = serializers.CharField(allow_null=True)


class OwnDifferenceDocument(serializers.Serializer):
    """A place in which one's own version and gold differ, and what was said of it."""

    kind = serializers.ChoiceField(KINDS)
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    own = SpanDocument(many=True)
    gold = SpanDocument(many=True)
    rulings = RulingDocument(many=True)


class ArticleName(serializers.Serializer):
    id = serializers.UUIDField()
    key = serializers.CharField()
    title = serializers.CharField()


class ToldDocument(serializers.Serializer):
    """One's own work on an article, where gold differs from it; ``new`` until it is read."""

    assignment = serializers.UUIDField()
    article = ArticleName()
    batch = BatchName()
    adjudicated_at = serializers.DateTimeField()
    new = serializers.BooleanField()
    differences = OwnDifferenceDocument(many=True)


class WeekDocument(serializers.Serializer):
    """A week's articles against gold: ``own`` and ``gold`` spans, and how many are ``alike``."""

    week = serializers.DateField()
    articles = serializers.IntegerField()
    own = serializers.IntegerField()
    gold = serializers.IntegerField()
    alike = serializers.IntegerField()
    strict_f1 = serializers.DictField()


class WeeksDocument(serializers.Serializer):
    weeks = WeekDocument(many=True)


@extend_schema_view(
    list=extend_schema(
        summary="Read where gold differs from one's own work", responses=ToldDocument(many=True)
    )
)
class FeedbackViewSet(InProject, viewsets.GenericViewSet):
    """What came of the caller's own work. Never another coder's."""

    serializer_class = ToldDocument
    queryset = Assignment.objects.none()
    roles = {"*": (Role.CODER,)}
    ordering = ("-task__adjudicated_at", "-pk")

    def list(self, request, slug):
        """Newest first, once all the caller's work in the batch is adjudicated."""
        work = feedback.ruled_otherwise(request.user, self.project)
        related = work.select_related("task__article", "task__batch", "coder")
        page = self.paginate_queryset(related)
        return self.get_paginated_response(
            [as_document(one) for one in feedback.told(self.project, page)]
        )

    @extend_schema(responses=WeeksDocument)
    def agreement(self, request, slug):
        """Read how far one's own work agreed with gold, week by week."""
        member = member_of(request.user, self.project)
        names = WeekDocument().fields
        weeks = feedback.weeks(member, request.user)
        return Response({"weeks": [{name: week[name] for name in names} for week in weeks]})


def as_document(told: feedback.Told) -> dict[str, Any]:
    assignment = told.assignment
    article, batch = assignment.task.article, assignment.task.batch
    return {
        "assignment": assignment.uuid,
        "article": {"id": article.uuid, "key": article.key, "title": article.title},
        "batch": {"id": batch.uuid, "name": batch.name},
        "adjudicated_at": assignment.task.adjudicated_at,
        "new": told.is_new,
        "differences": differences(told.differences),
    }


def differences(found: Sequence[Difference]) -> list[dict[str, Any]]:
    """Return places in which one's own version and gold differ, in the API's words."""
    return [
        {
            "kind": one.place.kind,
            "start": one.place.start,
            "end": one.place.end,
            "own": [_span(row) for row in one.place.own],
            "gold": [_span(row) for row in one.place.gold],
            "rulings": [_ruling(said) for said in one.rulings],
        }
        for one in found
    ]


def _span(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "start", "end", "label", "quote", "attributes", "links")
    span = {name: row[name] for name in names}
    return span | {"rev": row.get("rev", 1), "note": row.get("note", "")}


def _ruling(said: Ruling) -> dict[str, Any]:
    ruling = {name: getattr(said, name) for name in ("reason", "note", "rule")}
    return ruling | {"by": said.by or None}
