import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

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


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/api/v1/projects/", "application/problem+json"), ("/sign-in/", "text/html; charset=utf-8")],
)
def test_a_request_that_says_it_is_too_large_is_refused_unread(settings, path, content_type):
    settings.LARGEST_REQUEST = 5 * 2**20
    said = {"CONTENT_LENGTH": str(5 * 2**20 + 1)}

    refused = Client().post(path, b"{}", content_type="application/json", **said)

    assert (refused.status_code, refused["Content-Type"]) == (413, content_type)
    assert "Files may have 5 MB together." in refused.content.decode()


@pytest.mark.parametrize("said", ["", "x", "-1", "9" * 5000])
def test_a_length_that_is_none_is_no_fault_of_ours(said):
    answer = Client().generic("GET", "/livez", CONTENT_LENGTH=said)

    assert answer.status_code in (200, 413)
