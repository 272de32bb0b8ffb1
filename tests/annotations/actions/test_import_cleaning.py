from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from annotations.actions import imports
from annotations.actions.import_cleaning import Cleaner
from annotations.actions.import_reading import Row
from annotations.enums import CleaningScope, Role, ZonesBy
from annotations.importing import cleaning
from annotations.importing.cleaning import CleaningProcess
from annotations.models import Article, CleaningJob, OutletHabits
from tests.annotations.actions.uploads import file_of, requested
from tests.factories import TUESDAY, CodebookFactory, MemberFactory

pytestmark = pytest.mark.django_db

SENTENCE = "The ferry left the harbour of town {0} at noon, and nobody looked after it for long."


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN], project=CodebookFactory().project)


def text_file(number, *lines, name=None):
    text = "\n\n".join([f"Ferry of town {number} stops", SENTENCE.format(number), *lines])
    return ContentFile(text.encode(), name=name or f"{number}.txt")


def bring(admin, *files, **options):
    job = requested(admin, *files, **options)
    return imports.run_import(job_id=job.pk, at=TUESDAY)


def said(article):
    return [(zone["kind"], article.text[zone["start"] : zone["end"]]) for zone in article.zones]


def sources(article):
    return {name: (article.meta[name], source) for name, source in article.meta_sources.items()}


def test_a_text_file_gets_zones_and_metadata_each_with_its_source(admin):
    lines = ["By Ada Brandt", "3 May 2023", SENTENCE.format(2), "Share", "Comments (0)"]
    bring(admin, text_file(1, name="2021-01-01 ferry.txt"), text_file(2, *lines))

    first, second = Article.objects.order_by("pk")
    assert first.meta_sources["published_at"] == "file_name"
    assert sources(second) == {
        "title": ("Ferry of town 2 stops", "first_lines"),
        "author": ("Ada Brandt", "byline"),
        "published_at": ("2023-05-03", "first_lines"),
        "language": ("en", "text"),
    }
    assert said(second) == [
        ("title", "Ferry of town 2 stops"),
        ("byline", "By Ada Brandt"),
        ("dateline", "3 May 2023"),
        ("boilerplate", "Share"),
        ("boilerplate", "Comments (0)"),
    ]
    assert second.zones_by == ZonesBy.RULES


@pytest.mark.parametrize(
    "brought", [{"zones": []}, {"spans": []}, {"codings": [{"coder": "A", "spans": []}]}]
)
def test_what_comes_with_zones_or_work_is_left_as_it_came(admin, brought):
    bring(admin, file_of({"text": f"{SENTENCE}\n\nShare\n\nTweet", "meta": {"a": 1}} | brought))
    article = Article.objects.get()
    assert (article.zones, article.meta, article.zones_by) == ([], {"a": 1}, ZonesBy.RECORD)


def test_a_record_keeps_the_metadata_that_it_names_and_gets_zones(admin):
    bring(
        admin, file_of({"text": f"Ferry of town stops\n\n{SENTENCE}\n\nShare", "meta": {"a": 1}})
    )
    article = Article.objects.get()
    assert (article.meta, article.meta_sources) == ({"a": 1}, {"a": "record"})
    assert ("boilerplate", "Share") in said(article)


def test_columns_are_believed_and_their_dates_tidied(admin):
    rows = f'text,outlet,published_at\n"{SENTENCE}",Post,September 21 2023\n'
    bring(admin, ContentFile(rows.encode(), name="a.csv"))
    assert sources(Article.objects.get()) == {
        "outlet": ("Post", "column"),
        "published_at": ("2023-09-21", "column"),
        "language": ("en", "text"),
    }


def dated(number, date, outlet="Post"):
    return f'"{SENTENCE.format(number)}",{outlet},{date}\n'


def test_day_and_month_change_places_once_the_outlet_shows_its_habit(admin):
    rows = [dated(1, "03/04/2023"), dated(2, "03/05/2023", "Times")]
    table = ContentFile(("text,outlet,published_at\n" + "".join(rows)).encode(), name="a.csv")
    bring(admin, table)
    assert [a.meta_sources["published_at"] for a in Article.objects.all()] == ["day_assumed"] * 2

    rows = [dated(3, "04/13/2023"), dated(4, "05/06/2023")]
    table = ContentFile(("text,outlet,published_at\n" + "".join(rows)).encode(), name="b.csv")
    bring(admin, table)

    later = Article.objects.order_by("pk")[2:]
    assert [sources(a)["published_at"] for a in later] == [
        ("2023-04-13", "column"),
        ("2023-05-06", "order_learnt"),
    ]
    assert OutletHabits.objects.get(name="Post").date_order == "month"


