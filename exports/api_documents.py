"""What the difference between two releases looks like, for the schema."""

from rest_framework import serializers


class ComparedReleaseDocument(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    state = serializers.CharField()
    content_hash = serializers.CharField()


class UsedCodebookDocument(serializers.Serializer):
    """A version of the codebook, and which of the two releases it was used in."""

    version = serializers.IntegerField()
    sha256 = serializers.CharField(allow_null=True)
    before = serializers.BooleanField()
    after = serializers.BooleanField()


class FieldDifferenceDocument(serializers.Serializer):
    """Of ``codings`` how many coders and spans there are; of a text its hash."""

    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class SpanDifferenceDocument(serializers.Serializer):
    """A span as it was and as it is; ``parts`` says in what it differs."""

    change = serializers.CharField()
    parts = serializers.ListField(child=serializers.CharField())
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class ArticleDifferenceDocument(serializers.Serializer):
    """An article that came, went, or of which something differs."""

    id = serializers.CharField()
    change = serializers.CharField()
    fields = serializers.DictField(child=FieldDifferenceDocument())  # type: ignore[assignment]
    spans = SpanDifferenceDocument(many=True)


class CountsDocument(serializers.Serializer):
    before = serializers.IntegerField()
    after = serializers.IntegerField()
    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField()


class DifferenceCountsDocument(serializers.Serializer):
    """``spans`` is null where one of the two has no gold."""

    articles = CountsDocument()
    spans = CountsDocument(allow_null=True)
    spans_by_label = serializers.DictField(child=CountsDocument())


class DifferenceDocument(serializers.Serializer):
    since = ComparedReleaseDocument()
    release = ComparedReleaseDocument()
    codebooks = UsedCodebookDocument(many=True)
    articles = ArticleDifferenceDocument(many=True)
    counts = DifferenceCountsDocument()


class ComparingDocument(serializers.Serializer):
    """How many articles were compared so far."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()
