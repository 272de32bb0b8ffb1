"""The permission table as data, and everybody in it as clients of one world."""

import copy
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from annotations.enums import Role
from annotations.models import Assignment, Task, User
from tests.factories import ApiTokenFactory, AssignmentFactory, MemberFactory, UserFactory
from tests.world import WholeWorld

TABLE = Path(__file__).with_suffix(".txt")
PEOPLE = [
    "anonymous",
    "coder",
    "other",
    "adjudicator",
    "admin",
    "researcher",
    "stranger",
    "operator",
]
TOKENS = ["right", "wrong", "elsewhere", "expired"]
ACTORS = [*PEOPLE, "all", "forged", *TOKENS]

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|COPY|WITH .*\b(INSERT|UPDATE|DELETE)\b)", re.DOTALL)
#: What is new in every answer, whoever asks: keys against forgery, the request's number, clocks.
NEW_EACH_TIME = re.compile(
    rb"(?<![\w-])[A-Za-z0-9]{64}(?![\w-])"
    rb"|X-Request-ID: \S+|\"(expires_in|last_used_at)\": ?[^,}]+",
    re.IGNORECASE,
)


class Row(NamedTuple):
    """One line of the table: who gets what for one method on one path."""

    method: str
    template: str
    cells: dict[str, str]

    def is_for(self, actor: str) -> bool:
        """Say whether the actor has a cell here; only what writes can be forged."""
        if actor == "forged":
            return self.method != "GET"
        return actor not in TOKENS or "wrong" in self.cells

    def expected(self, actor: str) -> str:
        """Say what the actor gets; a token is its owner, as far as it goes."""
        if actor in ("expired", "forged"):
            return {"expired": "401", "forged": "403"}[actor]
        if actor == "elsewhere":
            return self.cells.get("elsewhere", self.cells["stranger"])
        return self.cells.get(actor, self.cells["admin"])


class Answer(NamedTuple):
    """What the table writes of an answer, all that it says, what it lacks, what it changed."""

    cell: str
    said: bytes
    unprotected: tuple[str, ...] = ()
    written: tuple[str, ...] = ()


def rows() -> list[Row]:
    """Return the lines of the table."""
    columns = [*PEOPLE, "wrong", "right"]
    found = []
    for line in TABLE.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            method, template, *cells = line.split()
            named = dict(cell.split("=") for cell in cells if "=" in cell)
            plain = [cell for cell in cells if "=" not in cell]
            assert len(PEOPLE) <= len(plain) <= len(columns), line
            found.append(Row(method, template, dict(zip(columns, plain, strict=False)) | named))
    return found


