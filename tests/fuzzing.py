"""Requests that nobody would think of, made from the schema of the API and sent in each role."""

from contextlib import contextmanager

import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import (
    CoveragePhaseConfig,
    GenerationConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.factories import UserFactory
from tests.world import WholeWorld

#: What the schema promises. That good data is accepted is not among it: state and content decide.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    allow_header_conformance,
]
ROLES = ("admin", "coder", "adjudicator", "researcher", "operator", "anonymous")
#: Any 32 letters do, as long as the cookie and the header have the same.
CSRF = "c" * 32


@contextmanager
def connection_kept():
    """Keep the test's connection, and with it its transaction, beyond the end of a request."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


class Api:
    """The product's API over WSGI, in one world, with somebody of each role."""

    def __init__(self):
        self.world = WholeWorld()
        self.cookies = {role: self.cookies_of(role) for role in ROLES}
        project = ProjectConfig(
            generation=GenerationConfig(with_security_parameters=False, database="none"),
            phases=PhasesConfig(coverage=CoveragePhaseConfig(unexpected_methods={"put", "trace"})),
        )
        self.schema = schemathesis.openapi.from_wsgi(
            "/api/v1/schema/",
            WSGIHandler(),
            config=SchemathesisConfig(projects=ProjectsConfig(default=project)),
            headers={"Accept": "application/vnd.oai.openapi+json"},
        )
        self.operations = [found.ok() for found in self.schema.get_all_operations()]

    def cookies_of(self, role):
        client = Client()
        if role == "operator":
            client.force_login(UserFactory(is_superuser=True, is_staff=True))
        elif role != "anonymous":
            client.force_login(getattr(self.world, role).user)
        return {name: cookie.value for name, cookie in client.cookies.items()}

    def systematic(self, operation):
        """Return the cases that go through types, limits and media types one by one."""
        return self.schema.iter_coverage_cases(
            operation,
            generation_modes=list(GenerationMode),
            generation_config=self.schema.config.generation_for(operation=operation),
        )

    def random(self, operation):
        """Return a strategy of ``(role, case)``; half of the paths name something real."""
        cases = st.one_of(operation.as_strategy(generation_mode=mode) for mode in GenerationMode)
        return st.tuples(
            st.sampled_from(ROLES),
            cases.flatmap(lambda case: st.sampled_from([case, self.pointed_at_something(case)])),
        )

    def pointed_at_something(self, case):
        """Return the case with a path that names something of the world."""
        if case.path_parameters:
            real = self.addresses(case.operation.path)
            known = {name: real.get(name, value) for name, value in case.path_parameters.items()}
            case.path_parameters = known
        return case

    def addresses(self, path):
        """Return what the parameters of a path can be, by the word before each ``{uuid}``."""
        known = {name: str(value) for name, value in self.world.addresses.items()}
        words = path.strip("/").split("/")
        topic = words[words.index("{uuid}") - 1] if "{uuid}" in words else "tasks"
        singular = {"batches": "batch"}.get(topic, topic.removesuffix("s"))
        return {
            "slug": known["project"],
            "uuid": known[singular],
            "card": known["card"],
            "span": known["span"],
            "decision": known["decision"],
            "name": "articles.jsonl",
        }

    def faults(self, role, case):
        """Send a case, take back what it did, and say what the answer broke."""
        with transaction.atomic():
            answer = case.call(
                cookies=self.cookies[role] | {"csrftoken": CSRF}, headers={"X-CSRFToken": CSRF}
            )
            transaction.set_rollback(True)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            return [
                f"{case.operation.label} as {role}: {type(fault).__name__}: {fault.message}"
                for fault in group.exceptions
            ]
        return []
