"""What the pages of an archived project still let people press changes nothing."""

import pytest
from django.db import connection
from django.utils import timezone

from annotations.models import Project
from tests.permission_table import taken_back
from tests.test_bad_input import Site, route_of

pytestmark = pytest.mark.django_db

#: What is written when somebody looks, signs in or is refused.
ASIDE = {
    "annotations_storedreply",
    "annotations_recovereddraft",
    "annotations_rulingdraft",
    "django_session",
    "usersessions_usersession",
    "cached_values",
}
#: Whoever may archive a project may also bring it back; the rest is not the project's.
ELSEWHERE = ("/sign-", "/profile/", "/reset/", "/projects/new/", "/restore/", "/password/")


def rows():
    """Return a digest of every table of ours."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - ASIDE
        ours = sorted(name for name in tables if name.startswith(("annotations", "exports")))
        digests = [
            f"(SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {name} t)"
            for name in map(connection.ops.quote_name, ours)
        ]
        cursor.execute(f"SELECT {', '.join(digests)}")
        return dict(zip(ours, cursor.fetchone(), strict=True))


def test_no_page_changes_an_archived_project():
    site = Site()
    project = Project.objects.get(slug="study")
    project.archived_at = timezone.now()
    project.save()
    before = rows()
    changing, sent = [], 0

    for method, path, actor in site.routes:
        if method != "POST" or any(part in path for part in ELSEWHERE):
            continue
        filled = site.filled.get(("POST", route_of(path)), {})
        fields = {name: value.decode() for name, value in filled.items()}
        with taken_back(site.clients[actor]) as written:
            answer = site.clients[actor].post(path, fields)
            touched = [sql for sql in written if not any(name in sql for name in ASIDE)]
            if (touched and rows() != before) or answer.status_code >= 500:
                changing.append((path, answer.status_code))
        sent += 1

    assert changing == []
    assert sent > 20
