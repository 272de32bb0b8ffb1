import pytest

from annotations.actions import cleaning
from annotations.enums import AssignmentState, CleaningScope, JobState, Role, ZonesBy
from annotations.exceptions import Forbidden
from annotations.models import AuditEvent, CleaningJob, CleaningRule, Member, User
from tests.factories import (
    MONDAY,
    TUESDAY,
    ArticleFactory,
    AssignmentFactory,
    MemberFactory,
    TaskFactory,
    submitted,
)

pytestmark = pytest.mark.django_db

SENTENCE = "The ferry left the harbour of the town at noon, and nobody looked after it for long."
TEXT = f"The ferry of the town stops\n\n{SENTENCE}\n\nMade by the water in Velmora\n\nShare"


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN])


def article_of(admin, **more):
    return ArticleFactory(project=admin.project, **{"text": TEXT, "zones_by": "rules"} | more)


def clean(admin, **options):
    options = {"off": [], "patterns": []} | options
    job = cleaning.clean(project=admin.project, by=admin.user, at=MONDAY, **options)
    cleaning.run(job_id=job.pk, at=TUESDAY)
    job.refresh_from_db()
    return job


def said(article):
    article.refresh_from_db()
    return [article.text[z["start"] : z["end"]] for z in article.zones]


def test_rules_are_applied_and_what_they_replace_is_kept(admin):
    article = article_of(admin)
    job = clean(admin, patterns=[{"pattern": "^made by .*$"}])

    assert said(article) == [
        "The ferry of the town stops",
        "Made by the water in Velmora",
        "Share",
    ]
    assert (job.state, job.done, job.total, job.changed, job.kept) == ("ready", 1, 1, 1, 0)
    revision = article.revisions.get()
    assert (revision.version, revision.zones, article.version) == (1, [], 2)
    kinds = list(AuditEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["cleaning.rules_set", "articles.cleaned"]


def test_what_changes_nothing_leaves_no_revision(admin):
    article = article_of(admin)
    clean(admin)
    assert clean(admin).changed == 0
    assert article.revisions.count() == 1


def test_a_rule_can_be_switched_off_and_on_again(admin):
    article = article_of(admin)
    clean(admin, off=["sharing", "title"])
    assert said(article) == []
    clean(admin)
    assert said(article) == ["The ferry of the town stops", "Share"]
    assert not CleaningRule.objects.exists()


def test_what_is_said_for_one_outlet_holds_for_it_alone(admin):
    post = article_of(admin, meta={"outlet": "Post"})
    other = article_of(admin, meta={"outlet": "Times"})
    clean(admin, off=["title"])
    job = clean(admin, off=["sharing"], outlet="Post", scope="outlet", scope_value="Post")
    # What is off for all is on for the one outlet, of which that was not said.
    assert (said(post), said(other), job.total) == (["The ferry of the town stops"], ["Share"], 1)


def test_only_articles_in_the_scope_are_touched(admin):
    article, other = article_of(admin), article_of(admin)
    clean(admin, scope=CleaningScope.IMPORT, scope_value=str(article.import_job.uuid))
    assert (len(said(article)), said(other)) == (2, [])


def test_zones_of_a_record_and_of_a_person_stay_as_they_are(admin):
    for zones_by in (ZonesBy.RECORD, ZonesBy.PERSON):
        article_of(admin, zones_by=zones_by)
    job = clean(admin)
    assert (job.changed, job.kept) == (0, 2)


def test_articles_that_somebody_has_coded_stay_as_they_are(admin):
    begun = article_of(admin)
    work = AssignmentFactory(
        task=TaskFactory(article=begun, batch__project=admin.project), state=AssignmentState.CODING
    )
    work.ops.create(
        op_id=work.uuid,
        seq=1,
        type="create",
        body={},
        status="applied",
        result={},
        rev=1,
        received_at=MONDAY,
    )
    handed_in = article_of(admin)
    task = TaskFactory(article=handed_in, batch__project=admin.project)
    submitted(AssignmentFactory(task=task), [])
    given = article_of(admin)
    AssignmentFactory(task=TaskFactory(article=given, batch__project=admin.project))

    job = clean(admin)

    assert (said(begun), said(handed_in), len(said(given))) == ([], [], 2)
    assert (job.changed, job.kept) == (1, 2)


def test_an_admin_who_codes_an_article_learns_nothing_from_what_stays(admin):
    article = article_of(admin)
    task = TaskFactory(article=article, batch__project=admin.project)
    AssignmentFactory(task=task, coder=admin)
    assert clean(admin).kept == 1


@pytest.mark.parametrize(
    "rules",
    [{"off": ["nonsense"]}, {"patterns": [{"pattern": "("}]}, {"patterns": [{"pattern": ".*"}]}],
)
def test_what_is_no_rule_is_refused_and_nothing_changes(admin, rules):
    with pytest.raises(cleaning.BadRule):
        clean(admin, **rules)
    assert not CleaningJob.objects.exists()


def test_only_an_admin_sets_rules(admin):
    coder = MemberFactory(project=admin.project)
    with pytest.raises(Forbidden):
        clean(coder)


def test_a_job_that_was_interrupted_goes_on_where_it_was(admin):
    done, left = article_of(admin), article_of(admin)
    job = cleaning.clean(project=admin.project, by=admin.user, at=MONDAY, off=[], patterns=[])
    CleaningJob.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, last_article=done.pk, done=1
    )
    cleaning.run(job_id=job.pk, at=TUESDAY)
    job.refresh_from_db()
    assert (said(done), len(said(left)), job.done, job.state) == ([], 2, 2, "ready")


def test_a_finished_job_is_not_done_again(admin):
    job = clean(admin)
    article = article_of(admin)
    cleaning.run(job_id=job.pk, at=TUESDAY)
    assert said(article) == []


@pytest.mark.parametrize("lost", ["role", "account"])
def test_somebody_who_is_no_longer_an_admin_changes_nothing(admin, lost):
    article = article_of(admin)
    job = cleaning.clean(project=admin.project, by=admin.user, at=MONDAY, off=[], patterns=[])
    if lost == "role":
        Member.objects.filter(pk=admin.pk).update(roles=[Role.CODER])
    else:
        User.objects.filter(pk=admin.user_id).update(is_active=False)
    cleaning.run(job_id=job.pk, at=TUESDAY)
    job.refresh_from_db()
    assert (job.state, said(article)) == ("failed", [])
