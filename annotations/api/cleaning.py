from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from annotations.actions import cleaning, metadata
from annotations.algorithms.zones import RULES
from annotations.api.articles import ArticleFilterSerializer
from annotations.api.base import InProject, StrictSerializer
from annotations.enums import CleaningScope, Role, ZoneKind
from annotations.models import Article, CleaningJob
from annotations.queries.articles import search


class PatternSerializer(StrictSerializer):
    """A regular expression; what it fits in a line becomes a zone."""

    pattern = serializers.CharField(max_length=300, trim_whitespace=False)
    kind = serializers.ChoiceField(ZoneKind.choices, default=ZoneKind.BOILERPLATE)


class CleaningRequestSerializer(StrictSerializer):
    """The rules of one outlet, or of all if none is named, and where to apply them."""

    outlet = serializers.CharField(max_length=400, default="", allow_blank=True)
    off = serializers.ListField(child=serializers.ChoiceField(RULES))
    patterns = PatternSerializer(many=True)
    scope = serializers.ChoiceField(CleaningScope.choices, default=CleaningScope.ALL)
    scope_value = serializers.CharField(max_length=400, default="", allow_blank=True)

    def validate(self, attrs):
        if attrs["scope"] == CleaningScope.IMPORT:
            serializers.UUIDField().run_validation(attrs["scope_value"])
        return attrs


class CleaningRuleSerializer(serializers.Serializer):
    """A rule of the workbench that is switched on or off, or a pattern of the project's own."""

    outlet = serializers.CharField()
    builtin = serializers.CharField()
    pattern = serializers.CharField()
    kind = serializers.ChoiceField(ZoneKind.choices)
    is_on = serializers.BooleanField()


class CleaningRulesSerializer(serializers.Serializer):
    """What differs from the rules that every project begins with."""

    rules = CleaningRuleSerializer(many=True)


class CleaningJobSerializer(serializers.Serializer):
    """How far the rules have been applied; ``kept`` articles are not theirs to change."""

    id = serializers.UUIDField(source="uuid")
    state = serializers.CharField()
    scope = serializers.ChoiceField(CleaningScope.choices)
    scope_value = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    changed = serializers.IntegerField()
    kept = serializers.IntegerField()
    failure = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class CleaningViewSet(InProject, viewsets.GenericViewSet):
    """Rules that tell the story from site furniture, and their application."""

    serializer_class = CleaningJobSerializer
    queryset = CleaningJob.objects.none()
    roles = {"*": (Role.ADMIN,)}

    @extend_schema(
        operation_id="projects_cleaning_rules",
        summary="Read the project's cleaning rules",
        responses=CleaningRulesSerializer,
    )
    def rules(self, request, slug):
        rules = self.project.cleaning_rules.order_by("outlet", "pk")
        return Response(CleaningRulesSerializer({"rules": rules}).data)

    @extend_schema(request=CleaningRequestSerializer, responses={202: CleaningJobSerializer})
    def create(self, request, slug):
        """Set the rules, and queue their application to articles nobody has worked on."""
        sent = CleaningRequestSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        job = cleaning.clean(
            project=self.project, by=request.user, at=timezone.now(), **sent.validated_data
        )
        return Response(CleaningJobSerializer(job).data, status=202)

    @extend_schema(summary="Read how far a cleaning is")
    def retrieve(self, request, slug, uuid):
        jobs = CleaningJob.objects.visible_to(request.user).filter(project=self.project)
        return Response(CleaningJobSerializer(get_object_or_404(jobs, uuid=uuid)).data)


class DescriptionSerializer(StrictSerializer):
    """Values for all articles that the filter finds; an empty value takes what is there away."""

    filter = ArticleFilterSerializer(default=dict)
    values = serializers.DictField(
        child=serializers.CharField(max_length=400, allow_blank=True), default=dict
    )
    swap_day_and_month = serializers.BooleanField(default=False)


class DescribedSerializer(serializers.Serializer):
    changed = serializers.IntegerField()
    kept = serializers.IntegerField()


class DescriptionViewSet(InProject, viewsets.GenericViewSet):
    """What is known of articles, corrected for many of them at once."""

    serializer_class = DescribedSerializer
    queryset = Article.objects.none()
    roles = {"*": (Role.ADMIN,)}

    @extend_schema(request=DescriptionSerializer, responses=DescribedSerializer)
    def describe(self, request, slug):
        """Correct metadata of the articles that a filter finds, as far as no work is handed in."""
        sent = DescriptionSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        wanted = sent.validated_data.pop("filter")
        changed, kept = metadata.describe(
            project=self.project,
            found=search(self.project, request.user, **wanted),
            by=request.user,
            at=timezone.now(),
            **sent.validated_data,
        )
        return Response({"changed": changed, "kept": kept})
