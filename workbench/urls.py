"""Every address: pages at the root, the API under /api/v1/, health and metrics beside them."""

from django.contrib import admin
from django.urls import include, path

from annotations.api.urls import urlpatterns as annotations_api
from exports.api import urlpatterns as exports_api
from workbench import health, metrics

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("api/v1/", include(([*annotations_api, *exports_api], "api"))),
    path("", include("exports.urls")),
    path("", include("annotations.account_urls")),
    path("", include("annotations.urls")),
]

handler400 = "workbench.errors.bad_request"
handler404 = "workbench.errors.not_found"
handler500 = "workbench.errors.server_error"
