from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets

from annotations.api.base import InProject, TextSerializer
from annotations.enums import Role
from annotations.models import AuditEvent
from annotations.queries import history


class HistoryFilterSerializer(TextSerializer):
    kind = serializers.ChoiceField(AuditEvent.Kind.choices, required=False)
    actor = serializers.CharField(max_length=150, required=False)


class TargetSerializer(serializers.Serializer):
    type = serializers.CharField(source="target_type")
    id = serializers.UUIDField(source="target_uuid")


class AuditEventSerializer(serializers.Serializer):
    """Who did what, when, to what. ``actor`` is null where a job or the command line did it."""

    id = serializers.UUIDField(source="uuid")
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    actor = serializers.CharField(source="actor.username", default=None, allow_null=True)
    target = TargetSerializer(source="*")
    batch = serializers.UUIDField(source="batch.uuid", default=None, allow_null=True)
    detail = serializers.JSONField()


class HistoryViewSet(InProject, mixins.ListModelMixin, viewsets.GenericViewSet):
    """What happened in a project, newest first; people in ``detail`` are member ids."""

    serializer_class = AuditEventSerializer
    queryset = AuditEvent.objects.none()
    roles = {"*": (Role.ADMIN,)}
    parameters = {"list": {"kind", "actor"}}
    ordering = ("-at", "-pk")

    def get_queryset(self):
        query = self.request.query_params
        wanted = HistoryFilterSerializer(
            data={name: query[name] for name in self.parameters["list"] if name in query}
        )
        wanted.is_valid(raise_exception=True)
        return history.events(self.project, self.request.user, **wanted.validated_data)

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", OpenApiTypes.STR, enum=AuditEvent.Kind.values),
            OpenApiParameter("actor", OpenApiTypes.STR),
        ]
    )
    def list(self, request, *args, **kwargs):
        """List what happened in a project, newest first."""
        return super().list(request, *args, **kwargs)
