"""Damaged files on the whole way of an import: each is read or refused, none ends the job."""

import pytest
from django.core.files.base import ContentFile

from annotations.actions import imports
from annotations.enums import JobState, Role
from tests.annotations.actions.uploads import requested
from tests.annotations.importing.mutations import mutated
from tests.factories import TUESDAY, CodebookFactory, MemberFactory

FEW = 100
MANY = 10_000
AT_ONCE = 100

pytestmark = pytest.mark.django_db


def run(seeds: range) -> None:
    """Check what the seeds make of files in one import."""
    admin = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=admin.project)
    found = [
        # A folder and a name of its own, or they would be one document by several coders.
        (f"from-{seed}/{seed}-{name}", data)
        for seed in seeds
        for name, data in mutated(seed).items()
    ]
    job = requested(
        admin,
        *(ContentFile(data, name="x") for _, data in found),
        paths=[path for path, _ in found],
        dry_run=True,
        create_labels=True,
    )
    job = imports.run_import(job_id=job.pk, at=TUESDAY)
    assert (job.state, job.failure) == (JobState.READY, "")
    for problem in job.problems.all():
        assert problem.detail.endswith("."), (problem.file, problem.detail)


@pytest.mark.parametrize("first", range(0, FEW, AT_ONCE))
def test_a_damaged_file_is_read_or_refused(first):
    run(range(first, first + AT_ONCE))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(FEW, FEW + MANY, AT_ONCE))
def test_many_damaged_files_are_read_or_refused(first):
    run(range(first, first + AT_ONCE))
