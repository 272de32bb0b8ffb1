"""The folders of uploaded files, one for each import."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.storage import default_storage

from annotations.models import ImportJob

ROOT = "imports"

#: Files are written before the row of their import can be seen.
TIME_TO_COMMIT = timedelta(days=1)


def remove_orphans(*, at: datetime) -> int:
    """Remove the folders whose import was never recorded, and return how many there were."""
    try:
        names, _files = default_storage.listdir(ROOT)
    except FileNotFoundError:
        return 0
    strangers = {name for name in names if _is_uuid(name)}
    known = ImportJob.objects.filter(uuid__in=strangers).values_list("uuid", flat=True)
    strangers -= {str(uuid) for uuid in known}
    orphans = [name for name in sorted(strangers) if _is_old(f"{ROOT}/{name}", at)]
    for name in orphans:
        _remove(f"{ROOT}/{name}")
    return len(orphans)


def _is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False


def _is_old(folder: str, at: datetime) -> bool:
    return default_storage.get_modified_time(folder) < at - TIME_TO_COMMIT


def _remove(folder: str) -> None:
    for name in default_storage.listdir(folder)[1]:
        default_storage.delete(f"{folder}/{name}")
    default_storage.delete(folder)
