import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from annotations.enums import AssignmentState
from tests.factories import AssignmentFactory, BatchFactory, MemberFactory, TaskFactory, submitted

pytestmark = pytest.mark.django_db

ADA = {"start": 6, "end": 16, "label": "actor"}


@pytest.fixture
def batch():
    batch = BatchFactory()
    task = TaskFactory(batch=batch)
    for name in ("ann", "ben"):
        coder = MemberFactory(project=batch.project, user__username=name)
        submitted(AssignmentFactory(task=task, coder=coder, state=AssignmentState.CODING), [ADA])
    return batch


def run(*args):
    out = StringIO()
    call_command("agreement", *args, stdout=out)
    return out.getvalue()


def test_the_report_is_computed_and_printed(batch):
    answer = json.loads(run(batch.project.slug, f"--batch={batch.uuid}", "--json"))
    assert (answer["stale"], answer["coders"]) == (False, ["ann", "ben"])
    assert answer["pairs"][0]["strict_f1"] == 1


def test_a_figure_that_is_none_is_printed_with_its_reason(batch):
    text = run(batch.project.slug, "--label", "claim")
    assert "character α                      n/a (one_category)" in text


@pytest.mark.parametrize("option", [[], ["--batch=6f8f5d1e-7c33-4f0e-8d2f-0d6c1c2a9c11"]])
def test_what_is_not_there_is_said(batch, option):
    slug = batch.project.slug if option else "nowhere"
    with pytest.raises(CommandError, match="There is no"):
        run(slug, *option)
