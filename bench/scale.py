"""What a large project costs more than a small one: nothing, wherever a person waits."""

import io
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

from django.core.management import call_command

from annotations.enums import Role
from annotations.models import Project
from bench.projects import settle
from bench.rows import Row, medians, timed
from bench.stage import Client, Stage

SMALL, LARGE = 1_000, 100_000
SPANS, CODERS = 10, 2
PAGES = {
    "the projects": "/projects/",
    "the project": "/projects/{slug}/",
    "its people": "/projects/{slug}/people/",
    "its articles": "/projects/{slug}/articles/",
    "its imports": "/projects/{slug}/imports/",
    "its versions of stories": "/projects/{slug}/clusters/",
    "its batches": "/projects/{slug}/batches/",
    "planning a batch": "/projects/{slug}/batches/new/",
    "a batch": "/batches/{batch}/",
    "its codebook": "/projects/{slug}/codebook/",
    "its adjudication": "/projects/{slug}/adjudication/",
    "its agreement": "/projects/{slug}/agreement/",
    "its releases": "/projects/{slug}/releases/",
    "a new release": "/projects/{slug}/releases/new/",
    "its history": "/projects/{slug}/history/",
}


def loading(articles: int, stage: Stage) -> Row:
    """So many articles loaded with all that was done on them, against a thousand."""
    rates = []
    for number in (stage.times(articles), stage.times(SMALL)):
        seconds = timed(partial(_loaded, f"loaded-{articles}-{number}", number))
        rates.append(number / seconds)
    name = f"articles loaded, {articles:,} at a time"
    return Row(name, *rates, target=0.8, unit="/s", is_rate=True)


def pages(stage: Stage) -> list[Row]:
    """The pages of a project of 100,000 articles, against those of one of a thousand."""
    sizes = stage.times(LARGE), stage.times(SMALL)
    large, small = (_loaded(f"scale-{size}", size) for size in sizes)
    settle()
    client = stage.browser(large.created_by)
    rows = []
    for name, path in PAGES.items():
        steps = [
            partial(client.fetch, path.format(slug=one.slug, batch=one.batches.get().uuid))
            for one in (large, small)
        ]
        taken = medians(*steps, times=stage.times(20), warm_up=3)
        rows.append(Row(f"{name}, {LARGE:,} articles", *taken, target=1.5, unit="s"))
    return rows


def deep(stage: Stage) -> list[Row]:
    """The last pages of long lists, against their first ones."""
    project = _loaded(f"scale-{stage.times(LARGE)}", stage.times(LARGE))
    settle()
    client = stage.browser(project.created_by)
    lists = {
        "articles": f"projects/{project.slug}/articles/",
        "tasks": f"projects/{project.slug}/tasks/",
        "assignments": f"projects/{project.slug}/assignments/",
    }
    return [_deep(client, name, path) for name, path in lists.items()]


FIGURES: dict[str, Callable[[Stage], Row | list[Row]]] = {
    "load-10k": partial(loading, 10_000),
    "load-100k": partial(loading, LARGE),
    "pages": pages,
    "deep": deep,
}


def _loaded(slug: str, articles: int) -> Project:
    """Return the project of that name, filled if there is none yet."""
    found = Project.objects.filter(slug=slug).first()
    if found is not None:
        return found
    call_command(
        "load_corpus",
        f"--project={slug}",
        f"--articles={articles}",
        f"--spans-per-article={SPANS}",
        f"--coders={CODERS}",
        stdout=io.StringIO(),
    )
    project = Project.objects.get(slug=slug)
    everything = [Role.ADMIN, Role.ADJUDICATOR]
    project.members.filter(user=project.created_by).update(roles=everything)
    return project


def _deep(client: Client, name: str, path: str) -> Row:
    times = []
    address: str | None = f"{path}?page_size=200"
    while address:
        began = perf_counter()
        address = client.call("GET", address)["next"]
        times.append(perf_counter() - began)
        if address:
            parts = urlsplit(address)
            address = f"{parts.path.removeprefix('/api/v1/')}?{parts.query}"
    # The last page of all may hold a few rows only.
    last, first = (median(some) for some in (times[-21:-1], times[:20]))
    return Row(f"{name}, page {len(times):,} of a list", last, first, target=2, unit="s")
