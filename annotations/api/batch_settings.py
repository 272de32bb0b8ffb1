from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from annotations.actions import batch_settings
from annotations.api.base import StrictSerializer
from annotations.enums import Priority
from annotations.forms.batch_settings import LONGEST_LEASE, MOST_A_DAY
from annotations.models import Batch

WORDS = {priority.name.lower(): priority for priority in Priority}


class PriorityField(serializers.ChoiceField):
    """Which batch comes first, as a word."""

    def __init__(self, **options):
        super().__init__(list(WORDS), **options)

    def to_internal_value(self, data):
        return WORDS[super().to_internal_value(data)]

    def to_representation(self, value):
        return Priority(value).name.lower()


class BatchSettingsSerializer(StrictSerializer):
    """What can be set for a batch under way; a PATCH changes only what it names."""

    name = serializers.CharField(max_length=200, required=False)
    due = serializers.DateField(required=False, allow_null=True)
    priority = PriorityField(required=False)
    daily_quota = serializers.IntegerField(
        min_value=1, max_value=MOST_A_DAY, required=False, allow_null=True
    )
    lease_days = serializers.IntegerField(
        min_value=1, max_value=LONGEST_LEASE, required=False, allow_null=True
    )


class SettingsMixin:
    """For the view of one batch, which can ``retrieve`` it."""

    @extend_schema(request=BatchSettingsSerializer)
    def partial_update(self, request, uuid):
        """Change a batch's name, due date, priority, daily quota or lease."""
        visible = Batch.objects.visible_to(request.user).select_related("project")
        batch = get_object_or_404(visible, uuid=uuid)
        sent = BatchSettingsSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        batch_settings.change(
            batch=batch, settings=sent.validated_data, by=request.user, at=timezone.now()
        )
        return self.retrieve(request, uuid)