def unprotected(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return the headers without which an answer is kept, framed, or runs what is not ours."""
    control = {part.strip() for part in headers.get("Cache-Control", "").split(",")}
    policy = headers.get("Content-Security-Policy", "")
    protects = {
        "Cache-Control": {"private", "no-store"} <= control,
        "Content-Security-Policy": (
            "default-src 'self'" in policy
            and "frame-ancestors 'none'" in policy
            and "unsafe" not in policy
        ),
        "X-Frame-Options": headers.get("X-Frame-Options") == "DENY",
        "X-Content-Type-Options": headers.get("X-Content-Type-Options") == "nosniff",
        "Referrer-Policy": headers.get("Referrer-Policy") == "same-origin",
        "Cross-Origin-Opener-Policy": headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "Permissions-Policy": "camera=()" in headers.get("Permissions-Policy", ""),
    }
    return tuple(f"{name}: {headers.get(name)}" for name, does in protects.items() if not does)


@contextmanager
def taken_back(client: Client) -> Iterator[list[str]]:
    """Have what a client does leave nothing behind, here or in its cookies: the next one finds
    the same world, and is still signed in. Yield the statements that write.
    """
    cookies = copy.deepcopy(client.cookies)
    written: list[str] = []

    def note(execute, sql, *rest):
        if WRITES.match(sql):
            written.append(sql)
        return execute(sql, *rest)

    with transaction.atomic(), connection.execute_wrapper(note):
        yield written
        transaction.set_rollback(True)
    client.cookies = cookies


class Everybody(WholeWorld):
    """The world with a client for each actor of the table."""

    def __init__(self):
        super().__init__()
        self.other = self.member(Role.CODER)
        self.stranger = MemberFactory(roles=[Role.ADMIN]).user
        type(self.coded.article).objects.filter(pk=self.coded.article_id).update(
            cluster=self.project.clusters.create(name="told-once"), is_clustered_by_hand=True
        )
        self.make_release("With names", has_real_names=True)
        # Who holds every role codes in two batches beside others, and must know of neither.
        self.all = self.member(*Role)
        Task.objects.filter(pk=self.open.pk).update(coders_wanted=3)
        self.colleague = AssignmentFactory(task=self.open, codebook=self.codebook)
        AssignmentFactory(task=self.open, coder=self.all, codebook=self.codebook)
        second = self.coded.assignments.latest("pk")
        Assignment.objects.filter(pk=second.pk).update(coder=self.all)
        users = {
            "coder": self.coder.user,
            "other": self.other.user,
            "adjudicator": self.adjudicator.user,
            "admin": self.admin.user,
            "researcher": self.researcher.user,
            "stranger": self.stranger,
            "operator": UserFactory(is_superuser=True, is_staff=True),
            "all": self.all.user,
        }
        self.clients = {"anonymous": Client(raise_request_exception=False)}
        for name, user in users.items():
            self.clients[name] = Client(raise_request_exception=False)
            self.clients[name].force_login(user)
        self.clients["forged"] = Client(enforce_csrf_checks=True, raise_request_exception=False)
        self.clients["forged"].force_login(self.admin.user)
        self.name_the_coders()
        now = timezone.now()
        kinds = {
            "right": {"scopes": ["admin"]},
            "wrong": {"scopes": ["coding"]},
            "elsewhere": {"project": MemberFactory(user=users["admin"], roles=["admin"]).project},
            "expired": {"expires_at": now - timedelta(seconds=1)},
        }
        for name, fields in kinds.items():
            created = {"user": users["admin"], "created_at": now - timedelta(days=1)}
            token = ApiTokenFactory(**created, **{"scopes": ["admin"], **fields})
            self.clients[name] = Client(
                raise_request_exception=False,
                headers={"Authorization": f"Bearer wbt_{token.name}"},
            )

    def path(self, row: Row) -> str:
        return row.template.format(**self.addresses)

    def start_anew(self) -> None:
        """Have each client put its middleware together again, as a server does that starts."""
        for client in self.clients.values():
            client.handler._middleware_chain = None

    def ask(self, actor: str, row: Row) -> Answer:
        """Send what the row names, with an empty body, and take back what it did."""
        client, path = self.clients[actor], self.path(row)
        body = {"data": "{}", "content_type": "application/json"}
        with taken_back(client) as written:
            if row.method == "GET":
                response = client.get(path)
            else:
                sent = body if path.startswith("/api/") else {}
                response = getattr(client, row.method.lower())(path, **sent)
            content = response.getvalue()
        cell = str(response.status_code)
        if row.method == "GET" and response.headers.get("Content-Type") == "application/json":
            answer = response.json()
            if set(answer) == {"next", "previous", "results"}:
                cell = f"200/{len(answer['results'])}"
        headers = "".join(f"{name}: {value}\n" for name, value in response.headers.items())
        said = NEW_EACH_TIME.sub(b"", headers.encode() + content)
        return Answer(cell, said, unprotected(response.headers), tuple(written))

    def name_the_coders(self) -> None:
        """Give all who code names that are found wherever they are told."""
        coders = User.objects.filter(memberships__roles__contains=[Role.CODER])
        for user in coders.distinct().order_by("pk"):
            word = f"quill{user.pk}feather"
            user.username, user.email = word, f"{word}@quill.example"
            user.first_name, user.last_name = f"Ada {word}", word.capitalize()
            user.save()

    def names_kept_from(self, actor: str) -> list[bytes]:
        """Return the names that nothing the actor is answered may hold: of who codes here."""
        if actor in {"admin", "right", "all", "forged"}:
            return []
        own = getattr(self, actor).user_id if actor in {"coder", "other"} else None
        coders = User.objects.filter(memberships__roles__contains=[Role.CODER]).exclude(pk=own)
        return [user.username.encode() for user in coders]
