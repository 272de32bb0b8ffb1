import pytest

from annotations.models import CleaningRule, OutletHabits
from annotations.queries.cleaning import RuleBook
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db


def test_the_book_to_hand_on_says_of_every_outlet_what_the_project_says():
    project = ProjectFactory()
    CleaningRule.objects.create(project=project, builtin="tags", is_on=False)
    CleaningRule.objects.create(project=project, outlet="Post", pattern="Since .*")
    OutletHabits.objects.create(project=project, name="", date_order="day")
    lines = [{"text": "Read by the water", "stories": 3}]
    OutletHabits.objects.create(project=project, name="Times", lines=lines)

    rules = RuleBook(project)
    book = rules.as_book()

    assert set(book.named) == {"", "Post", "Times"}
    names = ("", "Post", "Times", "Nobody's")
    assert [book.of(name) for name in names] == [rules.of(name) for name in names]
    assert book.of("Nobody's").order is None
