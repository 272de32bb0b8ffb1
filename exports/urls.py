"""The pages of releases."""

from django.urls import URLPattern

app_name = "exports"

urlpatterns: list[URLPattern] = []
