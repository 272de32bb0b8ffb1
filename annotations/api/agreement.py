from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, viewsets
from rest_framework.response import Response

from annotations.actions.jobs import wake
from annotations.api.base import InProject, TextSerializer
from annotations.enums import Role
from annotations.models import Batch, Label
from annotations.permissions import can_know_of
from annotations.queries import agreement


class ScopeSerializer(TextSerializer):
    batch = serializers.UUIDField(required=False)
    label = serializers.CharField(max_length=60, required=False)


class AgreementViewSet(InProject, viewsets.GenericViewSet):
    """How far coders agree, always from stored rows. Asking for what is stale rings for it."""

    serializer_class = ScopeSerializer
    queryset = Batch.objects.none()
    roles = {"*": (Role.ADMIN, Role.ADJUDICATOR)}
    parameters = {"retrieve": {"batch", "label"}}

    @extend_schema(
        parameters=[
            OpenApiParameter("batch", OpenApiTypes.UUID),
            OpenApiParameter("label", OpenApiTypes.STR),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def retrieve(self, request, slug):
        """Read how far the coders agree. What is not computed yet is ``na: "pending"``."""
        sent = ScopeSerializer(data=request.query_params.dict())
        sent.is_valid(raise_exception=True)
        batches = self._batches(sent.validated_data.get("batch"))
        label = sent.validated_data.get("label", "")
        if label and not Label.objects.filter(project=self.project, key=label).exists():
            raise serializers.ValidationError({"label": _("The codebook has no such label.")})
        answer = agreement.as_contract(self.project, request.user, batches, label)
        if answer["stale"] and batches:
            wake("agreement.ask", batch_ids=[batch.pk for batch in batches], label=label)
        return Response(answer)

    def _batches(self, uuid):
        if uuid is None:
            return list(agreement.open_batches(self.project, self.request.user).order_by("pk"))
        every = Batch.objects.published().filter(project=self.project)
        batch = get_object_or_404(every, uuid=uuid)
        if not can_know_of(self.request.user, batch):
            raise exceptions.PermissionDenied
        return [batch]
