from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.response import Response

from annotations.actions import codebook as actions
from annotations.api.base import InProject, StrictSerializer
from annotations.api.types import refuse_other_types
from annotations.enums import Change, Role
from annotations.queries import codebook


class Lines(serializers.ListField):
    child = serializers.CharField(max_length=2_000)
    max_length = 200


class DeclarationSerializer(serializers.Serializer):
    """An attribute or a link that spans of a label may have; further keys say more of it."""

    name = serializers.CharField(max_length=100)

    def to_internal_value(self, data):
        if isinstance(data, dict) and "name" in data:
            refuse_other_types(self.fields, {"name": data["name"]})
        checked = super().to_internal_value(data)
        return {**data, **checked}

    def to_representation(self, instance):
        return instance


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string"},
            {
                "type": "object",
                "required": ["text"],
                "properties": {"text": {"type": "string"}, "note": {"type": "string"}},
            },
        ]
    }
)
class ExampleField(serializers.Field):
    """A text, or ``{text, note?, …}``; square brackets mark what is to be coded in it."""

    default_error_messages = {"invalid": _("Give a text, or an object that has one as “text”.")}

    def to_internal_value(self, data):
        text = data.get("text") if isinstance(data, dict) else data
        if not isinstance(text, str) or not text.strip() or len(text) > 2_000:
            self.fail("invalid")
        return data

    def to_representation(self, value):
        return value


class LabelSerializer(StrictSerializer):
    key = serializers.RegexField(r"\A[^\x00-\x1f\x7f]+\Z", max_length=60)
    name = serializers.CharField(max_length=100, required=False)
    colour = serializers.CharField(max_length=20, required=False, allow_blank=True)
    hotkey = serializers.CharField(max_length=20, required=False, allow_blank=True)
    definition = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    include = Lines(required=False)
    exclude = Lines(required=False)
    examples = serializers.ListField(child=ExampleField(), max_length=200, required=False)
    attributes = DeclarationSerializer(many=True, required=False)
    links = DeclarationSerializer(many=True, required=False)
    retired = serializers.BooleanField(required=False)


class RuleSerializer(StrictSerializer):
    id = serializers.CharField(max_length=40)
    text = serializers.CharField(max_length=5_000)


class CodebookSerializer(StrictSerializer):
    version = serializers.IntegerField(read_only=True)
    labels = LabelSerializer(many=True, allow_empty=False)
    rules = RuleSerializer(many=True, required=False)
    change = serializers.ChoiceField(Change.choices, default=Change.MEANING, write_only=True)
    note = serializers.CharField(max_length=5_000, default="", allow_blank=True, write_only=True)

    def to_internal_value(self, data):
        # Who reads the codebook, changes a word and sends it back need not take the number out.
        if isinstance(data, dict):
            data = {name: value for name, value in data.items() if name != "version"}
        return super().to_internal_value(data)


class CodebookViewSet(InProject, viewsets.GenericViewSet):
    """The latest codebook; a PUT publishes the next version, the old ones never change."""

    serializer_class = CodebookSerializer
    roles = {"retrieve": tuple(Role), "update": (Role.ADMIN,)}

    @extend_schema(responses=CodebookSerializer)
    def retrieve(self, request, slug):
        """Read the latest codebook."""
        return Response(codebook.as_contract(codebook.current(self.project)))

    @extend_schema(responses=CodebookSerializer)
    def update(self, request, slug):
        """Publish the next version of the codebook. The versions before never change."""
        wanted = self.get_serializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        version = actions.publish(
            project=self.project, by=request.user, at=timezone.now(), **wanted.validated_data
        )
        return Response(codebook.as_contract(version))
