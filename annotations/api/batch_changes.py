"""What an admin does with a batch under way, beside what the contract names: ``api.batches``."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, viewsets
from rest_framework.response import Response

from annotations.actions import batch_changes, flags, reminders
from annotations.api.base import StrictQuery, StrictSerializer, takes_nothing
from annotations.api.documents import ReleasedDocument
from annotations.models import Assignment, Batch
from annotations.permissions import can_administer, can_know_of
from annotations.queries import asking

MOST_CODERS = 200
MOST_ARTICLES = 10_000


class TakingSerializer(StrictSerializer):
    """Whose work is taken away, or which: one of the two."""

    coder = serializers.CharField(max_length=150, required=False)
    assignments = serializers.ListField(
        child=serializers.UUIDField(), required=False, allow_empty=False, max_length=MOST_ARTICLES
    )

    def validate(self, attrs):
        if len(attrs) != 1:
            raise serializers.ValidationError(_("Give one of coder, assignments."))
        return attrs


class AskingSerializer(StrictSerializer):
    """Who is asked, by username, and for which disputes."""

    coders = serializers.ListField(
        child=serializers.CharField(max_length=150), allow_empty=False, max_length=MOST_CODERS
    )
    at_least = serializers.IntegerField(min_value=1, max_value=999, default=1)
    labels = serializers.ListField(
        child=serializers.CharField(max_length=80), default=list, max_length=500
    )


class ReminderSerializer(StrictSerializer):
    """Who is reminded, by username; nobody named is everybody who is behind."""

    coders = serializers.ListField(
        child=serializers.CharField(max_length=150), default=list, max_length=MOST_CODERS
    )
    text = serializers.CharField(max_length=2000, allow_blank=True, default="")


class AnswerSerializer(StrictSerializer):
    """What the coder is told; nothing means that the flag was seen."""

    note = serializers.CharField(max_length=2000, allow_blank=True, default="")


class CountDocument(serializers.Serializer):
    articles = serializers.IntegerField()


class RemindedDocument(serializers.Serializer):
    reminded = serializers.ListField(child=serializers.CharField())


class AnsweredDocument(serializers.Serializer):
    flag = serializers.CharField()
    note = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class BatchChangeViewSet(StrictQuery, viewsets.GenericViewSet):
    """Taking work away, asking another coder, reminding."""

    serializer_class = TakingSerializer
    queryset = Batch.objects.none()
    parameters = {"ask_another": {"preview"}}

    @property
    def batch(self):
        visible = Batch.objects.visible_to(self.request.user).select_related("project")
        return get_object_or_404(visible, uuid=self.kwargs["uuid"])

    def taken(self, serializer_class):
        sent = serializer_class(data=self.request.data)
        sent.is_valid(raise_exception=True)
        return {"by": self.request.user, "at": timezone.now(), **sent.validated_data}

    @extend_schema(request=TakingSerializer, responses=CountDocument)
    def release(self, request, uuid):
        """Take away what a coder has not handed in, or the work named. It is kept."""
        batch = self.batch
        count = batch_changes.release(batch=batch, **self.taken(TakingSerializer))
        return Response({"articles": count})

    @extend_schema(
        request=AskingSerializer,
        parameters=[OpenApiParameter("preview", OpenApiTypes.BOOL)],
        responses=OpenApiTypes.OBJECT,
    )
    def ask_another(self, request, uuid):
        """Have one more coder code what the first ones disagree on; or say what that would do."""
        batch = self.batch
        preview = request.query_params.get("preview", "false")
        if preview not in {"true", "false"}:
            raise exceptions.ParseError(_("“preview” is true or false."))
        sent = self.taken(AskingSerializer)
        if preview == "false":
            return Response(as_asking(batch, batch_changes.ask_another(batch=batch, **sent)))
        if not can_know_of(request.user, batch):
            raise exceptions.PermissionDenied
        tasks = asking.disputed(batch, sent["at_least"], sent["labels"])
        rows = list(tasks.select_related("article").defer("article__text"))
        return Response(
            as_asking(batch, asking.plan(batch, rows, asking.coders(batch, sent["coders"])))
        )

    @extend_schema(request=None, responses=CountDocument)
    @takes_nothing
    def ask_no_more(self, request, uuid):
        """Go on without those who were asked later and have not handed in."""
        count = batch_changes.ask_no_more(batch=self.batch, by=request.user, at=timezone.now())
        return Response({"articles": count})

    @extend_schema(request=ReminderSerializer, responses=RemindedDocument)
    def remind(self, request, uuid):
        """Remind coders of what they have not handed in."""
        batch = self.batch
        made = reminders.remind(batch=batch, **self.taken(ReminderSerializer))
        return Response({"reminded": sorted(reminder.member.name for reminder in made)})


class WorkViewSet(StrictQuery, viewsets.GenericViewSet):
    """What an admin does with one coder's work."""

    serializer_class = AnswerSerializer
    queryset = Assignment.objects.none()

    @property
    def assignment(self):
        visible = Assignment.objects.visible_to(self.request.user)
        related = visible.select_related("task__batch__project", "coder__user")
        found = get_object_or_404(related, uuid=self.kwargs["uuid"])
        if not can_administer(self.request.user, found.task.batch.project):
            raise exceptions.PermissionDenied
        return found

    @extend_schema(request=None, responses=ReleasedDocument)
    @takes_nothing
    def give_back(self, request, uuid):
        """Give a coder work again that was taken away."""
        held = batch_changes.give_back(
            assignment=self.assignment, by=request.user, at=timezone.now()
        )
        return Response({"id": held.uuid, "state": held.state})

    @extend_schema(request=AnswerSerializer, responses={201: AnsweredDocument})
    def answer(self, request, uuid):
        """Answer the coder's flag."""
        assignment = self.assignment
        sent = AnswerSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        said = flags.answer(
            assignment=assignment, by=request.user, at=timezone.now(), **sent.validated_data
        )
        document = {
            "flag": said.flag,
            "note": said.note,
            "by": said.answered_by.username,
            "at": said.answered_at,
        }
        return Response(document, status=201)


def as_asking(batch: Batch, plan: asking.Asking) -> dict:
    """Return who is asked in the API's words."""
    articles = dict(
        batch.tasks.filter(pk__in=plan.given)
        .order_by("position", "pk")
        .values_list("pk", "article__uuid")
    )
    return {
        "assignments": [
            {"article": str(article), "coders": [plan.given[task].name]}
            for task, article in articles.items()
        ],
        "loads": dict(plan.loads),
        "unplaced": [str(task.article.uuid) for task in plan.unplaced],
    }
