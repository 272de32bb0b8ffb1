"""What machines proposed and an import brings, also for articles that are here already.

Called by ``actions.import_writer`` only, in the transaction of the import.
"""

from annotations.importing.problems import Problem
from annotations.importing.records import Record
from annotations.models import Article, Suggestion


class ImportedSuggestions:
    """The suggestions of the articles of one chunk: those there are, and those that come."""

    def __init__(self, known: list[Article]):
        layers = Suggestion.objects.filter(article__in=known)
        self._there = {(layer.article_id, layer.origin): layer.spans for layer in layers}
        self._new: list[Suggestion] = []

    def news(self, article: Article, record: Record) -> list[Suggestion]:
        """Return what the record brings and the article lacks.

        Raises ``Problem`` if an origin proposed something else before: what
        coders have answered must not change under them.
        """
        news = []
        for layer in record.suggestions:
            there = self._there.get((article.pk, layer.origin))
            if there is None:
                news.append(Suggestion(article=article, origin=layer.origin, spans=layer.spans))
            elif there != layer.spans:
                raise Problem(
                    "origin_taken",
                    f"“{article.key}” has other suggestions of “{layer.origin}” already; "
                    "give the new ones another origin.",
                )
        return news

    def add(self, news: list[Suggestion]) -> None:
        """Queue ``news``."""
        self._there |= {(layer.article_id, layer.origin): layer.spans for layer in news}
        self._new += news

    def flush(self) -> None:
        """Write what is queued."""
        Suggestion.objects.bulk_create(self._new)
        self._new = []
