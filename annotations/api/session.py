from typing import Any

from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, views
from rest_framework.request import Request
from rest_framework.response import Response

from annotations.api.base import StrictQuery


class SessionUserSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="uuid")
    username = serializers.CharField()


class SessionSerializer(serializers.Serializer):
    user = SessionUserSerializer()
    csrf = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds until the session ends.")


class SessionView(StrictQuery, views.APIView):
    """Who is signed in, and the CSRF token that this session's next write must carry."""

    @extend_schema(responses=SessionSerializer)
    def get(self, request: Request) -> Response:
        """Read who is signed in, and the CSRF token for the next write."""
        session: Any = request.session
        return Response(
            {
                "user": {"id": request.user.uuid, "username": request.user.username},
                "csrf": get_token(request._request),
                "expires_in": session.get_expiry_age(),
            },
            headers={"Cache-Control": "private, no-store"},
        )
