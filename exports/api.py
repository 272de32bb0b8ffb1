"""Releases over the API."""

import logging
from functools import cached_property

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import mixins, serializers, viewsets
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.api.base import (
    InProject,
    StrictQuery,
    StrictSerializer,
    TextSerializer,
    takes_nothing,
)
from annotations.api.errors import problem
from annotations.api.renderers import ProblemRenderer
from annotations.enums import Role
from exports import comparison, difference_document, downloads
from exports.actions import comparing, releases
from exports.api_documents import ComparingDocument, DifferenceDocument
from exports.models import PUBLISHED, Release
from exports.recipe import PARTS, STRATA, Recipe

logger = logging.getLogger(__name__)


class FilterSerializer(StrictSerializer):
    """Which articles: by what their meta say; dates inclusive."""

    outlet = serializers.CharField(required=False, max_length=400)
    language = serializers.CharField(required=False, max_length=100)
    to = serializers.DateField(required=False)

    def get_fields(self):
        return super().get_fields() | {"from": serializers.DateField(required=False)}


class RecipeSerializer(StrictSerializer):
    """The shape of a request; what can't be built is refused by the action."""

    name = serializers.CharField(max_length=200)
    batches = serializers.ListField(
        child=serializers.UUIDField(), required=False, allow_null=True, max_length=1000
    )
    filter = FilterSerializer(required=False)
    formats = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=20
    )
    include = serializers.ListField(
        child=serializers.ChoiceField(PARTS), required=False, max_length=len(PARTS)
    )
    splits = serializers.DictField(
        child=serializers.FloatField(min_value=0, max_value=1), required=False, allow_null=True
    )
    stratify = serializers.ChoiceField(STRATA, required=False, allow_null=True)
    seed = serializers.IntegerField(required=False, min_value=-(2**53), max_value=2**53)
    text = serializers.BooleanField(required=False)
    real_names = serializers.BooleanField(required=False)

    @property
    def recipe(self) -> Recipe:
        given = {name: value for name, value in self.validated_data.items() if name != "name"}
        if given.get("batches") is not None:
            given["batches"] = [str(uuid) for uuid in given["batches"]]
        given["filter"] = {name: str(value) for name, value in given.get("filter", {}).items()}
        return Recipe(**given)


class FileSerializer(serializers.Serializer):
    name = serializers.CharField()
    bytes = serializers.IntegerField()
    rows = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField()
    url = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, file):
        address = {"uuid": file.release.uuid, "name": file.name}
        return reverse("api:release-file", kwargs=address, request=self.context["request"])


class ProgressSerializer(serializers.Serializer):
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    step = serializers.CharField()


class ReleaseRowSerializer(serializers.Serializer):
    """A release in a list."""

    id = serializers.UUIDField(source="uuid")
    number = serializers.IntegerField()
    name = serializers.CharField()
    state = serializers.CharField()
    progress = ProgressSerializer(source="*")
    content_hash = serializers.CharField()
    has_real_names = serializers.BooleanField()
    has_unadjudicated = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    failure = serializers.CharField()
    is_retryable = serializers.BooleanField()
    retracted_reason = serializers.CharField()
    purged_at = serializers.DateTimeField(allow_null=True)
    files = FileSerializer(many=True)


class ReleaseSerializer(ReleaseRowSerializer):
    """A release with all that is known of it."""

    request = serializers.JSONField()
    manifest = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_manifest(self, release):
        return release.manifest if release.state in PUBLISHED else None


class QueuedSerializer(serializers.Serializer):
    """Where to look for what was asked for."""

    id = serializers.UUIDField(source="uuid")


class RetractionSerializer(StrictSerializer):
    # The action asks for it, once it is clear that the person may retract at all.
    reason = serializers.CharField(max_length=2000, default="", allow_blank=True)


class SinceSerializer(TextSerializer):
    """Which release to compare with; without it the one before."""

    since = serializers.UUIDField(required=False)


@extend_schema_view(list=extend_schema(summary="List the releases of a project, newest first"))
class ProjectReleasesViewSet(InProject, mixins.ListModelMixin, viewsets.GenericViewSet):
    """The releases of a project, newest first; asking for one is the admin's."""

    serializer_class = ReleaseRowSerializer
    queryset = Release.objects.none()
    roles = {"list": (Role.ADMIN, Role.RESEARCHER), "create": (Role.ADMIN,)}
    ordering = ("-number",)

    def get_queryset(self):
        visible = Release.objects.visible_to(self.request.user)
        return visible.filter(project=self.project).prefetch_related("files__release")

    @extend_schema(request=RecipeSerializer, responses={202: QueuedSerializer})
    def create(self, request, slug):
        """Ask for a release, which a worker then builds."""
        wanted = RecipeSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        release = releases.request(
            project=self.project,
            name=wanted.validated_data["name"],
            recipe=wanted.recipe,
            by=request.user,
            at=timezone.now(),
        )
        address = reverse("api:release", kwargs={"uuid": release.uuid}, request=request)
        return Response(QueuedSerializer(release).data, status=202, headers={"Location": address})


