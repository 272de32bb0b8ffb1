from functools import cached_property

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, mixins, serializers, viewsets
from rest_framework.response import Response

from annotations.actions import articles
from annotations.api.base import (
    InProject,
    StrictQuery,
    StrictSerializer,
    TextSerializer,
    takes_nothing,
)
from annotations.enums import MetaSource, Role, ZoneKind, ZonesBy
from annotations.models import Article
from annotations.permissions import can_administer
from annotations.queries.articles import search

HIGHEST = 2**31 - 1


class ArticleFilterSerializer(TextSerializer):
    q = serializers.CharField(max_length=400, required=False)
    outlet = serializers.CharField(max_length=400, required=False)
    cluster = serializers.CharField(max_length=200, required=False)
    batch = serializers.UUIDField(required=False)

    def get_fields(self):
        return super().get_fields() | {"import": serializers.UUIDField(required=False)}


class ZoneSerializer(StrictSerializer):
    start = serializers.IntegerField(min_value=0, max_value=HIGHEST)
    end = serializers.IntegerField(min_value=1, max_value=HIGHEST)
    kind = serializers.ChoiceField(ZoneKind.choices)


class ArticleListSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="uuid")
    key = serializers.CharField()
    text_sha256 = serializers.CharField()
    meta = serializers.DictField()
    meta_sources = serializers.DictField(child=serializers.ChoiceField(MetaSource.choices))
    zones = ZoneSerializer(many=True)
    zones_by = serializers.ChoiceField(ZonesBy.choices)
    cluster = serializers.CharField(source="cluster.name", default=None, allow_null=True)
    split = serializers.CharField(allow_null=True)
    version = serializers.IntegerField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class ArticleSerializer(ArticleListSerializer):
    text = serializers.CharField()


class CorrectionSerializer(StrictSerializer):
    """What of an article may be corrected, each as a whole."""

    zones = ZoneSerializer(many=True, required=False)
    meta = serializers.DictField(required=False)


class WithdrawalSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=2000)


@extend_schema_view(
    list=extend_schema(
        summary="List the articles of a project, without texts",
        parameters=[ArticleFilterSerializer],
    )
)
class ArticleListViewSet(InProject, mixins.ListModelMixin, viewsets.GenericViewSet):
    """The articles of a project; coders find those that they were given."""

    serializer_class = ArticleListSerializer
    queryset = Article.objects.none()
    roles = {"list": (Role.ADMIN, Role.ADJUDICATOR, Role.CODER)}
    parameters = {"list": {"q", "outlet", "cluster", "batch", "import"}}
    ordering = ("pk",)

    def get_queryset(self):
        query = self.request.query_params
        wanted = ArticleFilterSerializer(
            data={name: query[name] for name in self.parameters["list"] if name in query}
        )
        wanted.is_valid(raise_exception=True)
        return search(self.project, self.request.user, **wanted.validated_data)


class ArticleViewSet(StrictQuery, viewsets.GenericViewSet):
    """One article, with its text."""

    serializer_class = ArticleSerializer
    queryset = Article.objects.none()

    @cached_property
    def article(self):
        visible = Article.objects.visible_to(self.request.user)
        return get_object_or_404(
            visible.select_related("project", "cluster"), uuid=self.kwargs["uuid"]
        )

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        is_change = self.action in {"partial_update", "withdraw", "restore"}
        if self.action and is_change and not can_administer(request.user, self.article.project):
            raise exceptions.PermissionDenied

    def retrieve(self, request, uuid):
        """Read an article."""
        return Response(ArticleSerializer(self.article).data)

    @extend_schema(request=CorrectionSerializer)
    def partial_update(self, request, uuid):
        """Replace zones, meta or both, as long as nobody has handed in work on the article."""
        sent = CorrectionSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        article = articles.correct(
            article=self.article, by=request.user, at=timezone.now(), **sent.validated_data
        )
        return Response(ArticleSerializer(article).data)

    @extend_schema(request=WithdrawalSerializer)
    def withdraw(self, request, uuid):
        """Take the article out of every future release."""
        sent = WithdrawalSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        article = articles.withdraw(
            article=self.article, by=request.user, at=timezone.now(), **sent.validated_data
        )
        return Response(ArticleSerializer(article).data)

    @extend_schema(request=None)
    @takes_nothing
    def restore(self, request, uuid):
        """Undo a withdrawal, as long as no release was made in the meantime."""
        article = articles.restore(article=self.article, by=request.user, at=timezone.now())
        return Response(ArticleSerializer(article).data)
