from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from annotations.actions import training as actions
from annotations.api.base import InProject, StrictQuery, StrictSerializer, takes_nothing
from annotations.api.documents import ReleasedDocument
from annotations.api.feedback import OwnDifferenceDocument, differences
from annotations.enums import Role
from annotations.exceptions import Refused
from annotations.models import Admission, Assignment, Member
from annotations.queries import training


class NotHandedIn(Refused):
    """Gold is shown once the training article is handed in."""

    code = "not_handed_in"


class AttemptDocument(serializers.Serializer):
    """One handing in: ``own`` and ``gold`` spans, how many are ``alike``, and strict F1."""

    number = serializers.IntegerField()
    own = serializers.IntegerField()
    gold = serializers.IntegerField()
    alike = serializers.IntegerField()
    strict_f1 = serializers.FloatField(source="f1", allow_null=True)
    submitted_at = serializers.DateTimeField(source="submission.submitted_at")


class ComparisonDocument(serializers.Serializer):
    """A training article beside its gold; ``differences`` are those of the last attempt."""

    attempts = AttemptDocument(many=True)
    differences = OwnDifferenceDocument(many=True)


class TrainingViewSet(StrictQuery, viewsets.GenericViewSet):
    """One's own training article: what differs from gold, and trying again."""

    serializer_class = ComparisonDocument
    queryset = Assignment.objects.none()

    @property
    def own(self):
        own = Assignment.objects.of(self.request.user).select_related(
            "task__article", "task__batch__project", "task__known_gold", "coder"
        )
        return get_object_or_404(own, uuid=self.kwargs["uuid"])

    @extend_schema(summary="Compare one's own training article with gold")
    def comparison(self, request, uuid):
        """Where the last version handed in differs from gold, and why; what each came to."""
        own = self.own
        if not own.task.batch.is_training:
            raise Http404
        result = training.result(own)
        if result is None:
            raise NotHandedIn(_("Hand the article in first."))
        attempts = AttemptDocument(result.attempts, many=True).data
        return Response({"attempts": attempts, "differences": differences(result.differences)})

    @extend_schema(
        summary="Try a training article again", request=None, responses=ReleasedDocument
    )
    @takes_nothing
    def try_again(self, request, uuid):
        """Open one's own training article once more, with the spans as they were."""
        held = actions.try_again(assignment=self.own, by=request.user, at=timezone.now())
        return Response({"id": held.uuid, "state": held.state})


class WhySerializer(StrictSerializer):
    note = serializers.CharField(max_length=2_000)


class AdmissionDocument(serializers.Serializer):
    note = serializers.CharField()
    by = serializers.CharField(source="admitted_by.username", allow_null=True)
    at = serializers.DateTimeField(source="admitted_at")


class AdmissionViewSet(InProject, viewsets.GenericViewSet):
    """Letting a coder into every batch by hand, whatever the training came to."""

    serializer_class = AdmissionDocument
    queryset = Admission.objects.none()
    roles = {"*": (Role.ADMIN,)}

    @property
    def member(self):
        members = Member.objects.visible_to(self.request.user).filter(project=self.project)
        return get_object_or_404(
            members.select_related("user", "project"), uuid=self.kwargs["uuid"]
        )

    @extend_schema(
        summary="Admit a coder by hand", request=WhySerializer, responses={201: AdmissionDocument}
    )
    def create(self, request, slug, uuid):
        """The note says why; it is kept in the project's history."""
        member = self.member
        sent = WhySerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        admission = actions.admit(
            member=member, by=request.user, at=timezone.now(), **sent.validated_data
        )
        return Response(AdmissionDocument(admission).data, status=201)

    @extend_schema(summary="End an admission by hand", responses={204: None})
    @takes_nothing
    def destroy(self, request, slug, uuid):
        """From now on training decides again."""
        actions.end_admission(member=self.member, by=request.user, at=timezone.now())
        return Response(status=204)
