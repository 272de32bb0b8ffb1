"""Records on their way in, for tests of imports."""

import json

from django.core.files.base import ContentFile

from annotations.actions import imports
from annotations.models import ImportJob, Member
from tests.factories import MONDAY, TUESDAY

TEXT = "Ada Brandt spoke in Velmora."
ADA = {"start": 0, "end": 10, "label": "actor", "quote": "Ada Brandt"}
VELMORA = {"start": 20, "end": 27, "label": "location", "quote": "Velmora"}


def file_of(*records: dict, name: str = "records.jsonl") -> ContentFile:
    lines = "\n".join(json.dumps(record) for record in records)
    return ContentFile(lines.encode(), name=name)


def requested(admin: Member, *files: ContentFile, **options) -> ImportJob:
    return imports.request_import(
        project=admin.project, by=admin.user, at=MONDAY, files=files, **options
    )


def imported(admin: Member, *records: dict, **options) -> ImportJob:
    job = requested(admin, file_of(*records), **options)
    return imports.run_import(job_id=job.pk, at=TUESDAY)


def problems_of(job: ImportJob) -> list[tuple[int, str]]:
    return list(job.problems.order_by("pk").values_list("line", "code"))
