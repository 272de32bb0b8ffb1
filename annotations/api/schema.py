"""The API described for machines, and a page to read and try it."""

from drf_spectacular.authentication import BasicScheme, SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from annotations.api.renderers import JSONRenderer


class BearerScheme(OpenApiAuthenticationExtension):
    """Tells the schema what ``Authorization: Bearer wbt_…`` is."""

    target_class = "annotations.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "bearerFormat": "wbt_…"}


class BrowserScheme(SessionScheme):
    """Tells the schema what the browser's session cookie is."""

    target_class = "annotations.api.authentication.SessionAuthentication"
    name = "session"


class PasswordScheme(BasicScheme):
    """Tells the schema that a first token may be asked for with a password."""

    target_class = "annotations.api.authentication.BasicAuthentication"
    name = "password"


class Readable:
    """For what is only read, in types of its own; a problem is JSON here too."""

    http_method_names = ["get", "head"]

    def handle_exception(self, exc):
        self.request.accepted_renderer = JSONRenderer()
        self.request.accepted_media_type = JSONRenderer.media_type
        return super().handle_exception(exc)


class SchemaView(Readable, SpectacularAPIView):
    """OpenAPI 3 of everything under ``/api/v1/``."""

    permission_classes = [AllowAny]


class DocsView(Readable, SpectacularSwaggerSplitView):
    """The schema as a page. Its script is served apart, since nothing runs inline here."""

    permission_classes = [AllowAny]
    template_name = "api/docs.html"
    url_name = "api:schema"
