import pytest
from django.http import HttpResponse
from django.test import RequestFactory
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
