from datetime import timedelta

import pytest

from annotations.enums import Role
from annotations.queries import feedback
from tests.annotations.actions.disputes import BRANDT, MAYOR, actor
from tests.factories import TUESDAY, CodebookFactory, MemberFactory, ProjectFactory
from tests.stories import RuledTask

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    project = ProjectFactory(settings={"auto_finish": False}, name="Lake talks")
    CodebookFactory(project=project, rules=[{"id": "R4.2", "text": "Titles are in the name."}])
    return project


@pytest.fixture
def coder(project, client):
    member = MemberFactory(project=project)
    client.force_login(member.user)
    return member


@pytest.fixture
def overrule(coder):
    judge = MemberFactory(project=coder.project, roles=[Role.ADJUDICATOR]).user

    def one(at=TUESDAY):
        made = RuledTask(coder, judge, [actor(BRANDT)], [actor(MAYOR)], at=at)
        said = {"reason": "Title missing", "note": "See the list.", "rule": "R4.2"}
        return made.rule("accept", made.others, **said).finish().assignment

    return one


@pytest.fixture
def address(project):
    return f"/projects/{project.slug}/feedback/"


def shown(answer):
    return [row.assignment for row in answer.context["told"]]


def test_the_page_shows_both_versions_and_why(client, overrule, address):
    overrule()

    page = client.get(address).content.decode()

    assert "Gold begins or ends elsewhere" in page
    assert page.count("Ada Brandt</mark>") == 2
    assert "Mayor Ada Brandt</mark>" in page
    for said in ("Title missing", "See the list.", "Rule R4.2", "Titles are in the name."):
        assert said in page


def test_home_and_the_work_itself_lead_there(client, overrule, address):
    assignment = overrule()
    one = f"{address}?article={assignment.uuid}"

    home = client.get("/").content.decode()
    assert "In 1 article of Lake talks gold differs" in home
    assert address in home
    for page in (f"/assignments/{assignment.uuid}/", f"/assignments/{assignment.uuid}/reading/"):
        assert one in client.get(page).content.decode(), page
    assert shown(client.get(one)) == [assignment]


def test_what_is_read_is_no_longer_new(client, overrule, address):
    overrule()
    page = client.get(address)
    until = page.context["newest"].isoformat()
    assert f'value="{until}"' in page.content.decode()

    answer = client.post(f"{address}read/", {"until": until})

    assert (answer.status_code, answer["Location"]) == (302, address)
    assert not client.get(address).context["has_new"]
    assert "gold differs" not in client.get("/").content.decode()


def test_what_makes_no_sense_is_passed_over(client, overrule, address, coder):
    assignment = overrule()

    client.post(f"{address}read/", {"until": "soon"})

    coder.refresh_from_db()
    assert coder.feedback_seen_at is None
    assert shown(client.get(f"{address}?before=first&article=2")) == [assignment]


def test_older_articles_follow_where_the_page_ends(client, overrule, address, monkeypatch):
    monkeypatch.setattr(feedback, "PAGE", 2)
    made = [overrule(TUESDAY + timedelta(days=day // 2)) for day in range(5)]

    first = client.get(address)
    second = client.get(f"{address}?before={first.context['older']}")
    third = client.get(f"{address}?before={second.context['older']}")

    assert [*shown(first), *shown(second), *shown(third)] == made[::-1]
    assert third.context["older"] is None


def test_a_project_without_feedback_says_so(client, overrule, address, project):
    overrule()
    project.settings["feedback"] = False
    project.save()

    page = client.get(address).content.decode()

    assert "This project gives no feedback" in page
    assert "Title missing" not in page


def test_another_coders_article_is_not_shown(client, overrule, address, project):
    assignment = overrule()
    client.force_login(MemberFactory(project=project).user)

    assert shown(client.get(f"{address}?article={assignment.uuid}")) == []
