"""What the larger answers look like, for the schema. Queries build them as plain data."""

from rest_framework import serializers

from annotations.api.articles import ZoneSerializer
from annotations.api.codebook import CodebookSerializer
from annotations.enums import AssignmentState, CardKind, Outcome, TaskState


class PairDocument(serializers.Serializer):
    name = serializers.CharField()
    value = serializers.CharField()


class LinkDocument(serializers.Serializer):
    name = serializers.CharField()
    target = serializers.UUIDField()


class SpanDocument(serializers.Serializer):
    """A span, the same everywhere. Offsets count code points, ``end`` is exclusive."""

    id = serializers.UUIDField()
    rev = serializers.IntegerField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    label = serializers.CharField()
    quote = serializers.CharField()
    attributes = PairDocument(many=True)
    links = LinkDocument(many=True)
    note = serializers.CharField()


class TextDocument(serializers.Serializer):
    """An article with what coding and ruling need of it."""

    id = serializers.UUIDField()
    key = serializers.CharField()
    text = serializers.CharField()
    text_sha256 = serializers.CharField()
    meta = serializers.DictField()
    zones = ZoneSerializer(many=True)


class ExtentField(serializers.ListField):
    """``[start, end]``."""

    child = serializers.IntegerField()
    min_length = max_length = 2


class BatchName(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class AssignmentDocument(serializers.Serializer):
    """Everything that coding one article needs."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(AssignmentState.choices)
    doc_rev = serializers.IntegerField()
    batch = BatchName()
    due = serializers.DateField(allow_null=True)
    flag = serializers.CharField()
    return_note = serializers.CharField()
    article = TextDocument()
    codebook = CodebookSerializer()
    spans = SpanDocument(many=True)
    tokens = serializers.ListField(child=ExtentField())
    sentences = serializers.ListField(child=ExtentField())
    tokenizer = serializers.CharField()


class OpResult(serializers.Serializer):
    """What became of one step; ``span`` is as the server has it now."""

    op_id = serializers.UUIDField()
    status = serializers.ChoiceField(["applied", "duplicate", "conflict", "gone", "invalid"])
    span = SpanDocument(required=False, allow_null=True)
    error = serializers.DictField(required=False)


class Change(serializers.Serializer):
    """What a span became; null where it was deleted."""

    rev = serializers.IntegerField()
    span_id = serializers.UUIDField()
    span = SpanDocument(allow_null=True)
    client_id = serializers.CharField()


class SavedDocument(serializers.Serializer):
    doc_rev = serializers.IntegerField()
    results = OpResult(many=True)
    changes = Change(many=True)


class HandedInDocument(serializers.Serializer):
    """``next`` is the coder's next assignment, if anything is left."""

    next = serializers.UUIDField(allow_null=True)


class ReleasedDocument(serializers.Serializer):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(AssignmentState.choices)


class Candidate(serializers.Serializer):
    """A coder's version, empty where the coder has nothing there."""

    coder = serializers.CharField()
    spans = SpanDocument(many=True)


class MadeDocument(serializers.Serializer):
    """A ruling: what it came to, and who made it, when and why."""

    id = serializers.UUIDField()
    outcome = serializers.ChoiceField(Outcome.choices)
    coder = serializers.CharField(allow_null=True)
    spans = SpanDocument(many=True)
    reason = serializers.CharField()
    note = serializers.CharField()
    rule = serializers.CharField()
    confidence = serializers.IntegerField(allow_null=True)
    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    automatic = serializers.BooleanField()


class DecisionDocument(MadeDocument):
    """The ruling in force; ``stale`` when the work it touches has changed since."""

    stale = serializers.BooleanField()


class OnRecordDocument(MadeDocument):
    """A ruling on record; ``refused`` is one that came too late and was only kept."""

    standing = serializers.ChoiceField(["in_force", "stale", "superseded", "refused"])


class CardDocument(serializers.Serializer):
    id = serializers.CharField()
    kind = serializers.ChoiceField(CardKind.choices)
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    candidates = Candidate(many=True)
    decision = DecisionDocument(allow_null=True)
    remarks = serializers.IntegerField()


class AddedDocument(serializers.Serializer):
    """A span that nobody coded, and the decision that added it."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    decision = DecisionDocument(allow_null=True)


class GoldDocument(SpanDocument):
    source = serializers.CharField()
    coders = serializers.ListField(child=serializers.CharField())
    decision = serializers.UUIDField(allow_null=True)


class AdjudicationDocument(serializers.Serializer):
    """One task as its adjudicator sees it, with coders as letters."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    state = serializers.ChoiceField(TaskState.choices)
    article = TextDocument()
    codebook = CodebookSerializer()
    coders = serializers.ListField(child=serializers.CharField())
    cards = CardDocument(many=True)
    added = AddedDocument(many=True)
    gold = GoldDocument(many=True)
    reasons = serializers.ListField(child=serializers.CharField())
    tokens = serializers.ListField(child=ExtentField())


class StandDocument(serializers.Serializer):
    """Where a task stands after a ruling; the next one is made on this version."""

    version = serializers.IntegerField()
    state = serializers.ChoiceField(TaskState.choices)


class RuledDocument(StandDocument):
    card = CardDocument()


class SpanAddedDocument(StandDocument):
    span = GoldDocument()


class PrecedentDocument(serializers.Serializer):
    """How often the same words were ruled on alike, and the rules that were cited."""

    outcome = serializers.ChoiceField(["accept", "reject", "unclear"])
    labels = serializers.ListField(child=serializers.CharField())
    rules = serializers.ListField(child=serializers.CharField())
    count = serializers.IntegerField()


class PlaceDocument(serializers.Serializer):
    """Where else the same question waits, with the words around it."""

    task = serializers.UUIDField()
    article = serializers.DictField(child=serializers.CharField())
    card = serializers.CharField()
    before = serializers.CharField()
    words = serializers.CharField()
    after = serializers.CharField()


class AlikeDocument(serializers.Serializer):
    """``places`` has the first of those ``waiting``."""

    precedents = PrecedentDocument(many=True)
    waiting = serializers.IntegerField()
    places = PlaceDocument(many=True)


class SpreadDocument(StandDocument):
    """How many cards were changed, in how many articles, which of them ``here``; ``left`` are
    those that it did not reach."""

    decision = serializers.UUIDField()
    cards = serializers.IntegerField()
    articles = serializers.IntegerField()
    left = serializers.IntegerField()
    here = serializers.ListField(child=serializers.CharField())


class RemarkDocument(serializers.Serializer):
    id = serializers.UUIDField()
    text = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()
