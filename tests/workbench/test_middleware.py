import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from tests.factories import UserFactory
from workbench.middleware import InTheReadersZone


@pytest.mark.parametrize(
    ("path", "cookie", "zone"),
    [
        ("/", "Asia%2FBaku", "Asia/Baku"),
        ("/", "Asia/Baku", "Asia/Baku"),
        ("/", None, "UTC"),
        ("/", "Nowhere/Land", "UTC"),
        ("/", "../../etc/passwd", "UTC"),
        ("/api/v1/session/", "Asia/Baku", "UTC"),
    ],
)
def test_pages_are_written_in_the_zone_of_the_cookie_and_the_api_is_not(path, cookie, zone):
    request = RequestFactory().get(path)
    if cookie is not None:
        request.COOKIES["timezone"] = cookie
    told = InTheReadersZone(lambda _: HttpResponse(timezone.get_current_timezone_name()))

    assert told(request).content.decode() == zone
    assert timezone.get_current_timezone_name() == "UTC"


FILES = "multipart/form-data; boundary=b"
PROBLEM, PAGE = "application/problem+json", "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "content_type", "answered"),
    [
        ("/api/v1/projects/", FILES, PROBLEM),
        ("/sign-in/", FILES, PAGE),
        ("/api/v1/projects/", "application/json", PROBLEM),
        ("/sign-in/", "application/x-www-form-urlencoded", PAGE),
    ],
)
def test_a_request_that_says_it_is_too_large_is_refused_unread(
    settings, path, content_type, answered
):
    settings.LARGEST_REQUEST = 5 * 2**20
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20 if content_type == FILES else 2**20
    said = {"CONTENT_LENGTH": str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}

    refused = Client().post(path, b"{}", content_type=content_type, **said)

    assert (refused.status_code, refused["Content-Type"]) == (413, answered)
    assert "Files may have 5 MB together." in refused.content.decode()


@pytest.mark.django_db
def test_files_are_read_where_they_are_imported_and_of_those_alone_who_are_signed_in(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    client = Client(enforce_csrf_checks=True)
    said = {"content_type": FILES, "CONTENT_LENGTH": "101"}
    address = "/projects/study/imports/"

    asked = client.post(address, b"--b--", **said)
    assert (asked.status_code, asked["Location"]) == (302, f"/sign-in/?next={address}")

    client.force_login(UserFactory())
    assert client.post(address, b"--b--", **said).status_code == 403
    assert client.post("/projects/new/", b"--b--", **said).status_code == 413
    assert client.post("/api/v1/projects/", b"--b--", **said).status_code == 413


@pytest.mark.parametrize("said", ["", "x", "-1", "9" * 5000])
def test_a_length_that_is_none_is_no_fault_of_ours(said):
    answer = Client().generic("GET", "/livez", CONTENT_LENGTH=said)

    assert answer.status_code in (200, 413)
