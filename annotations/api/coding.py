from functools import cached_property

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, viewsets
from rest_framework.response import Response

from annotations.actions import coding as actions
from annotations.actions import looks
from annotations.api.base import StrictQuery, StrictSerializer, takes_nothing
from annotations.api.documents import (
    AssignmentDocument,
    HandedInDocument,
    ReleasedDocument,
    SavedDocument,
)
from annotations.api.errors import problem
from annotations.enums import OpType
from annotations.models import Assignment, RecoveredDraft, SpanOp
from annotations.permissions import can_administer
from annotations.queries import coding

HIGHEST = 2**31 - 1
HIGHEST_SEQ = 2**63 - 1


class AttributeSerializer(StrictSerializer):
    name = serializers.CharField(max_length=100)
    value = serializers.CharField(max_length=2_000, allow_blank=True, trim_whitespace=False)


class LinkSerializer(StrictSerializer):
    name = serializers.CharField(max_length=100)
    target = serializers.UUIDField()

    def to_internal_value(self, data):
        link = super().to_internal_value(data)
        return {"name": link["name"], "target": str(link["target"])}


class SourceSerializer(StrictSerializer):
    """Which suggestion is meant."""

    origin = serializers.CharField(max_length=200, allow_blank=True, trim_whitespace=False)
    suggestion = serializers.UUIDField()

    def to_internal_value(self, data):
        source = super().to_internal_value(data)
        return {"origin": source["origin"], "suggestion": str(source["suggestion"])}


class OpSerializer(StrictSerializer):
    """The shape of one step; whether it can be done is said in its result."""

    op_id = serializers.UUIDField()
    seq = serializers.IntegerField(min_value=0, max_value=HIGHEST_SEQ)
    type = serializers.ChoiceField(OpType.choices)
    span_id = serializers.UUIDField(required=False)
    base_rev = serializers.IntegerField(
        min_value=0, max_value=HIGHEST, required=False, allow_null=True
    )
    label = serializers.CharField(max_length=60, required=False, trim_whitespace=False)
    start = serializers.IntegerField(min_value=-HIGHEST, max_value=HIGHEST, required=False)
    end = serializers.IntegerField(min_value=-HIGHEST, max_value=HIGHEST, required=False)
    quote = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    attributes = AttributeSerializer(many=True, required=False, max_length=100)
    links = LinkSerializer(many=True, required=False, max_length=100)
    note = serializers.CharField(
        max_length=10_000, required=False, allow_blank=True, trim_whitespace=False
    )
    reason = serializers.CharField(max_length=2_000, required=False, allow_blank=True)
    source = SourceSerializer(required=False)
    client_time = serializers.CharField(max_length=40, required=False)


class OpsSerializer(StrictSerializer):
    client_id = serializers.CharField(max_length=64)
    since = serializers.IntegerField(min_value=0, max_value=HIGHEST)
    text_sha256 = serializers.CharField(max_length=64)
    codebook_version = serializers.IntegerField(min_value=0, max_value=HIGHEST)
    ops = OpSerializer(many=True, max_length=200)


class SubmissionSerializer(StrictSerializer):
    submission_id = serializers.UUIDField()
    doc_rev = serializers.IntegerField(min_value=0, max_value=HIGHEST)
    span_count = serializers.IntegerField(min_value=0, max_value=HIGHEST, required=False)


#: Made once: a serializer copies its fields each time it is made, which takes it longer than to
#: look at what was sent. Looking leaves nothing behind in it.
OPS = OpsSerializer()
SUBMISSION = SubmissionSerializer()


class HistorySerializer(serializers.ModelSerializer):
    span_id = serializers.UUIDField(source="span_uuid")

    class Meta:
        model = SpanOp
        fields = [
            "op_id",
            "seq",
            "type",
            "span_id",
            "status",
            "rev",
            "client_id",
            "body",
            "received_at",
        ]


