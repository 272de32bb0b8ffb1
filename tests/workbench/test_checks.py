"""What the system checks refuse: whole models, lax calls, addresses open to everybody."""

import gc

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.checks import run_checks
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path
from rest_framework import serializers, viewsets
from rest_framework.permissions import AllowAny

from annotations.api.base import InProject, StrictQuery
from annotations.enums import Role
from annotations.models import Batch, Label
from workbench import checks


class Listing(InProject, viewsets.GenericViewSet):
    roles = {"list": (Role.ADMIN,)}

    def list(self, request, slug):
        raise NotImplementedError

    def create(self, request, slug):
        raise NotImplementedError


class Lax(viewsets.GenericViewSet):
    def list(self, request):
        raise NotImplementedError


class Open(StrictQuery, Lax):
    permission_classes = [AllowAny]


@login_not_required
def page(request):
    return HttpResponse()


urlpatterns = [
    path("livez", page),
    path("members/", page),
    path("<slug:slug>/listed/", Listing.as_view({"get": "list"})),
    path("<slug:slug>/unnamed/", Listing.as_view({"get": "list", "post": "create"})),
    path("lax/", Lax.as_view({"get": "list"})),
    path("open/", Open.as_view({"get": "list"})),
]


def found():
    ours = [fault for fault in run_checks() if fault.id.startswith("workbench")]
    return [f"{fault.id} {fault.msg}" for fault in ours]


def test_the_product_passes_its_own_checks():
    assert found() == []


@override_settings(ROOT_URLCONF=__name__)
def test_an_address_says_who_may_ask_it_and_what():
    assert found() == [
        "workbench.E002 /members/ lets people in who have not signed in.",
        "workbench.E002 /<slug:slug>/unnamed/ does not say which roles may create.",
        "workbench.E002 /lax/ takes parameters that it does not know.",
        "workbench.E002 /open/ lets people in who have not signed in.",
    ]


@pytest.mark.parametrize(
    "meta",
    [
        {"model": Batch, "fields": "__all__"},
        {"model": Label, "exclude": ["key"]},
    ],
    ids=["all", "all but some"],
)
def test_a_serializer_lists_the_fields_of_its_model(meta):
    body = {"Meta": type("Meta", (), meta), "__module__": "annotations.api.sneaky"}
    sneaky = type("SneakySerializer", (serializers.ModelSerializer,), body)

    assert found() == ["workbench.E001 SneakySerializer does not list its fields."]

    # Python remembers who inherits from whom.
    del sneaky
    gc.collect()
    assert found() == []


def test_a_serializer_that_lists_its_fields_is_fine():
    class Meta:
        model = Batch
        fields = ["name"]

    fine = type("FineSerializer", (serializers.ModelSerializer,), {"Meta": Meta})

    assert checks.lists_fields(fine)
