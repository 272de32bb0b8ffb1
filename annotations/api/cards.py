"""What goes beyond one card: the same words elsewhere, and what adjudicators say to each other."""

from dataclasses import asdict

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from annotations.actions import adjudication, rulings
from annotations.actions import precedents as alike
from annotations.api.adjudication import OnTask, VersionSerializer
from annotations.api.base import StrictSerializer, takes_nothing
from annotations.api.documents import (
    AlikeDocument,
    OnRecordDocument,
    RemarkDocument,
    SpreadDocument,
)
from annotations.queries import card_history, precedents

PLACES_SHOWN = 100


class RemarkSerializer(StrictSerializer):
    text = serializers.CharField(max_length=10_000)


class AlikeViewSet(OnTask):
    """The same words elsewhere: how they were ruled on, and where the same question waits."""

    serializer_class = VersionSerializer

    @extend_schema(responses=AlikeDocument)
    def retrieve(self, request, uuid, card):
        """Read how people ruled on the same words, and where the same question waits."""
        found = rulings.card_of(self.task, card)
        waiting = precedents.waiting(found, request.user)
        return Response(
            {
                "precedents": [asdict(p) for p in precedents.precedents(found, request.user)],
                "waiting": waiting.count(),
                "places": precedents.as_places(waiting[:PLACES_SHOWN]),
            }
        )

    @extend_schema(request=VersionSerializer, responses=SpreadDocument)
    def spread(self, request, uuid, card):
        """Apply the ruling on a card wherever the same question waits."""
        said = self.taken(VersionSerializer, request.data)
        return self._told(alike.spread(card_id=card, **self.ruling, **said))

    @extend_schema(request=None, responses=SpreadDocument)
    @takes_nothing
    def take_back(self, request, uuid, card, decision):
        """Open again what a ruling was applied to, but for what was ruled on since."""
        found = get_object_or_404(self.task.decisions, uuid=decision, card_id=card)
        return self._told(alike.take_back(decision=found, **self.ruling))

    def _told(self, spread):
        changed = {
            "decision": str(spread.decision.uuid),
            "cards": len(spread.cards),
            "articles": spread.articles,
            "left": spread.left,
            "here": [card.card_id for card in spread.cards if card.task_id == self.task.pk],
        }
        return Response(self.answer(**changed))


class CardHistoryViewSet(OnTask):
    """What was ruled on a card, and what came too late for it."""

    serializer_class = OnRecordDocument
    pagination_class = None

    @extend_schema(responses=OnRecordDocument(many=True))
    def list(self, request, uuid, card):
        """Read every ruling on a card, newest first."""
        return Response(card_history.history(self.task, rulings.card_of(self.task, card)))


class RemarkViewSet(OnTask):
    """What adjudicators say to each other about a card."""

    serializer_class = RemarkSerializer
    pagination_class = None

    @extend_schema(responses=RemarkDocument(many=True))
    def list(self, request, uuid, card):
        """Read what was said about a card, oldest first."""
        found = rulings.card_of(self.task, card)
        said = self.task.remarks.filter(card_id=found.card_id).select_related("said_by")
        return Response([_as_shown(remark) for remark in said.order_by("pk")])

    @extend_schema(request=RemarkSerializer, responses={201: RemarkDocument})
    def create(self, request, uuid, card):
        """Say something about a card."""
        said = self.taken(RemarkSerializer, request.data)
        remark = adjudication.remark(card_id=card, **self.ruling, **said)
        return Response(_as_shown(remark), status=status.HTTP_201_CREATED)


def _as_shown(remark):
    return {
        "id": str(remark.uuid),
        "text": remark.text,
        "by": remark.said_by.username,
        "at": remark.said_at,
    }