class DraftSerializer(serializers.ModelSerializer):
    id = serializers.UUIDField(source="uuid")

    class Meta:
        model = RecoveredDraft
        fields = ["id", "reason", "ops", "received_at"]


def as_document(assignment: Assignment) -> Response:
    """Answer with everything that coding needs."""
    return Response(coding.document(assignment), headers={"ETag": f'"{assignment.doc_rev}"'})


class AssignmentViewSet(StrictQuery, viewsets.GenericViewSet):
    """One coder's copy of an article: what it holds, each step of coding, handing it in."""

    serializer_class = OpsSerializer
    queryset = Assignment.objects.none()
    parameters = {"history": {"cursor", "page_size"}, "drafts": {"cursor", "page_size"}}
    #: What is for the coder alone; the rest is for admins too.
    own = {"retrieve", "ops", "submit"}

    @cached_property
    def own_work(self):
        """The work, if it is the caller's own: nearly always, and then found by one query."""
        return next(iter(coding.own_work(self.request.user, self.kwargs["uuid"])), None)

    @cached_property
    def assignment(self):
        if self.own_work is not None:
            return self.own_work
        visible = Assignment.objects.visible_to(self.request.user)
        related = visible.select_related("task__batch__project", "coder")
        return get_object_or_404(related, uuid=self.kwargs["uuid"])

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        # To save takes a lock, under which the same is asked.
        if self.action not in {None, "ops"}:
            self.refuse_others()

    def refuse_others(self):
        """Answer 404 to who can't see the work, and 403 to an admin where it is the coder's."""
        if self.own_work is not None:
            return
        project = self.assignment.task.batch.project
        if self.action in self.own or not can_administer(self.request.user, project):
            raise exceptions.PermissionDenied

    @extend_schema(responses=AssignmentDocument)
    def retrieve(self, request, uuid):
        """Read everything that coding one article needs."""
        return as_document(self.assignment)

    @extend_schema(responses=SavedDocument)
    def ops(self, request, uuid):
        """Save steps of coding, and learn what other windows did."""
        try:
            sent = OPS.run_validation(request.data)
            # The pinned version decides; which one the client had is no reason to refuse.
            del sent["codebook_version"]
            answer = actions.apply_ops(work=uuid, by=request.user, at=timezone.now(), **sent)
        except (actions.MayNotCode, exceptions.APIException):
            self.refuse_others()
            raise
        return Response(answer)

    @extend_schema(request=SubmissionSerializer, responses=HandedInDocument)
    def submit(self, request, uuid):
        """Hand in the work. What stands in the way is listed under ``problems``."""
        try:
            following = actions.submit(
                assignment=self.assignment,
                by=request.user,
                at=timezone.now(),
                **SUBMISSION.run_validation(request.data),
            )
        except actions.NotReady as refusal:
            response = problem(refusal.status, refusal.code, str(refusal))
            response.data["problems"] = refusal.errors
            return response
        return Response({"next": following.uuid if following else None})

    @extend_schema(request=None, responses=ReleasedDocument)
    @takes_nothing
    def release(self, request, uuid):
        """Take the work away from its coder. It is kept."""
        released = actions.release(assignment=self.assignment, by=request.user, at=timezone.now())
        return Response({"id": released.uuid, "state": released.state})

    @extend_schema(responses=HistorySerializer(many=True))
    def history(self, request, uuid):
        """List every step of coding, newest first. Others' looks at it are recorded."""
        self.note_look()
        return self.page_of(self.assignment.ops.all(), HistorySerializer, "-pk")

    @extend_schema(responses=DraftSerializer(many=True))
    def drafts(self, request, uuid):
        """List what was sent too late to be saved, newest first. Others' looks are recorded."""
        self.note_look()
        return self.page_of(self.assignment.drafts.all(), DraftSerializer, "-pk")

    def note_look(self):
        if self.own_work is None:
            looks.note(work=[self.assignment], by=self.request.user, at=timezone.now())

    def page_of(self, rows, serializer_class, *ordering):
        self.ordering = ordering
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(serializer_class(page, many=True).data)
