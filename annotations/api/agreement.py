import csv
import io
import json

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, viewsets
from rest_framework.response import Response

from annotations.actions import agreement as actions
from annotations.algorithms.spreadsheets import guarded
from annotations.api.agreement_documents import (
    AgreementDocument,
    DetailsDocument,
    StandingDocument,
)
from annotations.api.base import InProject, TextSerializer
from annotations.api.pagination import ListPagination
from annotations.api.renderers import ProblemRenderer
from annotations.enums import Role
from annotations.models import Batch, Label
from annotations.permissions import can_know_of
from annotations.queries import agreement, agreement_articles, agreement_files

SCOPE = {"batch", "label", "from", "to"}


class ScopeSerializer(TextSerializer):
    """What the figures are about.

    An article falls on the day, UTC, on which the last of its counted submissions came; both
    ends belong to it.
    """

    batch = serializers.UUIDField(required=False)
    label = serializers.CharField(max_length=60, required=False)

    def get_fields(self):
        # "from" is a word of the language, and can't be the name of a class's attribute.
        days = {name: serializers.DateField(required=False) for name in ("from", "to")}
        return super().get_fields() | days


class ArticlesSerializer(ScopeSerializer):
    """Which articles. ``a`` and ``b`` are coders of a pair, called as the report calls them.

    ``coder`` is compared with the others, or with gold, within ``start`` and ``end``. ``one``
    and ``other`` are labels that two coders gave to one extent; empty is none.
    """

    a = serializers.CharField(required=False)
    b = serializers.CharField(required=False)
    coder = serializers.CharField(required=False)
    against = serializers.ChoiceField(["coders", "gold"], required=False)
    start = serializers.DateTimeField(required=False)
    end = serializers.DateTimeField(required=False)
    one = serializers.CharField(max_length=60, required=False, allow_blank=True)
    other = serializers.CharField(max_length=60, required=False, allow_blank=True)
    word = serializers.CharField(max_length=60, required=False)

    def validate(self, wanted):
        for both in (("a", "b"), ("one", "other")):
            for name in both:
                if (name in wanted) != all(other in wanted for other in both):
                    raise serializers.ValidationError({name: _("This needs its counterpart.")})
        for name in ("against", "start", "end"):
            if name in wanted and "coder" not in wanted:
                raise serializers.ValidationError({name: _("This needs a coder.")})
        if "a" in wanted and "coder" in wanted:
            raise serializers.ValidationError({"coder": _("Ask for a pair or for a coder.")})
        return wanted


