from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class PrivateByDefault:
    """Keep every answer out of caches that does not say otherwise.

    Pages and answers hold one person's view of a blinded study; a copy in a
    shared cache or behind the back button would be somebody else's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response
