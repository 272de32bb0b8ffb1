"""Every address: pages at the root, the API under /api/v1/, health beside them."""

from django.contrib import admin
from django.urls import include, path

from workbench import health

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("annotations.api.urls")),
    path("", include("exports.urls")),
    path("", include("annotations.urls")),
]
