import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import QuerySet

from annotations.enums import AssignmentState, Role, Scope
from annotations.models import ApiToken, Assignment, Project
from annotations.models.prepared import OPEN, prepared, with_constants
from tests.factories import MONDAY, AssignmentFactory, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db


@prepared
def work_of(user, state: AssignmentState) -> QuerySet[Assignment]:
    own = Assignment.objects.of(user).filter(state=state)
    return own.select_related("task__article").order_by("pk")


@prepared
def named(name: str, above: int) -> QuerySet[Project]:
    return Project.objects.filter(name=name, pk__gt=above, slug__contains="50%")


@prepared
def forgetful(_number: int) -> QuerySet[Project]:
    return Project.objects.all()


def test_each_call_has_the_rows_of_its_own_arguments():
    first, second = AssignmentFactory(), AssignmentFactory()
    coding = AssignmentState.CODING
    begun = AssignmentFactory(coder=first.coder, state=coding)

    assert work_of(first.coder.user, AssignmentState.ASSIGNED) == [first]
    assert work_of(second.coder.user, AssignmentState.ASSIGNED) == [second]
    assert work_of(first.coder.user, coding) == [begun]
    assert work_of(UserFactory(), coding) == []
    assert work_of(AnonymousUser(), coding) == []


def test_rows_come_with_what_belongs_to_them_in_one_query(django_assert_num_queries):
    work = AssignmentFactory(task__article__meta={"title": "Talks fail"})

    with django_assert_num_queries(1):
        (found,) = work_of(work.coder.user, work.state)
        assert found.task.article.title == "Talks fail"


@pytest.mark.parametrize(
    ("scopes", "is_bound", "sees"),
    [
        ([Scope.CODING], False, True),
        ([Scope.RELEASES], False, False),
        ([Scope.CODING], True, False),
    ],
)
def test_a_token_narrows_what_is_found_as_ever(scopes, is_bound, sees):
    work = AssignmentFactory()
    user = work.coder.user
    assert work_of(user, work.state) == [work]
    elsewhere = MemberFactory(user=user, roles=[Role.CODER]).project if is_bound else None
    user.token = ApiToken(user=user, scopes=scopes, project=elsewhere, created_at=MONDAY)

    assert work_of(user, work.state) == ([work] if sees else [])


def test_constants_are_kept_as_they_are():
    found = MemberFactory(project__name="“Half”", project__slug="a").project
    Project.objects.filter(pk=found.pk).update(name="'%s'")

    assert named("'%s'", 0) == []
    assert with_constants("a = %s AND b = %s", ["5%'", OPEN]) == "a = '5%%''' AND b = %s"


def test_an_argument_that_the_query_does_not_hold_is_refused():
    with pytest.raises(TypeError, match="each of its arguments"):
        forgetful(1)


def test_what_is_asked_often_is_planned_no_more():
    work = AssignmentFactory()
    for _ in range(7):
        work_of(work.coder.user, work.state)

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        statements = [statement for (statement,) in cursor.fetchall()]
    (planned,) = [one for one in statements if '"annotations_assignment"' in one]
    assert "'assigned'" in planned  # what an index on some rows is found by
    assert str(work.coder.user.pk) not in planned.split("WHERE")[1].split()