def test_a_line_that_recurs_is_found_when_all_articles_of_the_outlet_are_there(admin):
    bring(admin, *(text_file(n, "Read by the water") for n in range(3)))
    assert [said(a)[-1] for a in Article.objects.all()] == [
        ("boilerplate", "Read by the water")
    ] * 3
    assert OutletHabits.objects.get().lines == [{"text": "Read by the water", "stories": 3}]


def test_articles_that_came_earlier_are_looked_at_by_a_job_of_their_own(admin):
    bring(admin, text_file(1, "Read by the water"))
    assert not CleaningJob.objects.exists()
    bring(admin, text_file(2, "Read by the water"), text_file(3, "Read by the water"))

    job = CleaningJob.objects.get()
    assert (job.scope, job.scope_value, job.requested_by) == (
        CleaningScope.OUTLET,
        "",
        admin.user,
    )


def test_a_rehearsal_leaves_nothing_behind(admin):
    bring(admin, *(text_file(n, "Read by the water") for n in range(3)), dry_run=True)
    assert not OutletHabits.objects.exists()


def test_furniture_gives_way_to_work_that_comes_later(admin):
    text = f"{SENTENCE}\n\nShare\n\nTweet"
    bring(admin, file_of({"id": "a", "text": text}))
    share = {"start": text.index("Share"), "end": text.index("Share") + 5, "label": "event"}
    bring(admin, file_of({"id": "a", "text": text, "codings": [{"coder": "A", "spans": [share]}]}))

    article = Article.objects.get()
    assert said(article) == [("boilerplate", "Tweet")]
    assert (article.zones_by, article.version, article.revisions.count()) == ("record", 2, 1)


def test_a_process_beside_the_worker_cleans_alike_and_is_not_missed_when_it_ended(
    admin, monkeypatch
):
    job = requested(admin, text_file(1))
    dates = [f"{day:02}/04/2023" for day in (13, 3)] * 200

    def cleaned(beside):
        lines = [f"Ferry of town stops\n\n{date}\n\n{SENTENCE}\n\nShare" for date in dates]
        articles = [Article(text=text) for text in lines]
        rows = [Row(1, "a.txt", 1, "", {"text": article.text}) for article in articles]
        cleaner = Cleaner(job, TUESDAY, {}, beside)
        for shown in cleaner.clean(list(zip(articles, rows, strict=True))):
            cleaner.note(shown)
        return cleaner.orders, [
            (one.zones, one.zones_by, one.meta, one.meta_sources, one.story_sha256)
            for one in articles
        ]

    alone = cleaned(None)
    with CleaningProcess() as process:
        process.start(Cleaner(job, TUESDAY, {}).book)
        process.clean([])
        assert cleaned(process) == alone
        assert process.is_ready

        monkeypatch.setattr(cleaning, "SECONDS", 0.000001)
        assert cleaned(process) == alone
        assert not process.is_ready
    assert alone[0] == {"": ["day"]}


FOLDER = Path(__file__).resolve().parents[4] / "shared/articles"


def test_what_users_brought_comes_in_with_title_date_and_furniture_told(admin):
    files = [ContentFile(p.read_bytes(), name=p.name) for p in sorted(FOLDER.glob("*.txt"))]
    bring(admin, *files)

    told = Article.objects.order_by("key").values_list("meta__title", "meta__published_at")
    assert list(told) == [
        ("Samvel Babayan called for direct negotiations between Khankendi and Baku", "2024-03-05"),
        ("Relations between Baku and Karabakh Armenians", "2023-08-08"),
        ("Artsakh Leadership Again Reject ‘Reintegration’ Talks in Baku", None),
        ("Baku, Stepanakert Hold First Talks After Azeri Offensive", "2023-09-21"),
        ("Karabakh Armenians Again Reject ‘Reintegration’ Talks In Baku", None),
    ]
    assert "Recent Posts" in [words for a in Article.objects.all() for _, words in said(a)]
