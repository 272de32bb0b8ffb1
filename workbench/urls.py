"""Every address: pages at the root, the API under /api/v1/, health beside them."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

from workbench import health

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]
for prefix, module in (
    ("api/v1/", "annotations.api.urls"),
    ("", "exports.urls"),
    ("", "annotations.urls"),
):
    if find_spec(module):
        urlpatterns.append(path(prefix, include(module)))
