"""The pictures in docs/, taken in the demo project as people see it after a few days.

``PICTURES=docs/images script/test tests/e2e/test_pictures.py`` takes them anew; otherwise they go
to a folder that is thrown away, and the test shows that they still can be taken.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from annotations.enums import AssignmentState, TaskState
from annotations.models import Assignment, Task, User
from workbench.env import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEPT = ROOT / "docs/images"
LARGEST = 150_000


@pytest.fixture
def folder(tmp_path):
    return Path(os.environ["PICTURES"]).absolute() if "PICTURES" in os.environ else tmp_path


@pytest.mark.slow
def test_every_picture_can_be_taken_and_is_small(
    page, context, live_server, signed_in, demo, folder
):
    User.objects.update(coding_preferences={"first_steps": False})
    page.set_viewport_size({"width": 1120, "height": 700})
    page.emulate_media(reduced_motion="reduce", color_scheme="light")

    def take(name, username, address, seen):
        signed_in(User.objects.get(username=username))
        page.goto(live_server.url + address)
        expect(page.locator(seen).first).to_be_visible()
        page.screenshot(path=folder / f"{name}.png")

    coding = Assignment.objects.get(state=AssignmentState.CODING, coder__user__username="coder2")
    disputed = Task.objects.get(state=TaskState.ADJUDICATING)
    release = demo.releases.get()
    take("home", "coder1", "/", "text=Round 1")
    take("coding", "coder2", f"/assignments/{coding.uuid}/", "#coding[data-ready]")
    take("adjudication", "adjudicator", f"/tasks/{disputed.uuid}/", "#adjudication[data-ready]")
    take("project", "admin", "/projects/demo/", "text=From articles to gold")
    take("agreement", "admin", "/projects/demo/agreement/", "text=Krippendorff")
    take("release", "researcher", f"/releases/{release.uuid}/", "text=articles.jsonl")

    taken = {path.name: path.stat().st_size for path in folder.glob("*.png")}
    assert {name: size for name, size in taken.items() if size > LARGEST} == {}
    assert set(taken) == {path.name for path in KEPT.iterdir()}


def test_the_pictures_that_are_kept_are_small():
    assert [path.name for path in KEPT.iterdir() if path.stat().st_size > LARGEST] == []
