from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.response import Response

from annotations.actions import coding as actions
from annotations.api.base import InProject, TextSerializer, takes_nothing
from annotations.api.coding import as_document
from annotations.api.documents import AssignmentDocument
from annotations.enums import AssignmentState, Role
from annotations.models import Assignment
from annotations.permissions import member_of


class AssignmentFilterSerializer(TextSerializer):
    state = serializers.ChoiceField(AssignmentState.choices, required=False)
    batch = serializers.UUIDField(source="task__batch__uuid", required=False)
    coder = serializers.CharField(source="coder__user__username", max_length=150, required=False)


class ArticleOfAssignmentSerializer(serializers.Serializer):
    id = serializers.UUIDField(source="uuid")
    key = serializers.CharField()
    title = serializers.CharField()


class AssignmentSerializer(serializers.Serializer):
    """Whose work it is, on what, how far. Never its spans."""

    id = serializers.UUIDField(source="uuid")
    state = serializers.CharField()
    doc_rev = serializers.IntegerField()
    batch = serializers.UUIDField(source="task.batch.uuid")
    due = serializers.DateField(source="task.batch.due", allow_null=True)
    article = ArticleOfAssignmentSerializer(source="task.article")
    coder = serializers.CharField(source="coder.name")
    flag = serializers.CharField()
    return_note = serializers.CharField()
    started_at = serializers.DateTimeField(allow_null=True)
    saved_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)


@extend_schema_view(
    list=extend_schema(
        summary="List the work in a project", parameters=[AssignmentFilterSerializer]
    )
)
class AssignmentListViewSet(InProject, mixins.ListModelMixin, viewsets.GenericViewSet):
    """The work in a project: a coder's own, for admins everybody's."""

    serializer_class = AssignmentSerializer
    queryset = Assignment.objects.none()
    roles = {"list": (Role.CODER, Role.ADMIN), "next": (Role.CODER,)}
    parameters = {"list": {"state", "batch", "coder"}}
    ordering = ("pk",)

    def get_queryset(self):
        query = self.request.query_params
        wanted = AssignmentFilterSerializer(
            data={name: query[name] for name in self.parameters["list"] if name in query}
        )
        wanted.is_valid(raise_exception=True)
        return (
            Assignment.objects.visible_to(self.request.user)
            .filter(task__batch__project=self.project, **wanted.validated_data)
            .select_related("task__article", "task__batch", "coder__user")
            .defer("task__article__text")
        )

    @extend_schema(request=None, responses={200: AssignmentDocument, 204: None})
    @takes_nothing
    def next(self, request, slug):
        """Return the caller's next work, started; 204 when nothing is left to do."""
        member = member_of(request.user, self.project)
        found = actions.next_assignment(member=member, at=timezone.now())
        return Response(status=204) if found is None else as_document(found)
