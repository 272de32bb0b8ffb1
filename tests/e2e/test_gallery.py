"""Every page that a link leads to, as each person of the demo project sees it.

``GALLERY=folder script/chaos tests/e2e/test_gallery.py`` keeps the pictures, and a page of them.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Error

from annotations.models import User
from tests.e2e.barriers import barriers
from tests.e2e.gallery import LOOKS, Gallery

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

ELSEWHERE = ("/api/", "/admin/", "/static/")
#: What is the same for everybody, and looked at as the admin.
ACCOUNT = "/profile/"


@pytest.fixture
def folder(tmp_path):
    return Path(os.environ["GALLERY"]).absolute() if "GALLERY" in os.environ else tmp_path


@pytest.mark.parametrize(
    ("username", "language", "least"),
    [
        ("coder1", "en", 12),
        ("adjudicator", "en", 15),
        ("admin", "en", 35),
        ("researcher", "en", 8),
        ("admin", "he", 35),
    ],
)
def test_every_page_fits_in_every_look_and_has_no_barrier(
    username, language, least, page, context, live_server, signed_in, demo, folder
):
    gallery = Gallery(folder, f"{username} {language}")
    signed_in(User.objects.get(username=username))
    context.add_cookies([{"name": "language", "value": language, "url": live_server.url}])
    page.emulate_media(reduced_motion="reduce")
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    faults = {}
    seen, found = set(), ["/"]
    while found:
        address = found.pop(0)
        route = resolve(urlsplit(address).path).route
        if route in seen:
            continue
        seen.add(route)
        complaints.clear()
        try:
            answer = page.goto(live_server.url + address)
        except Error:
            continue  # a file to download
        if "html" not in answer.headers["content-type"]:
            continue
        page.wait_for_load_state("networkidle")
        found += [
            link for link in links(page) if username == "admin" or not link.startswith(ACCOUNT)
        ]
        faults[address] = [] if answer.ok else [answer.status]
        name = gallery.page(route)
        for look in LOOKS:
            look.put_on(page)
            gallery.take(page, name, look)
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > look.width:
                faults[address].append(f"is {width} wide at {look.name}")
            if look.rules is not None:
                faults[address] += [
                    f"{rule} at {look.name}" for rule in barriers(page, **look.rules)
                ]
        faults[address] += complaints
    gallery.write()

    assert {address: wrong for address, wrong in faults.items() if wrong} == {}
    assert len(faults) >= least


def links(page):
    """Return where the page leads within the product."""
    found = page.eval_on_selector_all("a[href]", "all => all.map((a) => a.getAttribute('href'))")
    paths = [href.split("#")[0] for href in found]
    return [path for path in paths if path.startswith("/") and not path.startswith(ELSEWHERE)]
