"""No guard can go without a test that turns red.

``CELLS`` names for each guard a cell of the permission table that is another without it, ``TESTS``
a test for those that no cell can show. A guard goes from all places that ask it, or from one that
is named: ``guard in place``.
"""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.guards import ANYWHERE, ROOT
from tests.permission_table import rows

CELLS = {
    "permissions.can_know_of": "all POST /api/v1/batches/{batch}/close/",
    "permissions.has_role": "researcher GET /api/v1/projects/{project}/members/",
    "ApiTokenQuerySet.visible_to": "stranger GET /api/v1/tokens/",
    "ArticleQuerySet.visible_to": "stranger GET /api/v1/articles/{article}/",
    "AssignmentQuerySet.of": "stranger POST /api/v1/assignments/{assignment}/give-back/",
    "AssignmentQuerySet.visible_to": "stranger POST /api/v1/assignments/{assignment}/give-back/",
    "AuditEventQuerySet.visible_to": "all GET /api/v1/projects/{project}/history/",
    "BatchQuerySet.visible_to": "stranger POST /api/v1/batches/{batch}/reassign/",
    "BatchQuerySet.blind_to": "all PATCH /api/v1/articles/{article}/",
    "BatchQuerySet.open_book_for": "all POST /api/v1/batches/{batch}/close/",
    "ClusterQuerySet.visible_to": "stranger GET /api/v1/clusters/{cluster}/",
    "MemberQuerySet.acting": "stranger GET /api/v1/projects/",
    "MemoQuerySet.visible_to": "stranger GET /answers/{memo}/codebook/",
    "ProjectQuerySet.where": "stranger GET /api/v1/projects/",
    "ProjectQuerySet.visible_to": "stranger GET /api/v1/projects/",
    "ReleaseQuerySet.visible_to": "stranger GET /api/v1/releases/{release}/",
    "ReleaseQuerySet.visible_to in exports/api.py:ProjectReleasesViewSet.get_queryset": (
        "researcher GET /api/v1/projects/{project}/releases/"
    ),
    "TaskQuerySet.visible_to": "stranger GET /api/v1/tasks/{task}/adjudication/",
    "User.usable": "wrong PATCH /api/v1/projects/{project}/",
    "views.lookup.project_for": "stranger GET /projects/{project}/releases/",
    "views.lookup.batch_for": "stranger GET /batches/{batch}/",
    "queries.progress.with_open_book": "all GET /batches/{batch}/matrix/",
    "actions.guards.refuse_blind": "all POST /api/v1/batches/{batch}/close/",
    "IsAuthenticated.has_permission": "anonymous GET /api/v1/projects/",
    "LoginRequiredMiddleware.process_view": "anonymous GET /projects/{project}/",
    "CsrfViewMiddleware.process_view": "forged POST /projects/{project}/archive/",
    "SessionAuthentication.enforce_csrf": "forged POST /api/v1/projects/{project}/archive/",
    "actions.tokens.identify by its expires_at": "expired GET /api/v1/projects/",
    "actions.tokens.identify by its project": "elsewhere GET /api/v1/projects/{project}/",
}
VERB = "tests/test_verbs.py::test_a_verb_refuses_who_may_not[{}-{}]"
SEEN = (
    "tests/annotations/models/test_visibility.py::test_nothing_of_a_project_is_seen_from_another"
)
TESTS = {
    "permissions.can_administer": VERB.format("stranger", "projects.archive"),
    "permissions.can_change": (
        "tests/annotations/actions/test_cleaning.py"
        "::test_somebody_who_is_no_longer_an_admin_changes_nothing[role]"
    ),
    "permissions.can_correct_clusters": VERB.format("stranger", "cluster_corrections.undo"),
    "permissions.can_create_project": (
        "tests/annotations/test_permissions.py::test_a_token_bound_to_a_project_makes_no_others"
    ),
    "permissions.can_erase": VERB.format("stranger", "erasure.forget"),
    "permissions.can_propose": VERB.format("stranger", "codebook_draft.add_rule"),
    "permissions.can_publish": VERB.format("stranger", "releases.request"),
    "permissions.can_reset_password": (
        "tests/annotations/actions/test_people_reset_link.py"
        "::test_an_operators_account_is_not_opened_by_naming_it_in_a_project[is_staff]"
    ),
    "permissions.can_rule": VERB.format("stranger", "adjudication.rule"),
    "permissions.is_coder_of": VERB.format("stranger", "memos.ask"),
    "CleaningJobQuerySet.visible_to": f"{SEEN}[CleaningJob-visible_to]",
    "ImportJobQuerySet.visible_to": f"{SEEN}[ImportJob-visible_to]",
    "InvitationQuerySet.visible_to": f"{SEEN}[Invitation-visible_to]",
    "MemberQuerySet.visible_to": f"{SEEN}[Member-visible_to]",
    "QuestionQuerySet.visible_to": f"{SEEN}[Question-visible_to]",
    "QuestionQuerySet.answerable_by": f"{SEEN}[Question-answerable_by]",
    "actions.guards.lock_for_change": VERB.format("stranger", "people.set_roles"),
    "actions.guards.lock_for_proposal": VERB.format("stranger", "codebook_draft.add_example"),
}


