from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.response import Response

from annotations.actions import cluster_corrections
from annotations.api.base import InProject, StrictQuery, StrictSerializer, TextSerializer
from annotations.enums import Role
from annotations.models import Cluster
from annotations.queries import clusters

CORRECTIONS = ("take_out", "put_in", "split", "merge", "undo")


class ClusterListSerializer(serializers.Serializer):
    """Versions of one story; ``by_hand`` clusters are changed by people only."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    title = serializers.CharField(allow_null=True)
    versions = serializers.IntegerField()
    by_hand = serializers.BooleanField()


class VersionSerializer(serializers.Serializer):
    """An article, and which share of the runs of four words of it and the base both have."""

    id = serializers.UUIDField(source="article.uuid")
    key = serializers.CharField(source="article.key")
    meta = serializers.DictField(source="article.meta")
    by_hand = serializers.BooleanField(source="article.is_clustered_by_hand")
    is_base = serializers.BooleanField()
    similarity = serializers.FloatField()


class ClusterSerializer(serializers.Serializer):
    """The first hundred versions, first published first."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    articles = serializers.SerializerMethodField()

    @extend_schema_field(VersionSerializer(many=True))
    def get_articles(self, cluster):
        return VersionSerializer(clusters.versions(cluster, base=None), many=True).data


class CorrectionSerializer(StrictSerializer):
    """What is done with the cluster: the articles are taken out of it, put in, or get another.

    `merge` takes all of the cluster named `other` in; `undo` takes the last correction back.
    """

    do = serializers.ChoiceField(CORRECTIONS)
    articles = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=cluster_corrections.MOST_AT_ONCE
    )
    other = serializers.CharField(max_length=200, required=False)

    def validate(self, attrs):
        needed = {"merge": "other", "undo": None}.get(attrs["do"], "articles")
        if unfit := sorted({"articles", "other"} & attrs.keys() - {needed}):
            raise serializers.ValidationError({unfit[0]: _("This correction does not take it.")})
        if needed is not None and not attrs.get(needed):
            raise serializers.ValidationError({needed: _("This correction needs it.")})
        return attrs


class ClusterSearchSerializer(TextSerializer):
    q = serializers.CharField(max_length=200, required=False)


@extend_schema_view(
    list=extend_schema(
        summary="List the stories of which a project has versions",
        parameters=[ClusterSearchSerializer],
    )
)
class ClusterListViewSet(InProject, mixins.ListModelMixin, viewsets.GenericViewSet):
    """Articles that tell one story."""

    serializer_class = ClusterListSerializer
    queryset = Cluster.objects.none()
    roles = {"*": (Role.ADMIN, Role.ADJUDICATOR)}
    parameters = {"list": {"q"}}
    ordering = ("pk",)

    def get_queryset(self):
        asked = {
            name: self.request.query_params[name] for name in {"q"} & {*self.request.query_params}
        }
        wanted = ClusterSearchSerializer(data=asked)
        wanted.is_valid(raise_exception=True)
        return clusters.listed(self.project, self.request.user, **wanted.validated_data)


class ClusterViewSet(StrictQuery, viewsets.GenericViewSet):
    """The versions of one story."""

    serializer_class = ClusterSerializer
    queryset = Cluster.objects.none()

    @property
    def cluster(self):
        visible = Cluster.objects.visible_to(self.request.user).select_related("project")
        return get_object_or_404(visible, uuid=self.kwargs["uuid"])

    def retrieve(self, request, uuid):
        """Read the versions of a story, and how like the first one each is."""
        return Response(ClusterSerializer(self.cluster).data)

    @extend_schema(request=CorrectionSerializer)
    def correct(self, request, uuid):
        """Correct by hand which articles are versions. No later search changes it."""
        cluster = self.cluster
        sent = CorrectionSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data
        verb = getattr(cluster_corrections, given.pop("do"))
        verb(cluster=cluster, by=request.user, at=timezone.now(), **given)
        return Response(ClusterSerializer(cluster).data)
