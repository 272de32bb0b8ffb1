"""The pages, topic by topic."""

from django.urls import URLPattern

app_name = "annotations"

urlpatterns: list[URLPattern] = []
