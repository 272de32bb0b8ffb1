"""A disk that fills up while files come in: said clearly, and nothing is left behind."""

import errno
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import Client

from annotations.enums import Role
from annotations.models import ImportJob
from tests.annotations.actions.uploads import requested
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


class NearlyFullDisk(FileSystemStorage):
    """Has room for a file and a half."""

    def _save(self, name, content):
        is_second = any(path.is_file() for path in Path(self.location).rglob("*"))
        saved = super()._save(name, ContentFile(content.read(3)) if is_second else content)
        if is_second:
            raise OSError(errno.ENOSPC, "No space left on device")
        return saved


@pytest.fixture
def disk(settings, tmp_path):
    backend = f"{__name__}.{NearlyFullDisk.__name__}"
    options = {"location": tmp_path}
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": options}}
    return tmp_path


@pytest.fixture
def admin():
    return MemberFactory(roles=[Role.ADMIN])


def test_an_upload_that_fills_the_disk_leaves_nothing_behind(disk, admin, trust):
    files = [ContentFile(b"Anna spoke.", name=f"{name}.txt") for name in "ab"]

    with pytest.raises(OSError, match="No space left"):
        requested(admin, *files)

    assert not ImportJob.objects.exists()
    left = files_on(disk)
    assert left == []

    default_storage.save("a.txt", ContentFile(b"Anna spoke."))
    with pytest.raises(OSError, match="No space left"):
        default_storage.save("b.txt", ContentFile(b"Anna spoke."))
    control = files_on(disk)
    assert sorted(map(len, control)) == [3, 11]
    trust(
        "Imports and releases",
        "The disk fills up while files come in",
        tried="1 time",
        of="2 files",
        control=f"saved plainly, {len(control)} files stayed, one of them cut off",
        files_left=len(left),
        imports_begun=ImportJob.objects.count(),
    )


def files_on(disk):
    return [path.read_bytes() for path in disk.rglob("*") if path.is_file()]


@pytest.mark.parametrize("is_program", [True, False])
def test_it_is_said_in_a_sentence(disk, admin, is_program):
    client = Client(raise_request_exception=False)
    client.force_login(admin.user)
    slug = admin.project.slug
    path = f"/api/v1/projects/{slug}/imports/" if is_program else f"/projects/{slug}/imports/"
    files = [ContentFile(b"Anna spoke.", name=f"{name}.txt") for name in "ab"]

    refused = client.post(path, {"files": files})

    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert "There is no room left on the server" in refused.content.decode()
