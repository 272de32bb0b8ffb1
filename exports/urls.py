"""The pages of releases, and the one that has to do with people and releases."""

from django.urls import path

from exports import erasure_views, views

app_name = "exports"

urlpatterns = [
    path(
        "projects/<slug:slug>/people/<uuid:uuid>/erase/",
        erasure_views.erase_person,
        name="erase-person",
    ),
    path("projects/<slug:slug>/releases/", views.release_list, name="releases"),
    path("projects/<slug:slug>/releases/new/", views.release_new, name="release-new"),
    path("projects/<slug:slug>/releases/preview/", views.release_preview, name="release-preview"),
    path("releases/<uuid:uuid>/", views.release_detail, name="release"),
    path("releases/<uuid:uuid>/difference/", views.release_difference, name="release-difference"),
    path("releases/<uuid:uuid>/changes/", views.release_changes, name="release-changes"),
    path("releases/<uuid:uuid>/progress/", views.release_progress, name="release-progress"),
    path("releases/<uuid:uuid>/cancel/", views.release_cancel, name="release-cancel"),
    path("releases/<uuid:uuid>/retry/", views.release_retry, name="release-retry"),
    path("releases/<uuid:uuid>/retract/", views.release_retract, name="release-retract"),
]
