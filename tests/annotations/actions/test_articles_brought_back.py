import pytest

from annotations.actions import articles
from annotations.enums import Role
from annotations.exceptions import Forbidden
from annotations.models import AuditEvent
from tests.factories import MONDAY, TUESDAY, ArticleFactory, MemberFactory

pytestmark = pytest.mark.django_db


def released(project, at, state="ready"):
    return project.releases.create(
        number=project.releases.count() + 1,
        name="One",
        request={},
        state=state,
        content_hash="0" * 64,
        retracted_reason="Wrong" if state == "retracted" else "",
        created_at=at,
    )


@pytest.mark.parametrize("state", [None, "cancelled", "failed"])
def test_a_withdrawal_is_undone_while_no_release_was_made_without_the_article(state):
    admin = MemberFactory(roles=[Role.ADMIN])
    article = ArticleFactory(project=admin.project)
    released(admin.project, MONDAY)
    articles.withdraw(article=article, reason="Rights", by=admin.user, at=TUESDAY)
    if state:
        released(admin.project, TUESDAY, state)

    articles.restore(article=article, by=admin.user, at=TUESDAY)

    article.refresh_from_db()
    assert (article.withdrawn_at, article.withdrawn_reason) == (None, "")
    assert AuditEvent.objects.latest("pk").kind == "article.restored"


@pytest.mark.parametrize("state", ["ready", "retracted", "rendering"])
def test_an_article_that_a_release_left_out_stays_withdrawn(state):
    admin = MemberFactory(roles=[Role.ADMIN])
    article = ArticleFactory(project=admin.project)
    articles.withdraw(article=article, reason="Rights", by=admin.user, at=MONDAY)
    released(admin.project, TUESDAY, state)

    with pytest.raises(articles.CannotRestore, match="stays withdrawn"):
        articles.restore(article=article, by=admin.user, at=TUESDAY)

    article.refresh_from_db()
    assert article.withdrawn_at == MONDAY


def test_an_article_that_is_not_withdrawn_can_not_be_brought_back_nor_by_a_coder():
    admin = MemberFactory(roles=[Role.ADMIN])
    coder = MemberFactory(project=admin.project)
    article = ArticleFactory(project=admin.project)

    with pytest.raises(articles.CannotRestore, match="not withdrawn"):
        articles.restore(article=article, by=admin.user, at=TUESDAY)
    with pytest.raises(Forbidden):
        articles.restore(article=article, by=coder.user, at=TUESDAY)
