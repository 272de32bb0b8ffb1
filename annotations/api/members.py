from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.response import Response

from annotations.actions import people
from annotations.api.base import InProject, StrictSerializer
from annotations.enums import Role
from annotations.models import Member


class RolesSerializer(StrictSerializer):
    """What a PATCH may change."""

    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices), allow_empty=False)


class MemberSerializer(RolesSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    username = serializers.CharField(max_length=150, source="name")
    is_external = serializers.BooleanField(read_only=True)
    joined_at = serializers.DateTimeField(read_only=True)
    create = serializers.BooleanField(default=False, write_only=True)
    password = serializers.CharField(
        max_length=128, required=False, write_only=True, trim_whitespace=False
    )


@extend_schema_view(
    list=extend_schema(summary="List who takes part in a project"),
    create=extend_schema(summary="Add somebody to a project, or set a member's roles"),
    retrieve=extend_schema(summary="Read a member"),
    destroy=extend_schema(summary="Take somebody out of a project"),
)
class MemberViewSet(
    InProject,
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    """Who takes part in a project, external coders included."""

    serializer_class = MemberSerializer
    queryset = Member.objects.none()
    roles = {"*": (Role.ADMIN,)}
    ordering = ("joined_at", "pk")
    lookup_field = "uuid"
    lookup_value_converter = "uuid"
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def get_queryset(self):
        members = Member.objects.visible_to(self.request.user).current()
        return members.filter(project=self.project).select_related("user")

    def perform_create(self, serializer):
        given = dict(serializer.validated_data)
        serializer.instance = people.add_member(
            project=self.project,
            username=given.pop("name"),
            by=self.request.user,
            at=timezone.now(),
            **given,
        )

    @extend_schema(request=RolesSerializer, responses=MemberSerializer)
    def partial_update(self, request, *args, **kwargs):
        """Set a member's roles."""
        member = self.get_object()
        change = RolesSerializer(data=request.data)
        change.is_valid(raise_exception=True)
        member = people.set_roles(
            member=member, by=request.user, at=timezone.now(), **change.validated_data
        )
        return Response(self.get_serializer(member).data)

    def perform_destroy(self, instance):
        people.remove_member(member=instance, by=self.request.user, at=timezone.now())
