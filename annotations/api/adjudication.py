from functools import cached_property

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status, viewsets
from rest_framework.response import Response

from annotations.actions import adjudication
from annotations.api.base import StrictQuery, StrictSerializer, TextSerializer, takes_nothing
from annotations.api.coding import AttributeSerializer, LinkSerializer
from annotations.api.documents import (
    AdjudicationDocument,
    RuledDocument,
    SpanAddedDocument,
    StandDocument,
)
from annotations.models import Task
from annotations.permissions import can_rule
from annotations.queries import disputes

HIGHEST = 2**31 - 1
BASE_VERSION = OpenApiParameter("base_version", OpenApiTypes.INT, required=True)


class VersionSerializer(StrictSerializer):
    """The version of the task that a ruling was made on."""

    base_version = serializers.IntegerField(min_value=0, max_value=HIGHEST)


class VersionInAddressSerializer(VersionSerializer, TextSerializer):
    """The same, where it stands in the address of a DELETE."""


class AddedSpanSerializer(VersionSerializer):
    label = serializers.CharField(max_length=60, trim_whitespace=False)
    start = serializers.IntegerField(min_value=0, max_value=HIGHEST)
    end = serializers.IntegerField(min_value=0, max_value=HIGHEST)
    attributes = AttributeSerializer(many=True, required=False)
    note = serializers.CharField(max_length=10_000, allow_blank=True, required=False)


class EditedSpanSerializer(StrictSerializer):
    """A span as everywhere in the API; id, rev and quote may be left out."""

    id = serializers.CharField(max_length=100, required=False)
    rev = serializers.IntegerField(required=False)
    label = serializers.CharField(max_length=60, trim_whitespace=False)
    start = serializers.IntegerField(min_value=0, max_value=HIGHEST)
    end = serializers.IntegerField(min_value=0, max_value=HIGHEST)
    quote = serializers.CharField(required=False, trim_whitespace=False)
    attributes = AttributeSerializer(many=True, required=False)
    links = LinkSerializer(many=True, required=False)
    note = serializers.CharField(max_length=10_000, allow_blank=True, required=False)


class RulingSerializer(VersionSerializer):
    outcome = serializers.ChoiceField([outcome.value for outcome in adjudication.RULINGS])
    coder = serializers.CharField(max_length=200, required=False, allow_null=True)
    spans = EditedSpanSerializer(many=True, required=False, max_length=1_000)
    reason = serializers.CharField(max_length=2_000, allow_blank=True, required=False)
    note = serializers.CharField(max_length=10_000, allow_blank=True, required=False)
    rule = serializers.CharField(max_length=40, allow_blank=True, required=False)
    confidence = serializers.IntegerField(
        min_value=0, max_value=100, required=False, allow_null=True
    )


class TakeSerializer(StrictSerializer):
    take_over = serializers.BooleanField(default=False)


class ReturnSerializer(StrictSerializer):
    coder = serializers.CharField(max_length=200)
    note = serializers.CharField(max_length=10_000, allow_blank=True, default="")


class OnTask(StrictQuery, viewsets.GenericViewSet):
    """What every call on one task's adjudication has: the task, and the right to rule on it."""

    queryset = Task.objects.none()

    @cached_property
    def task(self):
        visible = Task.objects.visible_to(self.request.user)
        return get_object_or_404(
            visible.select_related("batch__project", "article"), uuid=self.kwargs["uuid"]
        )

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if self.action and not can_rule(request.user, self.task):
            raise exceptions.PermissionDenied

    def taken(self, serializer_class, data):
        sent = serializer_class(data=data)
        sent.is_valid(raise_exception=True)
        return sent.validated_data

    @property
    def ruling(self):
        """What every action takes."""
        return {"task": self.task, "by": self.request.user, "at": timezone.now()}

    def answer(self, card=None, **more):
        task = Task.objects.select_related("batch__project", "article").get(pk=self.task.pk)
        body = {"version": task.version, "state": task.state, **more}
        if card is not None:
            body["card"] = disputes.card_as_shown(task, card)
        return body


class AdjudicationViewSet(OnTask):
    """One task as its adjudicator sees it, and the rulings on it.

    Every ruling names the version it was made on. One that comes too late is
    answered 409 and kept as a draft.
    """

    serializer_class = RulingSerializer
    parameters = {"reopen_card": {"base_version"}, "take_back_span": {"base_version"}}

    @extend_schema(responses=AdjudicationDocument)
    def retrieve(self, request, uuid):
        """Read one task as its adjudicator sees it. Coders appear as letters."""
        return Response(disputes.document(self.task))

    @extend_schema(responses=RuledDocument)
    def rule(self, request, uuid, card):
        """Rule on a card. A ruling on an outdated version is 409, and kept as a draft."""
        said = self.taken(RulingSerializer, request.data)
        ruled = adjudication.rule(card_id=card, **self.ruling, **said)
        return Response(self.answer(ruled))

    @extend_schema(parameters=[BASE_VERSION], responses=RuledDocument)
    def reopen_card(self, request, uuid, card):
        """Take back the ruling on a card. That is a recorded decision of its own."""
        said = self.taken(VersionInAddressSerializer, request.query_params.dict())
        opened = adjudication.reopen_card(card_id=card, **self.ruling, **said)
        return Response(self.answer(opened))

    @extend_schema(request=AddedSpanSerializer, responses={201: SpanAddedDocument})
    def add_span(self, request, uuid):
        """Add a gold span that nobody coded."""
        said = self.taken(AddedSpanSerializer, request.data)
        row = adjudication.add_span(**self.ruling, **said)
        span = disputes.span_as_shown(self.task, row)
        return Response(self.answer(span=span), status=status.HTTP_201_CREATED)

    @extend_schema(parameters=[BASE_VERSION], responses=StandDocument)
    def take_back_span(self, request, uuid, span):
        """Take back an added span."""
        said = self.taken(VersionInAddressSerializer, request.query_params.dict())
        adjudication.take_back_span(span_id=str(span), **self.ruling, **said)
        return Response(self.answer())

    @extend_schema(request=TakeSerializer, responses=StandDocument)
    def take(self, request, uuid):
        """Say that you are at this task. 409 while somebody else is, unless you take it over."""
        said = self.taken(TakeSerializer, request.data)
        adjudication.take(task=self.task, by=request.user, is_over_another=said["take_over"])
        return Response(self.answer())

    @extend_schema(request=None, responses=StandDocument)
    @takes_nothing
    def finish(self, request, uuid):
        """Finish a task. Refused while a card is open; a finished one stays as it is."""
        adjudication.finish(**self.ruling)
        return Response(self.answer())

    @extend_schema(request=None, responses=StandDocument)
    @takes_nothing
    def reopen(self, request, uuid):
        """Reopen a finished task, so that it can be ruled on again."""
        adjudication.reopen(**self.ruling)
        return Response(self.answer())

    @extend_schema(request=ReturnSerializer, responses=StandDocument)
    def return_work(self, request, uuid):
        """Return a coder's work to its coder, with a note."""
        said = self.taken(ReturnSerializer, request.data)
        adjudication.return_work(**self.ruling, **said)
        return Response(self.answer())
