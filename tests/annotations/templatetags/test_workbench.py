import re
from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from annotations.enums import AssignmentState, JobState, ReleaseState, Role, TaskState
from annotations.models import Assignment, ImportJob, LabelDefinition, Task
from exports.models import Release
from tests.factories import MONDAY, MemberFactory


def render(source, **context):
    return Template("{% load workbench %}" + source).render(Context(context))


def test_a_label_is_told_by_colour_shape_name_and_key():
    label = LabelDefinition(position=2, name="Event", colour="#ac5107", hotkey="e")

    chip = render("{% label_chip label key=True %}", label=label)

    assert 'data-colour="#ac5107" data-shape="triangle"' in chip
    assert "Event<kbd>E</kbd>" in chip
    assert "<kbd>" not in render("{% label_chip label %}", label=label)


def test_a_name_that_is_markup_stays_text():
    label = LabelDefinition(position=0, name="<script>", colour='"><b>', hotkey="")

    chip = render("{% label_chip label key=True %}", label=label)

    assert "<script>" not in chip
    assert "<b>" not in chip
    assert "&lt;script&gt;" in chip


@pytest.mark.parametrize(
    ("row", "states"),
    [
        (Assignment, AssignmentState),
        (Task, TaskState),
        (ImportJob, JobState),
        (Release, ReleaseState),
    ],
)
def test_every_state_has_a_sign_a_tone_and_a_word(row, states):
    for state in states:
        chip = render("{% state_chip row %}", row=row(state=state))

        assert re.search(r'data-tone="(neutral|progress|ok|warn|danger)"', chip)
        assert str(state.label) in chip


@pytest.mark.parametrize(
    ("done", "total", "is_complete"), [(0, 0, False), (3, 4, False), (4, 4, True)]
)
def test_a_meter_is_complete_when_all_is_done(done, total, is_complete):
    bar = render("{% meter done total 'coded' %}", done=done, total=total)

    assert f"{done} of {total}" in bar
    assert ("is-complete" in bar) == is_complete
    assert 'aria-label="coded"' in bar


def nav(member, path="/", current=""):
    request = RequestFactory().get(path)
    request.user = member.user
    tag = "{% project_nav project current %}"
    page = render(tag, project=member.project, request=request, current=current)
    texts = re.findall(r"<a [^>]*>([^<]+)</a>", page)
    here = re.findall(r'aria-current="page">([^<]+)</a>', page)
    return texts, here


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "texts"),
    [
        (
            Role.ADMIN,
            {
                "Overview",
                "Articles",
                "Batches",
                "Agreement",
                "Releases",
                "Codebook",
                "People",
                "History",
            },
        ),
        (Role.CODER, {"Overview", "Codebook"}),
        (Role.ADJUDICATOR, {"Overview", "Articles", "Adjudication", "Agreement", "Codebook"}),
        (Role.RESEARCHER, {"Overview", "Releases", "Codebook"}),
    ],
)
def test_the_navigation_shows_what_the_roles_open(role, texts):
    assert set(nav(MemberFactory(roles=[role]))[0]) == texts


@pytest.mark.django_db
def test_the_navigation_says_where_one_is():
    member = MemberFactory(roles=[Role.ADMIN])
    people = f"/projects/{member.project.slug}/people/"

    assert nav(member, people)[1] == ["People"]
    assert nav(member, "/batches/1/", current="batches")[1] == ["Batches"]


@pytest.mark.django_db
def test_who_is_no_member_gets_no_navigation():
    member = MemberFactory(removed_at=MONDAY)

    assert nav(member)[0] == []


def test_a_number_has_its_thousands_apart():
    assert render("{{ n|number }}", n=1234567) == "1,234,567"
    with translation.override("he"):
        assert render("{{ n|number }}", n=1234567) == "1,234,567"


def test_a_time_is_told_in_the_readers_zone_and_to_machines_in_utc():
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)

    with timezone.override("Asia/Baku"):
        told = render('{% moment at "j M Y, H:i" %}', at=late)

    assert told == '<time datetime="2026-03-01T23:30:00+00:00">2 Mar 2026, 03:30</time>'


def test_what_is_the_same_for_all_can_hold_nothing_of_anybody():
    with pytest.raises(AttributeError):
        render("{% same_for_all %}Hello {{ name }}{% end_same_for_all %}", name="Ada")


def test_what_is_the_same_for_all_is_so_in_one_language():
    once = Template(
        "{% load workbench i18n %}{% same_for_all %}{% get_current_language as now %}{{ now }}"
        "{% end_same_for_all %}"
    )

    for language in ("en", "de", "en"):
        with translation.override(language):
            assert once.render(Context()) == language


def test_a_text_that_names_no_variable_is_said_in_the_language_of_each_reader():
    heading = Template('{% load i18n workbench %}{% translate "Keys" %}')

    for language, said in (("en", "Keys"), ("he", "מקשים"), ("en", "Keys")):
        with translation.override(language):
            assert heading.render(Context()) == said


def test_a_text_that_names_a_variable_is_looked_up_each_time():
    heading = Template("{% load i18n workbench %}{% translate name %}")

    assert [heading.render(Context({"name": name})) for name in ("Keys", "Tag")] == ["Keys", "Tag"]


def test_an_address_that_names_a_variable_is_made_each_time():
    address = Template("{% load workbench %}{% url 'annotations:project' slug %}")

    assert [address.render(Context({"slug": slug})) for slug in ("one", "two")] == [
        "/projects/one/",
        "/projects/two/",
    ]


def test_a_tag_that_keeps_what_it_made_makes_it_each_time():
    source = "{% load i18n static workbench %}{% url 'annotations:home' as home %}"
    source += '{% translate "Keys" as keys %}{% static "x.css" as style %}{{ home }}{{ keys }}'
    page = Template(source + "{{ style }}")

    assert [page.render(Context()) for _ in range(2)] == ["/Keys/static/x.css"] * 2
