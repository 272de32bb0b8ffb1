"""The calls of the API, topic by topic, in the order of the contract."""

from django.urls import URLPattern

app_name = "api"

urlpatterns: list[URLPattern] = []
