"""Everybody who may call the API, and what each of them is answered."""

from typing import Any

from django.db import transaction
from rest_framework.test import APIClient

from annotations.enums import Role, Scope
from tests.contract.shapes import PROBLEM, misfits
from tests.factories import ApiTokenFactory, MemberFactory, UserFactory
from tests.world import World

MEMBERS = ("admin", "coder", "other", "adjudicator", "researcher")
#: Of a person who holds every role: a token can do what its scope and the roles have in common.
TOKENS = tuple(f"{scope} token" for scope in Scope.values)
OUTSIDERS = ("stranger", "operator")

ADMINS = ("admin", "admin token")
CODERS = ("coder", "other", "coding token")
ADJUDICATORS = ("adjudicator", "adjudication token")
RESEARCHERS = ("researcher", "releases token")


def only(*allowed: str, status: int = 200, others: int = 403) -> dict[str, int]:
    """Return everybody's status where only ``allowed`` may: who is no member finds nothing."""
    return (
        dict.fromkeys(MEMBERS + TOKENS, others)
        | dict.fromkeys(OUTSIDERS, 404)
        | {"anonymous": 401}
        | dict.fromkeys(allowed, status)
    )


class Study(World):
    """The world of the permission table, seen by clients that send what the contract asks for."""

    def __init__(self):
        super().__init__()
        self.other = self.member(Role.CODER)
        people = {
            "admin": self.admin.user,
            "coder": self.coder.user,
            "other": self.other.user,
            "adjudicator": self.adjudicator.user,
            "researcher": self.researcher.user,
            "stranger": MemberFactory(roles=[Role.ADMIN]).user,
            "operator": UserFactory(is_superuser=True, is_staff=True),
        }
        self.clients = {"anonymous": APIClient()}
        for name, user in people.items():
            self.clients[name] = APIClient()
            self.clients[name].force_login(user)
        all_rounder = self.member(*Role)
        for scope in Scope.values:
            self.clients[f"{scope} token"] = self.bearer(all_rounder.user, scopes=[scope])

    def bearer(self, user, **fields) -> APIClient:
        """Return a client that signs in with a new token of ``user``."""
        token = ApiTokenFactory(user=user, **fields)
        return APIClient(headers={"Authorization": f"Bearer wbt_{token.name}"})

    def __getitem__(self, name: str) -> APIClient:
        return self.clients[name]

    def path(self, template: str) -> str:
        """Return the address that ``template`` stands for, as in the permission table."""
        return "/api/v1/" + template.format(**self.addresses)

    def ask(self, name: str, method: str, template: str, body: Any = None, **more: Any):
        """Send one request as ``name``. A refusal must be a problem of the one shape."""
        call = getattr(self.clients[name], method.lower())
        answer = call(self.path(template), body, **more)
        if answer.status_code >= 400:
            assert not problems(answer), problems(answer)
        return answer

    def everybody(self, method: str, template: str, body: Any = None) -> dict[str, int]:
        """Return what each person is answered to the same request in the same world."""
        found = {}
        for name in self.clients:
            with transaction.atomic():
                found[name] = self.ask(name, method, template, body).status_code
                transaction.set_rollback(True)
        return found


def problems(answer) -> list[str]:
    """Return what of a refusal is not as RFC 9457 and the contract want it."""
    if answer["Content-Type"] != "application/problem+json":
        return [f"{answer.status_code} as {answer['Content-Type']}"]
    body = answer.json()
    known = {name: body[name] for name in PROBLEM if name in body}
    found = list(misfits(known, PROBLEM))
    if body.get("status") != answer.status_code:
        found.append(f"status is {body.get('status')}, but {answer.status_code} was sent")
    if answer.status_code == 401 and "WWW-Authenticate" not in answer:
        found.append("401 without WWW-Authenticate")
    if answer.status_code in {429, 503} and "Retry-After" not in answer:
        found.append(f"{answer.status_code} without Retry-After")
    return found