class AgreementViewSet(InProject, viewsets.GenericViewSet):
    """How far coders agree, always from stored rows. Asking for what is stale rings for it."""

    serializer_class = ScopeSerializer
    pagination_class = ListPagination
    queryset = Batch.objects.none()
    roles = {"*": (Role.ADMIN, Role.ADJUDICATOR)}
    parameters = {
        "retrieve": SCOPE,
        "details": SCOPE,
        "list": SCOPE | {*ArticlesSerializer().get_fields()},
    }

    @extend_schema(parameters=[ScopeSerializer], responses=AgreementDocument)
    def retrieve(self, request, slug):
        """Read how far the coders agree. What is not computed yet is ``na: "pending"``."""
        scope, _wanted = self._scope(ScopeSerializer)
        return Response(self._rung_for(scope, agreement.as_contract(scope, request.user)))

    @extend_schema(parameters=[ScopeSerializer], responses=DetailsDocument)
    def details(self, request, slug):
        """Read what agreement looks like over time, by word and by attribute.

        ``state`` is how far the job is that computes it. Each coder's windows hold equal numbers
        of articles in the order in which that coder handed them in. ``later`` tells of versions
        that came after the first ruling or return on an article, and so don't count elsewhere.
        """
        scope, _wanted = self._scope(ScopeSerializer)
        return Response(self._rung_for(scope, agreement.details(scope, request.user)))

    @extend_schema(parameters=[ArticlesSerializer], responses=StandingDocument(many=True))
    def list(self, request, slug):
        """List the articles on which coders agree least, or those that are behind a figure."""
        scope, wanted = self._scope(ArticlesSerializer)
        found = agreement_articles.ranked(
            scope,
            request.user,
            pair=(wanted["a"], wanted["b"]) if "a" in wanted else None,
            labels=(wanted["one"] or None, wanted["other"] or None) if "one" in wanted else None,
            coder=wanted.get("coder"),
            start=wanted.get("start"),
            end=wanted.get("end"),
            is_gold=wanted.get("against") == "gold",
            word=wanted.get("word"),
        )
        page = self.paginate_queryset(found)
        return self.get_paginated_response(agreement_articles.listed(page))

    def _scope(self, serializer_class):
        query = self.request.query_params.dict()
        known = {name: query[name] for name in query if name in self.parameters[self.action]}
        sent = serializer_class(data=known)
        sent.is_valid(raise_exception=True)
        wanted = sent.validated_data
        batches = self._batches(wanted.get("batch"))
        label = wanted.get("label", "")
        if label and not Label.objects.filter(project=self.project, key=label).exists():
            raise serializers.ValidationError({"label": _("The codebook has no such label.")})
        days = wanted.get("from"), wanted.get("to")
        return agreement.Scope(self.project, batches, label, *days), wanted

    def _rung_for(self, scope, answer):
        """Have a stale answer computed anew, and return it as it is."""
        if answer["stale"] and scope.batches:
            actions.ring(scope)
        return answer

    def _batches(self, uuid):
        if uuid is None:
            return list(agreement.open_batches(self.project, self.request.user).order_by("pk"))
        every = Batch.objects.published().filter(project=self.project)
        batch = get_object_or_404(every, uuid=uuid)
        if not can_know_of(self.request.user, batch):
            raise exceptions.PermissionDenied
        return [batch]


class AgreementFileViewSet(AgreementViewSet):
    """The figures to be kept, as JSON or as tables."""

    renderer_classes = [ProblemRenderer]
    parameters = {"download": SCOPE}

    @extend_schema(
        parameters=[ScopeSerializer],
        responses={
            (200, "application/json"): OpenApiTypes.BINARY,
            (200, "text/csv"): OpenApiTypes.BINARY,
        },
    )
    def download(self, request, slug, name):
        """Download `report.json`, or a table of it.

        Tables are `pairs.csv`, `labels.csv`, `gold.csv`, `confusion.csv`, `drift.csv`,
        `words.csv`, `attributes.csv` and `articles.csv`. A figure that can't be said is `n/a`
        there, with the reason.
        """
        scope, _wanted = self._scope(ScopeSerializer)
        stem, _dot, kind = name.rpartition(".")
        if (stem, kind) == ("report", "json"):
            content, media_type = self._report(scope), "application/json"
        elif kind == "csv" and stem in agreement_files.TABLES:
            content, media_type = self._table(stem, scope), "text/csv; charset=utf-8"
        else:
            raise Http404
        disposition = f'attachment; filename="{self.project.slug}-{name}"'
        return HttpResponse(
            content, content_type=media_type, headers={"Content-Disposition": disposition}
        )

    def _report(self, scope):
        user = self.request.user
        told = {
            "project": self.project.slug,
            "batches": [str(batch.uuid) for batch in scope.batches],
            "label": scope.label or None,
            "from": scope.since,
            "to": scope.until,
            **agreement.as_contract(scope, user),
            "details": agreement.details(scope, user),
        }
        return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2) + "\n"

    def _table(self, stem, scope):
        text = io.StringIO()
        rows = csv.writer(text)
        for cells in agreement_files.table(stem, scope, self.request.user):
            rows.writerow(guarded(cell) if isinstance(cell, str) else cell for cell in cells)
        return text.getvalue()
