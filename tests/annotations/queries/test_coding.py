import pytest

from annotations.enums import AssignmentState
from annotations.queries import coding
from tests.factories import (
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db


def test_lines_joined_by_line_breaks_are_the_text_and_know_where_they_start():
    article = ArticleFactory(text="\nOne 😀\n\n two\n")

    lines = coding.paragraphs(article)

    assert "\n".join(line["text"] for line in lines) == article.text
    for line in lines:
        assert article.text[line["start"] :].startswith(line["text"])


def test_a_line_is_of_a_zone_only_if_the_zone_covers_all_of_it():
    zones = [
        {"start": 0, "end": 10, "kind": "title"},
        {"start": 12, "end": 22, "kind": "boilerplate"},
    ]
    article = ArticleFactory(text="  Headline \nShare\n\nthis story", zones=zones)

    kinds = [line["zone"] for line in coding.paragraphs(article)]

    assert kinds == ["title", "boilerplate", "", ""]


def test_progress_counts_the_coders_own_articles_of_the_batch_alone():
    member = MemberFactory()
    batch = BatchFactory(project=member.project)
    states = [AssignmentState.SUBMITTED, AssignmentState.CODING, AssignmentState.ASSIGNED]
    own = [
        AssignmentFactory(
            coder=member,
            task=TaskFactory(batch=batch),
            position=position,
            state=state,
            submitted_at=batch.created_at,
        )
        for position, state in enumerate(states)
    ]
    AssignmentFactory(task__batch=batch)
    AssignmentFactory(coder=member, task=TaskFactory(batch=batch), state=AssignmentState.RELEASED)

    assert coding.progress(own[1]) == {"total": 3, "place": 2, "done": 1}
