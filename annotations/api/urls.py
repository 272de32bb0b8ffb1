"""The calls of the API, topic by topic, in the order of the contract."""

from django.urls import URLPattern, path

from annotations.api.codebook import CodebookViewSet
from annotations.api.members import MemberViewSet
from annotations.api.projects import ProjectViewSet
from annotations.api.schema import DocsView, SchemaView
from annotations.api.session import SessionView
from annotations.api.tokens import TokenViewSet

app_name = "api"

LIST = {"get": "list", "post": "create"}

urlpatterns: list[URLPattern] = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
    path("session/", SessionView.as_view(), name="session"),
    path("tokens/", TokenViewSet.as_view(LIST), name="tokens"),
    path(
        "tokens/<uuid:uuid>/",
        TokenViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
        name="token",
    ),
    path("projects/", ProjectViewSet.as_view(LIST), name="projects"),
    path(
        "projects/<slug:slug>/",
        ProjectViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="project",
    ),
    path(
        "projects/<slug:slug>/archive/",
        ProjectViewSet.as_view({"post": "archive"}),
        name="project-archive",
    ),
    path("projects/<slug:slug>/members/", MemberViewSet.as_view(LIST), name="members"),
    path(
        "projects/<slug:slug>/members/<uuid:uuid>/",
        MemberViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="member",
    ),
    path(
        "projects/<slug:slug>/codebook/",
        CodebookViewSet.as_view({"get": "retrieve", "put": "update"}),
        name="codebook",
    ),
]