def test_every_guard_has_a_cell_or_a_test(guards):
    named = {guard.partition(" in ")[0] for guard in [*CELLS, *TESTS]}
    assert sorted(named) == sorted(guards.names)


def out(guard):
    """Return what takes ``guard`` out."""
    return frozenset({guard if " in " in guard else f"{guard} in {ANYWHERE}"})


def test_the_table_turns_red_without_any_one_guard(everybody, guards, trust):
    unnoticed = []
    for guard, cell in CELLS.items():
        actor, method, template = cell.split()
        [row] = [row for row in rows() if (row.method, row.template) == (method, template)]
        guards.out = frozenset()
        assert everybody.ask(actor, row).cell == row.expected(actor)

        guards.out = out(guard)
        if everybody.ask(actor, row).cell in {row.expected(actor), "500"}:
            unnoticed.append(guard)

    assert unnoticed == []
    trust(
        "Who sees what",
        "Each guard that the permission table can show is taken out, one after another",
        tried=f"{len(CELLS)} times",
        of=f"{len(rows())} routes and methods",
        unnoticed=len(unnoticed),
        control="with the guard in its place, each of these cells was as expected",
    )


@pytest.mark.slow
def test_the_tests_that_are_named_turn_red_without_their_guards(trust):
    """In a process of its own, where each test lacks its guard and nothing else."""
    assert len(set(TESTS.values())) == len(TESTS)
    # Beside this process's database and not in it.
    process = "-n0" if "PYTEST_XDIST_WORKER" in os.environ else "-n1"
    command = [sys.executable, "-m", "pytest", "-q", process, "--tb=no", "-rp", *TESTS.values()]
    without = {test: sorted(out(guard)) for guard, test in TESTS.items()}

    intact, broken = (
        subprocess.run(
            [*command, *more],
            cwd=ROOT,
            capture_output=True,
            check=False,
            text=True,
            env=os.environ | {"WITHOUT_GUARDS": json.dumps(without)},
        ).stdout
        for more in ([], ["-p", "tests.without_guard"])
    )

    assert f"{len(TESTS)} passed" in intact, intact[-2_000:]
    unnoticed = re.findall(r"^PASSED (.*)$", broken, re.MULTILINE)
    assert unnoticed == []
    assert f"{len(TESTS)} failed" in broken, broken[-2_000:]
    trust(
        "Who sees what",
        "Each guard that no cell of the table can show is taken out of a test of its own",
        tried=f"{len(TESTS)} times",
        of=f"{len(TESTS)} tests",
        unnoticed=len(unnoticed),
        control="with the guard in its place, each of them passed",
    )
