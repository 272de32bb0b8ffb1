"""What an import makes of articles that come without zones and metadata.

Called by ``actions.import_writer`` only, in the transaction of the import.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath
from typing import Any

from annotations.actions import articles
from annotations.actions.import_reading import Row
from annotations.actions.jobs import wake_on_commit
from annotations.algorithms import dates, metadata
from annotations.algorithms.zones import recurring
from annotations.enums import CleaningScope, MetaSource, ZoneKind, ZonesBy
from annotations.models import Article, CleaningJob, ImportJob, OutletHabits
from annotations.queries.cleaning import RuleBook, as_zones, of_outlet, outlet_of

CHUNK = 200
#: Of so many outlets of one import the habits are learnt.
MOST_OUTLETS = 200
_PAGES = {".html", ".htm", ".xhtml"}
_TABLES = {".csv", ".tsv", ".tab", ".xlsx", ".parquet", ".pq"}
_WORK = {"zones", "spans", "codings"}


class Cleaner:
    """Fills in zones and metadata, and looks again once all articles of an outlet are there."""

    def __init__(self, job: ImportJob, at: datetime):
        self._job = job
        self._at = at
        self._book = RuleBook(job.project)
        self._outlets: Counter[str] = Counter()
        self._orders: dict[str, set[dates.Order]] = defaultdict(set)

    def clean(self, article: Article, row: Row) -> None:
        """Fill in what ``row`` does not say. What comes with zones or codings stays as it is."""
        value = row.value if isinstance(row.value, dict) else {}
        given = _given_by(row.file)
        article.meta_sources = {name: given for name, said in article.meta.items() if said}
        if _WORK & value.keys():
            return
        rules = self._book.of(outlet_of(article))
        found = rules.find(article.text)
        # A program that sends records means what it says of them, and gets it back.
        if given != MetaSource.RECORD or not article.meta:
            self._describe(article, found, row.default_key)
            if (better := self._book.of(outlet_of(article))) != rules:
                found = better.find(article.text)
        article.zones = as_zones(found)
        article.zones_by = ZonesBy.RULES
        self._outlets[outlet_of(article)] += 1
        if order := metadata.order_shown(article.text, found):
            self._orders[outlet_of(article)].add(order)

    def make_room(self, article: Article, spans: list[dict[str, Any]]) -> None:
        """Take back furniture in which work that came later has found something."""
        stored = Article.objects.get(pk=article.pk)
        if stored.zones_by != ZonesBy.RULES or not spans:
            return
        kept = [
            zone
            for zone in stored.zones
            if zone["kind"] != ZoneKind.BOILERPLATE
            or not any(zone["start"] <= s["start"] and s["end"] <= zone["end"] for s in spans)
        ]
        if kept != stored.zones and stored.import_job_id != self._job.pk:
            articles.keep_revisions([stored], by=self._job.requested_by, at=self._at)
            stored.version += 1
        stored.zones, stored.zones_by = kept, ZonesBy.RECORD
        stored.save(update_fields=["zones", "zones_by", "version"])

    def look_again(self) -> None:
        """Learn the habits of the outlets that came in, and let their articles profit."""
        for outlet, _ in self._outlets.most_common(MOST_OUTLETS):
            self._look_at(outlet)

    def _describe(self, article: Article, found: list[Any], file_name: str) -> None:
        order = self._book.of(outlet_of(article)).order
        if shown := _tidy_date(article, order):
            self._orders[outlet_of(article)].add(shown)
        address = article.meta.get("url")
        guessed = metadata.guess(
            article.text,
            found,
            file_name=file_name,
            address=address if isinstance(address, str) else "",
            order=order,
        )
        meta, sources = dict(article.meta), dict(article.meta_sources)
        for name, guess in guessed.items():
            if meta.get(name) in (None, ""):
                meta[name], sources[name] = guess.value, guess.source
        article.meta, article.meta_sources = meta, sources

    def _look_at(self, outlet: str) -> None:
        zoned = Article.objects.filter(project=self._job.project, zones_by=ZonesBy.RULES)
        zoned = zoned.filter(of_outlet(outlet))
        recent = zoned.order_by("-pk").values_list("text", flat=True)
        learnt = recurring.learn(recent[: recurring.MOST_ARTICLES].iterator())
        habits = OutletHabits.objects.filter(project=self._job.project, name=outlet).first()
        habits = habits or OutletHabits(project=self._job.project, name=outlet)
        known = {line["text"] for line in habits.lines}
        news = [line for line in learnt if line.text not in known]
        order = metadata.habit(self._orders[outlet])
        is_order_news = bool(outlet and order and not habits.date_order)
        if not news and not is_order_news:
            return
        habits.lines = [
            *({"text": line.text, "stories": line.stories} for line in news),
            *habits.lines,
        ][: recurring.MOST_LINES]
        habits.date_order = (order or "") if is_order_news else habits.date_order
        habits.save()
        self._book.learn(habits)
        for chunk in _chunks(zoned.filter(import_job=self._job)):
            self._clean_again(chunk, outlet)
        if news and zoned.exclude(import_job=self._job).exists():
            self._ask_for_cleaning(outlet)

    def _clean_again(self, articles: list[Article], outlet: str) -> None:
        rules = self._book.of(outlet)
        changed = []
        for article in articles:
            zones = as_zones(rules.find(article.text))
            is_turned = _turn_date(article, rules.order)
            if zones != article.zones or is_turned:
                article.zones = zones
                changed.append(article)
        Article.objects.bulk_update(changed, ["zones", "meta", "meta_sources"])

    def _ask_for_cleaning(self, outlet: str) -> None:
        """Have articles that came earlier looked at again, once this import can be seen."""
        job = CleaningJob.objects.create(
            project=self._job.project,
            requested_by=self._job.requested_by,
            created_at=self._at,
            scope=CleaningScope.OUTLET,
            scope_value=outlet,
        )
        wake_on_commit("cleaning.run", job_id=job.pk)


def _given_by(file: str) -> MetaSource:
    suffix = PurePath(file).suffix.lower()
    if suffix in _PAGES:
        return MetaSource.PAGE
    return MetaSource.COLUMN if suffix in _TABLES else MetaSource.RECORD


def _tidy_date(article: Article, order: dates.Order | None) -> dates.Order | None:
    """Write a date that came in words or numbers as year, month and day.

    Returns what the date shows of the order in which the outlet writes the two.
    """
    said = article.meta.get("published_at")
    if not isinstance(said, str) or dates.in_name(said[:10]) or len(said) > 100:
        return None
    found = next(iter(dates.find(said, order or "day")), None)
    if found is None:
        return None
    article.meta = article.meta | {"published_at": found.day.isoformat()}
    if found.is_ambiguous and order is None:
        article.meta_sources = article.meta_sources | {"published_at": MetaSource.DAY_ASSUMED}
    return found.order


def _turn_date(article: Article, order: dates.Order | None) -> bool:
    """Swap day and month where the day was wrongly assumed to come first."""
    if article.meta_sources.get("published_at") != MetaSource.DAY_ASSUMED or order is None:
        return False
    year, month, day = str(article.meta["published_at"]).split("-")
    turned = f"{year}-{day}-{month}" if order == "month" else f"{year}-{month}-{day}"
    article.meta = article.meta | {"published_at": turned}
    article.meta_sources = article.meta_sources | {"published_at": MetaSource.ORDER_LEARNT}
    return True


def _chunks(articles: Any) -> Iterator[list[Article]]:
    last = 0
    fields = ("text", "zones", "meta", "meta_sources")
    while chunk := list(articles.filter(pk__gt=last).order_by("pk").only(*fields)[:CHUNK]):
        last = chunk[-1].pk
        yield chunk
