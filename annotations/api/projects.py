from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from annotations.actions import projects
from annotations.api.base import StrictQuery, StrictSerializer, takes_nothing
from annotations.models import Project


class SettingsSerializer(StrictSerializer):
    """What a project decides for itself; a PATCH changes only the keys that it names."""

    auto_decide = serializers.ChoiceField(["unanimous", "majority", "none"], required=False)
    auto_finish = serializers.BooleanField(required=False)
    show_names = serializers.BooleanField(required=False)
    adjudicate_own = serializers.BooleanField(required=False)
    reasons = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=50, required=False
    )
    feedback = serializers.BooleanField(required=False)

    def to_representation(self, instance):
        return projects.DEFAULT_SETTINGS | instance


class ProjectSerializer(StrictSerializer):
    slug = serializers.RegexField(
        r"\A[a-z0-9][a-z0-9-]*\Z",
        max_length=80,
        required=False,
        error_messages={"invalid": _("Use small letters, digits and hyphens.")},
    )
    name = serializers.CharField(max_length=200)
    description = serializers.CharField(required=False, allow_blank=True, max_length=10_000)
    settings = SettingsSerializer(required=False)
    created_at = serializers.DateTimeField(read_only=True)
    archived_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def validate_slug(self, slug):
        if self.instance is not None and slug != self.instance.slug:
            raise serializers.ValidationError(
                _("The slug is part of every address and can’t be changed."), code="immutable"
            )
        return slug


@extend_schema_view(
    list=extend_schema(summary="List one's projects"),
    create=extend_schema(summary="Create a project, and be its first admin"),
    retrieve=extend_schema(summary="Read a project"),
    partial_update=extend_schema(summary="Change a project's texts or settings"),
)
class ProjectViewSet(
    StrictQuery,
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    viewsets.GenericViewSet,
):
    """The projects of which one is a member; whoever creates one is its first admin."""

    serializer_class = ProjectSerializer
    queryset = Project.objects.none()
    ordering = ("-created_at", "-pk")
    lookup_field = "slug"
    http_method_names = ["get", "post", "patch", "head", "options"]

    def get_queryset(self):
        return Project.objects.visible_to(self.request.user)

    def perform_create(self, serializer):
        serializer.instance = projects.create(
            by=self.request.user, at=timezone.now(), **serializer.validated_data
        )

    def perform_update(self, serializer):
        changes = dict(serializer.validated_data)
        changes.pop("slug", None)
        serializer.instance = projects.update(
            project=serializer.instance, by=self.request.user, at=timezone.now(), **changes
        )

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    @takes_nothing
    def archive(self, request, slug):
        """Archive a project. It can be read afterwards, but not changed."""
        project = projects.archive(project=self.get_object(), by=request.user, at=timezone.now())
        return Response(self.get_serializer(project).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    @takes_nothing
    def restore(self, request, slug):
        """Bring an archived project back, as it was."""
        project = projects.restore(project=self.get_object(), by=request.user, at=timezone.now())
        return Response(self.get_serializer(project).data)
