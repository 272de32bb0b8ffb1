"""What the answers on agreement look like, for the schema."""

from rest_framework import serializers

from annotations.enums import JobState, TaskState


class FigureDocument(serializers.Serializer):
    """A number with its interval of 95 %, if it has one; without the number, a code why not."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(required=False)
    high = serializers.FloatField(required=False)
    na = serializers.CharField(required=False)


class AlphaDocument(FigureDocument):
    articles = serializers.IntegerField()
    units = serializers.IntegerField()


class CoveredDocument(FigureDocument):
    coverage = serializers.FloatField(required=False)


class MeanDocument(FigureDocument):
    sd = serializers.FloatField(required=False)


class UnitizingDocument(serializers.Serializer):
    u = FigureDocument()
    gap = FigureDocument()
    cu = CoveredDocument()
    by_label = serializers.DictField(child=CoveredDocument())


class CoderPairDocument(serializers.Serializer):
    """A figure that can't be said is an object with the code why."""

    a = serializers.CharField()
    b = serializers.CharField()
    articles = serializers.IntegerField()
    spans_a = serializers.IntegerField()
    spans_b = serializers.IntegerField()
    strict_f1 = serializers.JSONField()
    extent_f1 = serializers.JSONField()
    overlap_f1 = serializers.JSONField()
    alpha = serializers.JSONField()


class MeansDocument(serializers.Serializer):
    strict_f1 = MeanDocument()
    extent_f1 = MeanDocument()
    overlap_f1 = MeanDocument()


class AgainstGoldDocument(serializers.Serializer):
    coder = serializers.CharField()
    articles = serializers.IntegerField()
    cor = serializers.IntegerField()
    inc = serializers.IntegerField()
    par = serializers.IntegerField()
    mis = serializers.IntegerField()
    spu = serializers.IntegerField()
    strict_f1 = serializers.JSONField()
    partial_f1 = serializers.JSONField()


class ConfusionDocument(serializers.Serializer):
    labels = serializers.ListField(child=serializers.CharField(allow_null=True))
    counts = serializers.ListField(child=serializers.ListField(child=serializers.IntegerField()))


class BootstrapDocument(serializers.Serializer):
    resamples = serializers.IntegerField()
    seed = serializers.IntegerField()


class AgreementDocument(serializers.Serializer):
    computed_at = serializers.DateTimeField(allow_null=True)
    stale = serializers.BooleanField()
    articles = serializers.IntegerField()
    coders = serializers.ListField(child=serializers.CharField())
    bootstrap = BootstrapDocument()
    alpha = AlphaDocument()
    alpha_by_label = serializers.DictField(child=AlphaDocument())
    u_alpha = UnitizingDocument()
    pairs = CoderPairDocument(many=True)
    mean_pair = MeansDocument()
    gold = AgainstGoldDocument(many=True)
    confusion = ConfusionDocument()


class WindowAgainstGoldDocument(serializers.Serializer):
    articles = serializers.IntegerField()
    alpha = FigureDocument()
    strict_f1 = FigureDocument()
    partial_f1 = FigureDocument()


class WindowDocument(serializers.Serializer):
    articles = serializers.IntegerField()
    alpha = FigureDocument()
    gold = WindowAgainstGoldDocument()

    def get_fields(self):
        moments = {name: serializers.DateTimeField() for name in ("from", "to")}
        return moments | super().get_fields()


class DriftDocument(serializers.Serializer):
    coder = serializers.CharField()
    windows = WindowDocument(many=True)


class WordDocument(serializers.Serializer):
    word = serializers.CharField()
    disputed = serializers.IntegerField()
    marked = serializers.IntegerField()
    articles = serializers.IntegerField()


class AttributeDocument(FigureDocument):
    label = serializers.CharField()
    name = serializers.CharField()
    articles = serializers.IntegerField()
    spans = serializers.IntegerField()


class HeadlineDocument(serializers.Serializer):
    alpha = FigureDocument()
    strict_f1 = FigureDocument()


class LaterDocument(serializers.Serializer):
    articles = serializers.IntegerField()
    submissions = serializers.IntegerField()
    before = HeadlineDocument()
    after = HeadlineDocument()


class ShareDocument(FigureDocument):
    units = serializers.IntegerField()


class DetailsDocument(serializers.Serializer):
    computed_at = serializers.DateTimeField(allow_null=True)
    stale = serializers.BooleanField()
    state = serializers.ChoiceField(["none", *JobState.values])
    label_given_extent = ShareDocument()
    drift = DriftDocument(many=True)
    words = WordDocument(many=True)
    attributes = AttributeDocument(many=True)
    later = LaterDocument()


class StandingDocument(serializers.Serializer):
    """An article; ``times`` counts the labels or the word that were asked for."""

    task = serializers.UUIDField()
    article = serializers.UUIDField()
    key = serializers.CharField()
    title = serializers.CharField()
    batch = serializers.UUIDField()
    batch_name = serializers.CharField()
    state = serializers.ChoiceField(TaskState.choices)
    coded_at = serializers.DateTimeField()
    coders = serializers.ListField(child=serializers.CharField())
    units = serializers.IntegerField()
    spans = serializers.IntegerField()
    alpha = FigureDocument()
    strict_f1 = FigureDocument()
    times = serializers.IntegerField(allow_null=True)
