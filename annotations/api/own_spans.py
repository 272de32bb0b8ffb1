from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets

from annotations.api.base import InProject, TextSerializer
from annotations.enums import Role
from annotations.models import Span
from annotations.queries.own_spans import own_spans


class OwnSpanFilterSerializer(TextSerializer):
    q = serializers.CharField(source="words", max_length=500, required=False)
    label = serializers.CharField(max_length=60, required=False)


class OwnSpanSerializer(serializers.Serializer):
    """A span of one's own, with the text around it and the page that shows it."""

    id = serializers.UUIDField(source="uuid")
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    label = serializers.CharField(source="label.key")
    quote = serializers.CharField()
    note = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    assignment = serializers.UUIDField(source="assignment.uuid")
    article = serializers.CharField(source="assignment.task.article.title")
    url = serializers.SerializerMethodField()

    def get_url(self, span: Span) -> str:
        page = reverse("annotations:reading", args=[span.assignment.uuid])
        return f"{page}#{span.uuid}"


@extend_schema_view(
    list=extend_schema(summary="Find one's own spans", parameters=[OwnSpanFilterSerializer])
)
class OwnSpanViewSet(InProject, mixins.ListModelMixin, viewsets.GenericViewSet):
    """How the caller tagged the same words before, newest first. Never another's work."""

    serializer_class = OwnSpanSerializer
    queryset = Span.objects.none()
    roles = {"list": (Role.CODER,)}
    parameters = {"list": {"q", "label"}}
    ordering = ("-pk",)

    def get_queryset(self):
        query = self.request.query_params
        wanted = OwnSpanFilterSerializer(
            data={name: query[name] for name in self.parameters["list"] if name in query}
        )
        wanted.is_valid(raise_exception=True)
        return own_spans(self.request.user, self.project, **wanted.validated_data)
