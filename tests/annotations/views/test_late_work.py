"""Where people see what came too late to be saved."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from annotations.actions.coding import TooLate
from annotations.enums import Role
from tests.coder import hand_in, save, step
from tests.factories import AssignmentFactory, CodebookFactory, MemberFactory, TaskFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def late():
    """An article that was handed in, and a span that arrived afterwards."""
    coder = MemberFactory(roles=[Role.CODER])
    CodebookFactory(project=coder.project)
    work = AssignmentFactory(
        coder=coder,
        task__batch__project=coder.project,
        task__article__project=coder.project,
    )
    save(work, step())
    hand_in(work)
    with pytest.raises(TooLate):
        save(work, step(extent=(25, 32), label="location", quote="Velmora"), at=timezone.now())
    return work


def words_of(answer):
    return " ".join(re.sub("<[^>]+>", " ", answer.content.decode()).split())


def test_a_coder_sees_the_changes_that_came_too_late_and_why(client, late):
    client.force_login(late.coder.user)

    words = words_of(client.get(reverse("annotations:home")))

    assert "1 change · the article was handed in before" in words
    assert "tag a span · location · Velmora" in words


def test_nobody_else_sees_a_coders_changes_at_home(client, late):
    other = MemberFactory(project=late.coder.project, roles=[Role.CODER, Role.ADMIN])
    client.force_login(other.user)

    assert "Came too late" not in words_of(client.get(reverse("annotations:home")))


def test_an_admin_is_told_of_them_but_not_their_words(client, late):
    admin = MemberFactory(project=late.coder.project, roles=[Role.ADMIN])
    client.force_login(admin.user)

    answer = client.get(reverse("annotations:batch", args=[late.task.batch.uuid]))

    assert f"{late.coder.name} ·" in words_of(answer)
    assert "1 change · the article was handed in before" in words_of(answer)
    assert "Velmora" not in words_of(answer)


def test_an_admin_who_codes_in_the_batch_is_not_told(client, late):
    admin = MemberFactory(project=late.coder.project, roles=[Role.ADMIN, Role.CODER])
    task = TaskFactory(batch=late.task.batch, article__project=late.coder.project)
    AssignmentFactory(coder=admin, task=task)
    client.force_login(admin.user)

    answer = client.get(reverse("annotations:batch", args=[late.task.batch.uuid]))

    assert "Came too late" not in words_of(answer)