@extend_schema_view(retrieve=extend_schema(summary="Read a release and its manifest"))
class ReleaseViewSet(StrictQuery, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """One release: how far it is, what it holds, calling it off, taking it back."""

    serializer_class = ReleaseSerializer
    queryset = Release.objects.none()
    lookup_field = "uuid"
    parameters = {"difference": {"since"}}

    def get_queryset(self):
        visible = Release.objects.visible_to(self.request.user)
        return visible.select_related("project").prefetch_related("files__release")

    @extend_schema(
        parameters=[SinceSerializer],
        responses={
            200: DifferenceDocument,
            202: ComparingDocument,
            409: None,
            503: None,
        },
    )
    def difference(self, request, uuid):
        """Tell what differs from another release: articles, spans, and the codebooks in use.

        Two releases are compared once, by a worker: until that is done the answer is 202, with
        the time to ask again in `Retry-After`.
        """
        release = self.get_object()
        asked = SinceSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        since = comparison.chosen(release, asked.validated_data.get("since"), request.user)
        found = comparing.look_up(since=since, release=release)
        if found.has_failed:
            why = _("The two could not be compared; the log says why. Try again in a minute.")
            return problem(503, "not_compared", why, headers={"Retry-After": "60"})
        if found.counts is None:
            waiting = ComparingDocument(found).data
            return Response(waiting, status=202, headers={"Retry-After": "1"})
        return StreamingHttpResponse(
            difference_document.write(found), content_type="application/json"
        )

    @extend_schema(request=None)
    @takes_nothing
    def cancel(self, request, uuid):
        """Cancel a release that is not ready yet."""
        release = self.get_object()
        releases.cancel(release=release, by=request.user, at=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None)
    @takes_nothing
    def retry(self, request, uuid):
        """Try a release again that failed for a reason that may be gone."""
        release = self.get_object()
        releases.retry(release=release, by=request.user, at=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=RetractionSerializer)
    def retract(self, request, uuid):
        """Retract a release. Its number and files stay, with the reason beside them."""
        release = self.get_object()
        given = RetractionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        releases.retract(
            release=release, by=request.user, at=timezone.now(), **given.validated_data
        )
        return Response(self.get_serializer(self.get_object()).data)


class ReleaseFileViewSet(StrictQuery, viewsets.GenericViewSet):
    """The bytes of a published file."""

    queryset = Release.objects.none()
    renderer_classes = [ProblemRenderer]

    @cached_property
    def file(self):
        release = get_object_or_404(
            Release.objects.visible_to(self.request.user), uuid=self.kwargs["uuid"]
        )
        files = release.files.select_related("release__project")
        return get_object_or_404(files, name=self.kwargs["name"])

    @extend_schema(
        parameters=[
            OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER)
            for name in ("Range", "If-Range", "If-None-Match")
        ],
        responses={
            **{
                (status, kind): OpenApiTypes.BINARY
                for status in (200, 206)
                for kind in downloads.kinds()
            },
            302: OpenApiResponse(description="Where the file lies, for some minutes."),
            304: OpenApiResponse(description="What you have is still the same."),
            410: OpenApiResponse(description="A person whom the files named was erased."),
            416: OpenApiResponse(description="The file is shorter than that."),
            503: None,
        },
    )
    def download(self, request, uuid, name):
        """Download a file of a release, or the part of it that is missing."""
        if self.file.release.purged_at is not None:
            return problem(
                410,
                "purged",
                _("This file is gone: a person whom it named was erased. Its hash is kept."),
            )
        try:
            response = downloads.respond(request, self.file)
        except FileNotFoundError:
            logger.exception("A published file is missing.")
            return problem(
                503,
                "file_missing",
                _(
                    "The file is not where it was put. Whoever runs the workbench can bring it "
                    "back from a backup; its hash is kept."
                ),
            )
        if response.status_code == 416:
            return problem(
                416,
                "range_not_satisfiable",
                _("The file is shorter than that."),
                headers={"Content-Range": response["Content-Range"]},
            )
        if request.method == "GET" and response.status_code in {200, 206, 302}:
            releases.hand_out(file=self.file, by=request.user, at=timezone.now())
        return response


urlpatterns: list[URLPattern] = [
    path(
        "projects/<slug:slug>/releases/",
        ProjectReleasesViewSet.as_view({"get": "list", "post": "create"}),
        name="releases",
    ),
    path("releases/<uuid:uuid>/", ReleaseViewSet.as_view({"get": "retrieve"}), name="release"),
    path(
        "releases/<uuid:uuid>/difference/",
        ReleaseViewSet.as_view({"get": "difference"}),
        name="release-difference",
    ),
    path(
        "releases/<uuid:uuid>/cancel/",
        ReleaseViewSet.as_view({"post": "cancel"}),
        name="release-cancel",
    ),
    path(
        "releases/<uuid:uuid>/retry/",
        ReleaseViewSet.as_view({"post": "retry"}),
        name="release-retry",
    ),
    path(
        "releases/<uuid:uuid>/retract/",
        ReleaseViewSet.as_view({"post": "retract"}),
        name="release-retract",
    ),
    path(
        "releases/<uuid:uuid>/files/<str:name>",
        ReleaseFileViewSet.as_view({"get": "download"}),
        name="release-file",
    ),
]
