from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import exceptions, mixins, serializers, viewsets
from rest_framework.response import Response

from annotations.actions import batch_changes, batches
from annotations.api.base import InProject, StrictQuery, StrictSerializer, takes_nothing
from annotations.api.batch_settings import PriorityField, SettingsMixin
from annotations.enums import Order, Role, Strategy, Versions
from annotations.models import Batch
from annotations.queries import progress, workload
from annotations.queries.batch_plan import Plan, Wish, plan
from annotations.queries.workload import Workload

MOST_ARTICLES = 100_000
MOST_CODERS = 200


class SearchSerializer(StrictSerializer):
    """What the articles of a batch are found by; nothing finds them all."""

    q = serializers.CharField(max_length=400, required=False)
    outlet = serializers.CharField(max_length=400, required=False)
    language = serializers.CharField(max_length=100, required=False)
    to = serializers.DateField(required=False)
    cluster = serializers.CharField(max_length=200, required=False)
    batch = serializers.UUIDField(required=False)
    unbatched = serializers.BooleanField(required=False)

    def get_fields(self):
        return super().get_fields() | {
            "from": serializers.DateField(required=False),
            "import": serializers.UUIDField(required=False),
        }


class ArticleChoiceSerializer(StrictSerializer):
    """Which articles: one of five ways to say it.

    ``sample`` may go with ``search``, and draws from what it finds. ``clusters`` may go with any
    of them: ``whole`` adds the other versions of each story, ``one`` keeps the earliest.
    """

    ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, allow_empty=False, max_length=MOST_ARTICLES
    )
    all = serializers.BooleanField(required=False)
    sample = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ARTICLES)
    search = SearchSerializer(required=False)
    clusters = serializers.ChoiceField(Versions.choices, required=False)

    def get_fields(self):
        return super().get_fields() | {"import": serializers.UUIDField(required=False)}

    def validate(self, attrs):
        ways = set(attrs) - {"clusters"}
        if "search" in ways:
            ways.discard("sample")
        if len(ways) != 1 or attrs.get("all") is False:
            raise serializers.ValidationError(
                _("Give one of ids, import, all: true, sample, search.")
            )
        return attrs


class RequirementSerializer(StrictSerializer):
    """Whom a batch is open to: who agreed with gold so well over so many training articles."""

    strict_f1 = serializers.FloatField(min_value=0.001, max_value=1)
    articles = serializers.IntegerField(min_value=1, max_value=1000)


class WishSerializer(StrictSerializer):
    """What a batch is to be. A preview needs no name."""

    name = serializers.CharField(max_length=200, required=False)
    articles = ArticleChoiceSerializer()
    coders = serializers.ListField(
        child=serializers.CharField(max_length=150), allow_empty=False, max_length=MOST_CODERS
    )
    coders_per_article = serializers.IntegerField(min_value=1, max_value=50, default=2)
    overlap = serializers.FloatField(min_value=0, max_value=1, default=1.0)
    strategy = serializers.ChoiceField(Strategy.choices, default=Strategy.BALANCED)
    order = serializers.ChoiceField(Order.choices, default=Order.IMPORTED)
    one_per_cluster = serializers.BooleanField(default=False)
    suggestions = serializers.BooleanField(default=False)
    training = serializers.BooleanField(default=False)
    checks = serializers.IntegerField(min_value=0, max_value=1000, default=0)
    requires = RequirementSerializer(required=False, allow_null=True)
    due = serializers.DateField(required=False, allow_null=True)
    seed = serializers.IntegerField(min_value=-(2**53), max_value=2**53, default=0)

    @property
    def wish(self) -> Wish:
        given = dict(self.validated_data)
        requires = given.pop("requires", None) or {}
        return Wish(
            **given,
            required_f1=requires.get("strict_f1"),
            required_articles=requires.get("articles"),
        )


