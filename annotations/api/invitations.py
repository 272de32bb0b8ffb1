from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets

from annotations.actions import invitations
from annotations.api.base import InProject, StrictSerializer
from annotations.enums import InvitationState, Role
from annotations.forms.invitations import MOST_USES
from annotations.models import Invitation
from annotations.queries.invitations import of


class InvitationSerializer(StrictSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices), allow_empty=False)
    uses = serializers.IntegerField(
        min_value=1, max_value=MOST_USES, default=1, source="uses_allowed"
    )
    expires_in_days = serializers.IntegerField(
        min_value=1, max_value=365, default=invitations.LASTS.days, write_only=True
    )
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    state = serializers.ChoiceField(InvitationState.choices, read_only=True)
    used_by = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(read_only=True)
    expires_at = serializers.DateTimeField(read_only=True)
    revoked_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def get_used_by(self, invitation) -> list[str]:
        return [use.member.name for use in invitation.uses.all()]


class NewInvitationSerializer(InvitationSerializer):
    link = serializers.URLField(read_only=True, help_text=_("Where to join, shown only once."))
    mailed = serializers.BooleanField(read_only=True)


@extend_schema_view(
    list=extend_schema(summary="List the links by which people join a project"),
    create=extend_schema(
        summary="Make a link by which people join, shown this once",
        responses={201: NewInvitationSerializer},
    ),
    destroy=extend_schema(summary="Revoke a link; who joined by it stays"),
)
class InvitationViewSet(
    InProject,
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    """Links by which people join a project."""

    queryset = Invitation.objects.none()
    roles = {"*": (Role.ADMIN,)}
    ordering = ("-created_at", "-pk")
    secrets = ("link",)
    lookup_field = "uuid"
    lookup_value_converter = "uuid"

    def get_serializer_class(self):
        return NewInvitationSerializer if self.action == "create" else InvitationSerializer

    def get_queryset(self):
        return of(self.project, self.request.user, timezone.now())

    def perform_create(self, serializer):
        given = dict(serializer.validated_data)
        now = timezone.now()
        made = invitations.invite(
            project=self.project,
            uses=given.pop("uses_allowed"),
            lasts=timedelta(days=given.pop("expires_in_days")),
            by=self.request.user,
            at=now,
            **given,
        )
        invitation = self.get_queryset().get(pk=made.invitation.pk)
        invitation.link, invitation.mailed = made.link, made.is_mailed
        serializer.instance = invitation

    def perform_destroy(self, instance):
        invitations.revoke(invitation=instance, by=self.request.user, at=timezone.now())
