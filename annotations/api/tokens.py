from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, viewsets

from annotations.actions import tokens
from annotations.api.authentication import (
    BasicAuthentication,
    SessionAuthentication,
    TokenAuthentication,
)
from annotations.api.base import StrictQuery, StrictSerializer
from annotations.enums import Scope
from annotations.models import ApiToken, Project


@extend_schema_field(OpenApiTypes.STR)
class OwnProjectField(serializers.SlugRelatedField):
    """A project by its slug; one that the caller can't see is unknown here."""

    def get_queryset(self):
        return Project.objects.visible_to(self.context["request"].user)


class TokenSerializer(StrictSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(Scope.choices), required=False, allow_empty=False
    )
    project = OwnProjectField("slug", required=False, allow_null=True)
    expires_in_days = serializers.IntegerField(
        min_value=1, max_value=3650, required=False, allow_null=True, write_only=True
    )
    created_at = serializers.DateTimeField(read_only=True)
    expires_at = serializers.DateTimeField(read_only=True, allow_null=True)
    last_used_at = serializers.DateTimeField(read_only=True, allow_null=True)


class NewTokenSerializer(TokenSerializer):
    token = serializers.CharField(read_only=True, help_text=_("The key, shown only once."))


@extend_schema_view(
    list=extend_schema(summary="List one's tokens"),
    create=extend_schema(
        summary="Make a token, whose key is shown this once", responses={201: NewTokenSerializer}
    ),
    retrieve=extend_schema(summary="Read what a token may do"),
    destroy=extend_schema(summary="Revoke a token"),
)
class TokenViewSet(
    StrictQuery,
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet,
):
    """One's own tokens. A token can't make others, and finds only itself here."""

    serializer_class = TokenSerializer
    queryset = ApiToken.objects.none()
    ordering = ("-created_at", "-pk")
    secrets = ("token",)
    lookup_field = "uuid"
    lookup_value_converter = "uuid"

    def get_authenticators(self):
        if self.request is not None and self.request.method == "POST":
            return [BasicAuthentication(), SessionAuthentication()]
        return [
            TokenAuthentication(),
            BasicAuthentication(),
            SessionAuthentication(),
        ]

    def get_serializer_class(self):
        return NewTokenSerializer if self.action == "create" else TokenSerializer

    def get_queryset(self):
        return ApiToken.objects.visible_to(self.request.user).select_related("project")

    def perform_create(self, serializer):
        given = dict(serializer.validated_data)
        days = given.pop("expires_in_days", None)
        token, key = tokens.create(
            user=self.request.user,
            lasts=timedelta(days=days) if days else None,
            at=timezone.now(),
            **given,
        )
        token.token = key
        serializer.instance = token

    def perform_destroy(self, instance):
        tokens.revoke(token=instance, by=self.request.user, at=timezone.now())
