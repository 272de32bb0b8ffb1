from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, viewsets
from rest_framework.response import Response

from annotations.actions import agreement as actions
from annotations.api.base import InProject, TextSerializer
from annotations.enums import Role
from annotations.models import Batch, Label
from annotations.permissions import can_know_of
from annotations.queries import agreement


class ScopeSerializer(TextSerializer):
    """What the figures are about. An article falls on the day, UTC, on which it was coded last."""

    batch = serializers.UUIDField(required=False)
    label = serializers.CharField(max_length=60, required=False)

    def get_fields(self):
        # "from" is a word of the language, and can't be the name of an attribute.
        days = {name: serializers.DateField(required=False) for name in ("from", "to")}
        return super().get_fields() | days


class AgreementViewSet(InProject, viewsets.GenericViewSet):
    """How far coders agree, always from stored rows. Asking for what is stale rings for it."""

    serializer_class = ScopeSerializer
    queryset = Batch.objects.none()
    roles = {"*": (Role.ADMIN, Role.ADJUDICATOR)}
    parameters = {"retrieve": {"batch", "label", "from", "to"}}

    @extend_schema(parameters=[ScopeSerializer], responses=OpenApiTypes.OBJECT)
    def retrieve(self, request, slug):
        """Read how far the coders agree. What is not computed yet is ``na: "pending"``."""
        scope = self._scope(ScopeSerializer)
        return Response(self._rung_for(scope, agreement.as_contract(scope, request.user)))

    def _scope(self, serializer_class):
        sent = serializer_class(data=self.request.query_params.dict())
        sent.is_valid(raise_exception=True)
        wanted = sent.validated_data
        batches = self._batches(wanted.get("batch"))
        label = wanted.get("label", "")
        if label and not Label.objects.filter(project=self.project, key=label).exists():
            raise serializers.ValidationError({"label": _("The codebook has no such label.")})
        return agreement.Scope(self.project, batches, label, wanted.get("from"), wanted.get("to"))

    def _rung_for(self, scope, answer):
        """Have a stale answer computed anew, and return it as it is."""
        if answer["stale"] and scope.batches:
            actions.ring(scope)
        return answer

    def _batches(self, uuid):
        if uuid is None:
            return list(agreement.open_batches(self.project, self.request.user).order_by("pk"))
        every = Batch.objects.published().filter(project=self.project)
        batch = get_object_or_404(every, uuid=uuid)
        if not can_know_of(self.request.user, batch):
            raise exceptions.PermissionDenied
        return [batch]
