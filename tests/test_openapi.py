"""The API keeps what its own schema promises, whoever asks and whatever is sent."""

import io

import pytest
import yaml
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft4Validator

from annotations.api.examples import BODIES
from tests import fuzzing

pytestmark = pytest.mark.django_db
ROLES = fuzzing.ROLES


@pytest.fixture(scope="module")
def described():
    """The schema as the command writes it; a warning of the generator is a failure."""
    written = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=written)
    return yaml.safe_load(written.getvalue())


@pytest.fixture
def api():
    with fuzzing.connection_kept():
        yield fuzzing.Api()


def calls(described):
    for path, methods in described["paths"].items():
        for method, call in methods.items():
            yield f"{method.upper()} {path}", call


def test_every_call_says_what_it_does_and_no_two_say_the_same(described):
    summaries = [call.get("summary") for _, call in calls(described)]

    assert None not in summaries
    assert len(set(summaries)) == len(summaries)
    assert [name for name, call in calls(described) if not call.get("tags")] == []


def test_every_call_names_its_refusals_as_problems(described):
    plain = [
        name
        for name, call in calls(described)
        for status, answer in call["responses"].items()
        if status >= "400" and not answer.get("$ref", "").startswith("#/components/responses/")
    ]

    assert [name for name in plain if "/files/" not in name] == []
    assert {
        media_type
        for answer in described["components"]["responses"].values()
        for media_type in answer["content"]
    } == {"application/problem+json"}


def test_every_example_is_one_of_what_the_call_takes(described):
    found = {}
    for name, call in calls(described):
        for content in call.get("requestBody", {}).get("content", {}).values():
            if "example" in content:
                schema = {**content["schema"], "components": described["components"]}
                found[name] = list(Draft4Validator(schema).iter_errors(content["example"]))

    assert {name: errors for name, errors in found.items() if errors} == {}
    assert len(found) == len(BODIES)


def test_the_api_keeps_what_its_schema_promises(api):
    """Some four cases a call, evenly out of all; every other one as admin, who gets furthest."""
    faults = []
    for start, operation in enumerate(api.operations):
        cases = list(api.systematic(operation))
        apart = 1 + len(cases) // 4
        for turn, case in enumerate(cases[start % apart :: apart], start):
            role = ROLES[turn // 2 % len(ROLES)] if turn % 2 else "admin"
            faults += api.faults(role, api.pointed_at_something(case))

    assert faults == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_the_api_keeps_what_its_schema_promises_type_by_type(api, role):
    faults = []
    for operation in api.operations:
        for turn, case in enumerate(api.systematic(operation)):
            faults += api.faults(role, api.pointed_at_something(case) if turn % 2 else case)

    assert faults == []


@pytest.mark.slow
def test_the_api_keeps_what_its_schema_promises_whatever_is_sent(api):
    faults = []
    for operation in api.operations:

        @settings(
            max_examples=1_000,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(sent=api.random(operation))
        def whatever(sent):
            faults.extend(api.faults(*sent))

        whatever()

    assert faults == []
