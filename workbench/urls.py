"""Every address: pages at the root, the API under /api/v1/, health beside them."""

from django.contrib import admin
from django.urls import include, path

import annotations.api.urls
import exports.api
from workbench import health

api = [*annotations.api.urls.urlpatterns, *exports.api.urlpatterns]

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("api/v1/", include((api, "api"))),
    path("", include("exports.urls")),
    path("", include("annotations.urls")),
]
