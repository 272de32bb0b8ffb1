from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.actions import import_reading, import_run, imports
from annotations.api.base import InProject, TextSerializer, takes_nothing
from annotations.enums import JobState, Role
from annotations.models import ImportJob

NDJSON = "application/x-ndjson"


class ImportRequestSerializer(TextSerializer):
    """A multipart form: the files, and how to take them.

    ``columns`` is a JSON object, ``{"text": "Body", "meta.outlet": "Paper"}``: which column of
    a table fills what. Without it the headers tell. ``paths`` is a JSON list with a name for
    each file, its folders included: those of annotated files are their coders.
    """

    files = serializers.ListField(child=serializers.FileField(allow_empty_file=True))
    format = serializers.CharField(max_length=20, required=False)
    columns = serializers.JSONField(required=False)
    paths = serializers.JSONField(required=False)
    dry_run = serializers.BooleanField(default=False)
    on_duplicate = serializers.ChoiceField([imports.SKIP, imports.KEEP], default=imports.SKIP)
    create_labels = serializers.BooleanField(default=False)

    def validate_columns(self, value):
        names = [*value, *value.values()] if isinstance(value, dict) else [None]
        if not all(isinstance(name, str) for name in names):
            raise serializers.ValidationError(_("Give an object of texts."))
        return value

    def validate_paths(self, value):
        if not isinstance(value, list) or not all(isinstance(path, str) for path in value):
            raise serializers.ValidationError(_("Give a list of texts."))
        return value


class ImportProblemSerializer(serializers.Serializer):
    file = serializers.CharField()
    line = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ImportListSerializer(serializers.Serializer):
    """How far an import has come. ``refused`` counts all records that were, listed or not.

    ``met`` counts the files by ``formats`` and by ``encodings``, once they are read.
    """

    id = serializers.UUIDField(source="uuid")
    state = serializers.CharField()
    step = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    created = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    refused = serializers.IntegerField()
    met = serializers.JSONField()
    failure = serializers.CharField()
    dry_run = serializers.BooleanField(source="options.dry_run", default=False)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    clusters = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_clusters(self, job):
        """Copies are looked for once the import is ready."""
        waits = job.state in {JobState.QUEUED, JobState.RUNNING}
        over = job.clusters_state if job.state == JobState.READY else job.state
        return {
            "state": JobState.QUEUED if waits else over,
            "done": job.clusters_done,
            "total": job.clusters_total,
        }


class ImportSerializer(ImportListSerializer):
    errors = serializers.SerializerMethodField()

    @extend_schema_field(ImportProblemSerializer(many=True))
    def get_errors(self, job):
        problems = job.problems.order_by("pk")[: import_run.PROBLEMS_KEPT]
        return ImportProblemSerializer(problems, many=True).data


def jobs_of(view):
    """Return the imports that the caller of ``view`` may see in its project."""
    return ImportJob.objects.visible_to(view.request.user).filter(project=view.project)


@extend_schema_view(list=extend_schema(summary="List the imports of a project"))
class ImportViewSet(InProject, mixins.ListModelMixin, viewsets.GenericViewSet):
    """Files on their way to becoming articles."""

    serializer_class = ImportListSerializer
    queryset = ImportJob.objects.none()
    parser_classes = [MultiPartParser]
    roles = {"*": (Role.ADMIN,)}
    ordering = ("-created_at", "-pk")

    def get_queryset(self):
        return jobs_of(self)

    @extend_schema(request=ImportRequestSerializer, responses={202: ImportSerializer})
    def create(self, request, slug):
        """Keep the files and queue their import."""
        sent = ImportRequestSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        job = imports.request_import(
            project=self.project, by=request.user, at=timezone.now(), **sent.validated_data
        )
        where = {"slug": slug, "uuid": job.uuid}
        address = reverse("api:import", kwargs=where, request=request)
        return Response(ImportSerializer(job).data, status=202, headers={"Location": address})


class OneImportViewSet(InProject, viewsets.GenericViewSet):
    """One import: how far it is, what it refused, calling it off."""

    serializer_class = ImportSerializer
    queryset = ImportJob.objects.none()
    roles = {"*": (Role.ADMIN,)}

    @extend_schema(responses=ImportSerializer)
    def retrieve(self, request, slug, uuid):
        """Read how far an import is, and what was refused."""
        job = get_object_or_404(jobs_of(self), uuid=uuid)
        return Response(ImportSerializer(job).data)

    @extend_schema(responses={(200, "application/x-ndjson"): OpenApiTypes.BINARY})
    def refused(self, request, slug, uuid):
        """Download the refused rows, to be mended and sent again.

        A line is `{"refused": {"file", "line", "code", "detail"}, "row": …}`. The row is the
        record, or the line that could not be read as one; an import takes the list as it is.
        """
        job = get_object_or_404(jobs_of(self).filter(state=JobState.READY), uuid=uuid)
        file = import_reading.open_refusals(job)
        if file is None:
            raise Http404
        return FileResponse(
            file, as_attachment=True, filename="refused.jsonl", content_type=NDJSON
        )

    @extend_schema(request=None, responses=ImportSerializer)
    @takes_nothing
    def cancel(self, request, slug, uuid):
        """Cancel an import. Nothing of it will be seen."""
        job = get_object_or_404(jobs_of(self).select_related("project"), uuid=uuid)
        job = imports.cancel(job=job, by=request.user, at=timezone.now())
        return Response(ImportSerializer(job).data)
