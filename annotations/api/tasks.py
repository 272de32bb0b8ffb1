from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets

from annotations.api.base import InProject, TextSerializer
from annotations.enums import CardKind, Role, TaskState
from annotations.models import Task
from annotations.queries import disputes


class TaskFilterSerializer(TextSerializer):
    state = serializers.ChoiceField(TaskState.choices, required=False)
    batch = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(CardKind.choices, required=False)
    label = serializers.CharField(max_length=60, required=False)

    def narrow(self, tasks):
        """Keep the tasks that have what the query asks for, kind and label on one card."""
        wanted = self.validated_data
        if "state" in wanted:
            tasks = tasks.filter(state=wanted["state"])
        if "batch" in wanted:
            tasks = tasks.filter(batch__uuid=wanted["batch"])
        return disputes.with_card(
            tasks, kind=wanted.get("kind", ""), label=wanted.get("label", "")
        )


class ArticleOfTaskSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="uuid")
    key = serializers.CharField()
    title = serializers.CharField()


class BatchOfTaskSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()


class TaskSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="uuid")
    state = serializers.CharField()
    article = ArticleOfTaskSerializer()
    batch = BatchOfTaskSerializer()
    coders_wanted = serializers.IntegerField()
    cards_open = serializers.IntegerField()
    cards_disputed = serializers.IntegerField()
    version = serializers.IntegerField()
    adjudicated_at = serializers.DateTimeField(allow_null=True)


@extend_schema_view(
    list=extend_schema(
        summary="List the tasks of a project, most disputed first",
        parameters=[TaskFilterSerializer],
    )
)
class TaskViewSet(InProject, mixins.ListModelMixin, viewsets.GenericViewSet):
    """The tasks of a project, those with most disputes first."""

    serializer_class = TaskSerializer
    queryset = Task.objects.none()
    roles = {"list": (Role.ADJUDICATOR, Role.ADMIN)}
    parameters = {"list": {"state", "batch", "kind", "label"}}
    ordering = ("-cards_disputed", "pk")

    def get_queryset(self):
        query = self.request.query_params
        wanted = TaskFilterSerializer(
            data={name: query[name] for name in self.parameters["list"] if name in query}
        )
        wanted.is_valid(raise_exception=True)
        tasks = Task.objects.visible_to(self.request.user).filter(batch__project=self.project)
        return wanted.narrow(tasks).select_related("batch", "article").defer("article__text")