class BatchSerializer(serializers.Serializer):
    """A batch, and how far it has come; ``progress`` is null while the reader is blind to it."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    strategy = serializers.CharField()
    coders_per_article = serializers.IntegerField()
    overlap = serializers.FloatField()
    order = serializers.CharField()
    selection = serializers.DictField()
    one_per_cluster = serializers.BooleanField(source="is_one_per_cluster")
    suggestions = serializers.BooleanField(source="has_suggestions")
    training = serializers.BooleanField(source="is_training")
    requires = serializers.SerializerMethodField()
    seed = serializers.IntegerField()
    due = serializers.DateField(allow_null=True)
    priority = PriorityField()
    daily_quota = serializers.IntegerField(allow_null=True)
    lease_days = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    articles = serializers.IntegerField()
    progress = serializers.SerializerMethodField()

    @extend_schema_field(RequirementSerializer(allow_null=True))
    def get_requires(self, batch):
        if batch.required_articles is None:
            return None
        return {"strict_f1": batch.required_f1, "articles": batch.required_articles}

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_progress(self, batch):
        if not batch.is_open_book:
            return None
        return {
            "wanted": batch.wanted,
            "submitted": batch.submitted,
            "adjudicated": batch.adjudicated,
            "checks": batch.checks,
        }


@extend_schema_view(list=extend_schema(summary="List the batches of a project"))
class BatchListViewSet(InProject, mixins.ListModelMixin, viewsets.GenericViewSet):
    """The batches of a project."""

    serializer_class = BatchSerializer
    queryset = Batch.objects.none()
    roles = {"*": (Role.ADMIN,)}
    parameters = {"create": {"preview"}}
    ordering = ("-created_at", "-pk")

    def get_queryset(self):
        visible = Batch.objects.visible_to(self.request.user).filter(project=self.project)
        return progress.with_progress(visible, self.request.user)

    @extend_schema(
        request=WishSerializer,
        parameters=[OpenApiParameter("preview", OpenApiTypes.BOOL)],
        responses={200: OpenApiTypes.OBJECT, 201: BatchSerializer},
    )
    def create(self, request, slug):
        """Give articles to coders; with ``?preview=true`` only say who would get what."""
        preview = request.query_params.get("preview", "false")
        if preview not in {"true", "false"}:
            raise exceptions.ParseError(_("“preview” is true or false."))
        sent = WishSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        if preview == "true":
            planned = plan(self.project, sent.wish)
            load = workload.of(self.project, planned, by=request.user)
            return Response(as_preview(planned, load))
        batch = batches.open_batch(
            project=self.project, wish=sent.wish, by=request.user, at=timezone.now()
        )
        return Response(BatchSerializer(self.get_queryset().get(pk=batch.pk)).data, status=201)


class HandoverSerializer(StrictSerializer):
    """Whose work goes to whom, by username."""

    to = serializers.CharField(max_length=150)

    def get_fields(self):
        return {"from": serializers.CharField(max_length=150)} | super().get_fields()


class BatchViewSet(StrictQuery, SettingsMixin, viewsets.GenericViewSet):
    """One batch: how far it is, giving work to somebody else, waiting for nobody any more."""

    serializer_class = BatchSerializer
    queryset = Batch.objects.none()

    def retrieve(self, request, uuid):
        """Read a batch, and how far it has come."""
        visible = progress.with_progress(Batch.objects.visible_to(request.user), request.user)
        return Response(BatchSerializer(get_object_or_404(visible, uuid=uuid)).data)

    @extend_schema(request=HandoverSerializer, responses={200: OpenApiTypes.OBJECT})
    def reassign(self, request, uuid):
        """Give one coder's unsubmitted work to another; says what had to stay, and why."""
        batch = self._batch(uuid)
        sent = HandoverSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        handover = batch_changes.reassign(
            batch=batch,
            from_coder=sent.validated_data["from"],
            to_coder=sent.validated_data["to"],
            by=request.user,
            at=timezone.now(),
        )
        return Response({"moved": len(handover.movable), "refused": handover.refusals})

    @extend_schema(request=None, responses=BatchSerializer)
    @takes_nothing
    def close(self, request, uuid):
        """Release unsubmitted work; what somebody has submitted goes on to adjudication."""
        batch_changes.close(batch=self._batch(uuid), by=request.user, at=timezone.now())
        return self.retrieve(request, uuid)

    def _batch(self, uuid):
        visible = Batch.objects.visible_to(self.request.user).select_related("project")
        return get_object_or_404(visible, uuid=uuid)


def as_preview(planned: Plan, load: Workload) -> dict:
    """Return a plan in the API's words."""
    return {
        "assignments": [
            {"article": str(article.uuid), "coders": coders} for article, coders in planned.placed
        ],
        "loads": planned.allocation.loads,
        "pairs": [
            {"a": a, "b": b, "articles": count}
            for (a, b), count in sorted(planned.allocation.pairs.items())
        ],
        # How many, not which: who plans may code.
        "checks": len(planned.checks),
        "unplaced": [str(article.uuid) for article in planned.unplaced],
        "reasons": [str(story) for story in planned.crowded],
        "shared": sum(planned.wanted(article) > 1 for article, _coders in planned.placed),
        "balance": {
            "loads": planned.load_spread,
            "pairs": planned.pair_spread,
            "reason": planned.imbalance or None,
        },
        "hours": {
            "total": load.hours,
            "coders": [
                {
                    "coder": share.coder,
                    "hours": share.hours,
                    "pace": share.pace.source.value,
                    "minutes_per_1000_characters": share.pace.minutes,
                }
                for share in load.shares
            ],
        },
    }
