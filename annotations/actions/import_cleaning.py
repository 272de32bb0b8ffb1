"""What an import makes of articles that come without zones and metadata.

Called by ``actions.imports`` only.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import PurePath
from typing import Any, cast

from django.db.models import Count, QuerySet

from annotations.actions import articles, clusters
from annotations.actions.import_reading import Row
from annotations.actions.jobs import wake_on_commit
from annotations.algorithms import dates, metadata
from annotations.algorithms.cleaning import Book, Cleaned, Shown, Uncleaned, clean
from annotations.algorithms.stories import story_sha256
from annotations.algorithms.zones import recurring
from annotations.enums import CleaningScope, JobState, MetaSource, ZoneKind, ZonesBy
from annotations.importing.child import Ended
from annotations.importing.cleaning import CleaningProcess
from annotations.models import Article, CleaningJob, ImportJob, OutletHabits
from annotations.queries.cleaning import RuleBook, as_zones, of_outlet, outlet_of

CHUNK = 500
#: Of so many outlets of one import the habits are learnt.
MOST_OUTLETS = 200
#: Of so many it is remembered whether day or month came first.
_MOST_ORDERS = 5000
_PAGES = {".html", ".htm", ".xhtml"}
_TABLES = {".csv", ".tsv", ".tab", ".xlsx", ".parquet", ".pq"}
_WORK = {"zones", "spans", "codings"}


@dataclass
class _News:
    """What an import has taught about an outlet."""

    habits: OutletHabits
    lines: list[str]
    is_order_news: bool


class Cleaner:
    """Fills in zones and metadata, and looks again once all articles of an outlet are there.

    ``orders`` is what it has seen of dates so far; a cleaner that goes on where another one
    ended is given it. With a process ``beside`` it lets that do the work.
    """

    #: What ``look_again`` changes of an article.
    CHANGES = ("zones", "story_sha256", "meta", "meta_sources")

    def __init__(
        self,
        job: ImportJob,
        at: datetime,
        orders: Mapping[str, list[str]],
        beside: CleaningProcess | None = None,
    ):
        self.orders: dict[str, list[str]] = {name: list(seen) for name, seen in orders.items()}
        self._beside = beside
        self._job = job
        self._at = at
        self._rules = RuleBook(job.project)
        self._news: dict[str, _News] = {}

    @cached_property
    def book(self) -> Book:
        """The rules that hold as the import begins."""
        return self._rules.as_book()

    def clean(self, articles: Iterable[tuple[Article, Row]]) -> list[Shown]:
        """Fill in what the rows don't say. What comes with zones or codings stays as it is.

        Returns what each article shows, to be given to ``note``. Asks the database nothing.
        """
        shown: list[Shown] = []
        bare: list[tuple[Article, Shown]] = []
        wanted: list[Uncleaned] = []
        for article, row in articles:
            value = row.value if isinstance(row.value, dict) else {}
            given = _given_by(row.file)
            article.meta_sources = {name: given for name, said in article.meta.items() if said}
            shown.append([])
            if _WORK & value.keys():
                article.story_sha256 = story_sha256(article.text, article.zones)
                continue
            # A program that sends records means what it says of them, and gets it back.
            is_described = given != MetaSource.RECORD or not article.meta
            sources = dict(article.meta_sources)
            name = row.default_key
            wanted.append(Uncleaned(article.text, article.meta, sources, name, is_described))
            bare.append((article, shown[-1]))
        for (article, told), cleaned in zip(bare, self._cleaned(wanted), strict=True):
            article.zones = cleaned.zones
            article.zones_by = ZonesBy.RULES
            article.meta = cleaned.meta
            article.meta_sources = cleaned.sources
            article.story_sha256 = cleaned.story_sha256
            told.extend(cleaned.shown)
        return shown

    def note(self, shown: Shown) -> None:
        """Remember what an article that came in shows of its outlet."""
        for outlet, order in shown:
            if outlet not in self.orders and len(self.orders) >= _MOST_ORDERS:
                continue
            seen = self.orders.setdefault(outlet, [])
            if order not in seen:
                seen.append(order)

    def make_room(self, article: Article, spans: list[dict[str, Any]]) -> None:
        """Take back furniture in which work that came later has found something."""
        stored = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
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
        clusters.compare_again([stored])

    def learn(self, tell: Callable[[], None]) -> bool:
        """Learn the habits of the outlets that came in; say whether there is any news.

        ``tell`` is called before each outlet.
        """
        for outlet in self._outlets():
            tell()
            self._learn(outlet)
        return bool(self._news)

    def look_again(self, after: int) -> Iterator[tuple[int, list[Article], int]]:
        """Look at the import's articles with primary keys above ``after``, chunk by chunk.

        Yields how many were looked at, those that the news changes, and the last one's key. The
        caller writes their ``CHANGES``.
        """
        fields = ("text", *self.CHANGES)
        zoned = self._job.articles.filter(zones_by=ZonesBy.RULES).order_by("pk").only(*fields)
        while chunk := list(zoned.filter(pk__gt=after)[:CHUNK]):
            after = chunk[-1].pk
            yield len(chunk), [one for one in chunk if self._is_changed(one)], after

    def keep(self) -> None:
        """Write down the news, and have articles that came earlier looked at again."""
        for outlet, news in self._news.items():
            news.habits.save()
            zoned = self._zoned(outlet).filter(import_job__state=JobState.READY)
            if news.lines and zoned.exclude(import_job=self._job).exists():
                self._ask_for_cleaning(outlet)

    def _cleaned(self, articles: list[Uncleaned]) -> list[Cleaned]:
        """Have articles cleaned by the process beside this one, if it is there, else do it."""
        if self._beside is not None and self._beside.is_ready:
            with suppress(Ended):
                return self._beside.clean(articles)
        return clean(articles, self.book)

    def _outlets(self) -> list[str]:
        """Return the outlets of which the import has brought most."""
        named = (
            self._job.articles.filter(zones_by=ZonesBy.RULES)
            .values_list("meta__outlet")
            .annotate(articles=Count("pk"))
            .order_by("-articles", "meta__outlet")
        )
        found = (str(name or "")[:400] for name, _ in named[: 2 * MOST_OUTLETS])
        return list(dict.fromkeys(found))[:MOST_OUTLETS]

    def _zoned(self, outlet: str) -> QuerySet[Article]:
        zoned = Article.objects.filter(project=self._job.project, zones_by=ZonesBy.RULES)
        return zoned.filter(of_outlet(outlet))

    def _learn(self, outlet: str) -> None:
        recent = self._zoned(outlet).order_by("-pk").values_list("text", flat=True)
        learnt = recurring.learn(recent[: recurring.MOST_ARTICLES].iterator())
        habits = OutletHabits.objects.filter(project=self._job.project, name=outlet).first()
        habits = habits or OutletHabits(project=self._job.project, name=outlet)
        known = {line["text"] for line in habits.lines}
        news = [line for line in learnt if line.text not in known]
        order = metadata.habit(cast(list[dates.Order], self.orders.get(outlet, [])))
        is_order_news = bool(outlet and order and not habits.date_order)
        if not news and not is_order_news:
            return
        habits.lines = [
            *({"text": line.text, "stories": line.stories} for line in news),
            *habits.lines,
        ][: recurring.MOST_LINES]
        habits.date_order = (order or "") if is_order_news else habits.date_order
        self._rules.learn(habits)
        self._news[outlet] = _News(habits, [line.text for line in news], is_order_news)

    def _is_changed(self, article: Article) -> bool:
        """Clean an article again if there is news of its outlet, and say if that changes it."""
        news = self._news.get(outlet_of(article))
        if news is None:
            return False
        rules = self._rules.of(outlet_of(article))
        is_turned = _turn_date(article, rules.order)
        # Where none of the lines is, looking for them would find what it has found before.
        if not any(line in article.text for line in news.lines):
            return is_turned
        zones = as_zones(rules.find(article.text))
        if zones == article.zones:
            return is_turned
        article.zones = zones
        article.story_sha256 = story_sha256(article.text, zones)
        return True

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


def _turn_date(article: Article, order: dates.Order | None) -> bool:
    """Swap day and month where the day was wrongly assumed to come first."""
    if article.meta_sources.get("published_at") != MetaSource.DAY_ASSUMED or order is None:
        return False
    year, month, day = str(article.meta["published_at"]).split("-")
    turned = f"{year}-{day}-{month}" if order == "month" else f"{year}-{month}-{day}"
    article.meta = article.meta | {"published_at": turned}
    article.meta_sources = article.meta_sources | {"published_at": MetaSource.ORDER_LEARNT}
    return True
