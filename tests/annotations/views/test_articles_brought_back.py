import pytest

from tests.factories import ArticleFactory

pytestmark = pytest.mark.django_db


def test_the_page_offers_the_way_back_only_while_it_is_open(signed_in, admin):
    article = ArticleFactory(project=admin.project)
    address = f"/articles/{article.uuid}/"
    signed_in.post(f"{address}withdraw/", {"reason": "Rights"})

    assert "Bring it back" in signed_in.get(address).content.decode()
    page = signed_in.post(f"{address}restore/", follow=True).content.decode()
    assert "The article is back" in page

    signed_in.post(f"{address}withdraw/", {"reason": "Rights"})
    article.refresh_from_db()
    admin.project.releases.create(
        number=1, name="One", request={}, created_at=article.withdrawn_at
    )
    page = signed_in.post(f"{address}restore/", follow=True).content.decode()
    assert "stays withdrawn" in page
    assert "Bring it back" not in page
