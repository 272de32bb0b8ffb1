import os
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from annotations.actions import uploads
from tests.factories import ImportJobFactory

pytestmark = pytest.mark.django_db


def folder(name, age):
    """Make an upload's folder with two files that is so old."""
    for number in range(2):
        default_storage.save(f"imports/{name}/{number:06d}", ContentFile(b"{}"))
    then = (timezone.now() - age).timestamp()
    os.utime(default_storage.path(f"imports/{name}"), (then, then))
    return str(name)


def test_a_folder_whose_import_was_never_recorded_is_removed_after_a_day():
    known = folder(ImportJobFactory().uuid, timedelta(days=2))
    fresh = folder(uuid4(), timedelta(hours=23))
    foreign = folder("readme", timedelta(days=2))
    folder(uuid4(), timedelta(days=2))

    assert uploads.remove_orphans(at=timezone.now()) == 1
    assert sorted(default_storage.listdir("imports")[0]) == sorted([known, fresh, foreign])
    assert uploads.remove_orphans(at=timezone.now()) == 0


def test_nothing_is_removed_where_nothing_was_ever_uploaded():
    assert uploads.remove_orphans(at=timezone.now()) == 0
