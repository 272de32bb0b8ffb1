"""What the stories in the browser share."""

import pytest

from tests.e2e.desk import Desk
from tests.factories import (
    ArticleFactory,
    AssignmentFactory,
    BatchFactory,
    MemberFactory,
    TaskFactory,
)


@pytest.fixture
def signed_in(context, live_server, client, settings):
    """Return a function that signs a person in without the form."""

    def sign_in(user):
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        context.add_cookies([cookie])

    return sign_in


@pytest.fixture
def desk_with(page, live_server, signed_in):
    """Return a function that gives a coder articles with these texts and opens the first."""

    def sit_down(*texts, **details):
        coder = MemberFactory()
        batch = BatchFactory(project=coder.project)
        work = [
            AssignmentFactory(
                coder=coder,
                position=position,
                task=TaskFactory(
                    batch=batch,
                    article=ArticleFactory(project=coder.project, text=text, **details),
                ),
            )
            for position, text in enumerate(texts)
        ]
        signed_in(coder.user)
        desk = Desk(page, live_server.url, work[0])
        desk.open()
        return desk

    return sit_down
