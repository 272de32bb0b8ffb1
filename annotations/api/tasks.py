from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets

from annotations.api.base import InProject, TextSerializer
from annotations.enums import CardKind, Role, TaskState
from annotations.models import Task
from annotations.queries import agreement, disputes


class TaskFilterSerializer(TextSerializer):
    state = serializers.ChoiceField(TaskState.choices, required=False)
    batch = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(CardKind.choices, required=False)
    label = serializers.CharField(max_length=60, required=False)
    coder = serializers.CharField(
        max_length=200, required=False, help_text="As the agreement call names coders."
    )
    against = serializers.CharField(
        max_length=200, required=False, help_text="A coder whose version differs from the other’s."
    )

    def narrow(self, tasks, project, user):
        """Keep the tasks that have what the query asks for, all of it on one card."""
        wanted = self.validated_data
        if "state" in wanted:
            tasks = tasks.filter(state=wanted["state"])
        if "batch" in wanted:
            tasks = tasks.filter(batch__uuid=wanted["batch"])
        names = {field: wanted[field] for field in ("coder", "against") if field in wanted}
        called = agreement.called(project, user) if names else {}
        members = {name: uuid for uuid, name in called.items()}
        if unknown := [field for field, name in names.items() if name not in members]:
            raise serializers.ValidationError(dict.fromkeys(unknown, _("Nobody is called that.")))
        return disputes.with_card(
            tasks,
            kind=wanted.get("kind", ""),
            label=wanted.get("label", ""),
            coders=[members[name] for name in names.values()],
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
    parameters = {"list": {"state", "batch", "kind", "label", "coder", "against"}}
    ordering = ("-cards_disputed", "pk")

    def get_queryset(self):
        query = self.request.query_params
        wanted = TaskFilterSerializer(
            data={name: query[name] for name in self.parameters["list"] if name in query}
        )
        wanted.is_valid(raise_exception=True)
        tasks = Task.objects.visible_to(self.request.user).filter(batch__project=self.project)
        narrowed = wanted.narrow(tasks, self.project, self.request.user)
        return narrowed.select_related("batch", "article").defer("article__text")
