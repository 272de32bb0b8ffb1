"""Damaged files on the whole way of an import: each is read or refused, none ends the job."""

import pytest
from django.core.files.base import ContentFile
from django.db import transaction

from annotations.actions import imports
from annotations.enums import JobState, Role
from tests.annotations.actions.uploads import requested
from tests.annotations.importing.mutations import mutated
from tests.factories import TUESDAY, CodebookFactory, MemberFactory

FEW = 100
MANY = 100_000
AT_ONCE = 100

pytestmark = pytest.mark.django_db


def run(seeds: range) -> list[bytes]:
    """Check what the seeds make of files in one import, and return those."""
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
    return [data for _, data in found]


@pytest.mark.parametrize("first", range(0, FEW, AT_ONCE))
def test_a_damaged_file_is_read_or_refused(first):
    run(range(first, first + AT_ONCE))


@pytest.mark.slow
def test_many_damaged_files_are_read_or_refused(trust):
    files = plainly = 0
    for first in range(FEW, FEW + MANY, AT_ONCE):
        with transaction.atomic():
            made = run(range(first, first + AT_ONCE))
            transaction.set_rollback(True)
        files += len(made)
        plainly += sum(map(raises, made))
    assert plainly > 0
    trust(
        "Imports and releases",
        "Files of every format are damaged at random and imported",
        tried=f"{files:,} files",
        of=f"{MANY // AT_ONCE} imports",
        unhandled=0,
        refused_without_a_sentence=0,
        control=f"the standard library’s own decoder raised an error at {plainly:,} of them",
    )


def raises(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return False
