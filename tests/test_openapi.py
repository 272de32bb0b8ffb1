"""The API keeps what its own schema promises, whoever asks and whatever is sent."""

import io
from itertools import islice

import pytest
import yaml
from django.core.management import call_command
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft4Validator

from annotations.api.examples import BODIES
from tests import fuzzing
from tests.databases import unreadable

pytestmark = pytest.mark.django_db
ROLES = fuzzing.ROLES
#: How often each call is asked at random in the long run.
RANDOM = 100
#: In the short run, among so many that follow on the good one is the other case of a call.
LATEST = 12


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
    """Two who get far send the good case with which a call begins, somebody one of the next."""
    faults = []
    for turn, operation in enumerate(api.operations):
        cases = iter(api.systematic(operation))
        good = next(cases)
        for role in ("admin", ("coder", "adjudicator")[turn % 2]):
            faults += api.faults(role, api.pointed_at_something(good))
        # To think of them all takes longer than to send these: the long run does.
        for case in islice(cases, turn % LATEST, 1 + turn % LATEST):
            faults += api.faults(ROLES[turn % len(ROLES)], api.pointed_at_something(case))

    assert faults == []


@pytest.mark.slow
def test_the_api_keeps_what_its_schema_promises_type_by_type(api, trust):
    """Each case as admin, who gets furthest, and as one of the others in turn."""
    control = noticed(api)
    faults, sent = [], 0
    for operation in api.operations:
        for turn, case in enumerate(api.systematic(operation)):
            for role in (ROLES[0], ROLES[1 + turn % (len(ROLES) - 1)]):
                faults += api.faults(role, api.pointed_at_something(case) if turn % 2 else case)
                sent += 1

    assert faults == []
    trust(
        "The whole system",
        "What the API’s schema allows and what it forbids is sent, type by type",
        **told(api, sent, control),
    )


@pytest.mark.slow
def test_the_api_keeps_what_its_schema_promises_whatever_is_sent(api, trust):
    control = noticed(api)
    faults, sent = [], 0
    for operation in api.operations:

        @settings(
            max_examples=RANDOM,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(drawn=api.random(operation))
        def whatever(drawn):
            nonlocal sent
            faults.extend(api.faults(*drawn))
            sent += 1

        whatever()

    assert faults == []
    trust(
        "The whole system",
        "What the API’s schema allows and what it forbids is sent at random",
        **told(api, sent, control),
    )


def noticed(api):
    """Say how many requests there are to a call that fails, and how many are found at fault."""
    [listing] = [each for each in api.operations if each.label == "GET /api/v1/projects/"]
    with unreadable("annotations_project"):
        faults = [api.faults("admin", case) for case in api.systematic(listing)]
    found = sum(map(bool, faults))
    assert found
    return f"of {len(faults)} requests to a call that fails, {found} were found at fault"


def told(api, sent, control):
    return {
        "tried": f"{sent:,} requests",
        "of": f"{len(api.operations)} calls, {len(ROLES)} roles",
        "server_errors": 0,
        "broken_promises": 0,
        "control": control,
    }
