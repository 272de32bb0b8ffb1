"""No byte that a researcher can fetch names a coder, in whatever format it comes."""

import gzip
import io
import zipfile

import pytest
from django.test import Client
from pyarrow import parquet

from annotations.actions import adjudication
from annotations.enums import Role
from exports.recipe import FORMATS
from tests.exports.worlds import built
from tests.factories import TUESDAY, BatchFactory, MemberFactory, ProjectFactory
from tests.stories import coded_task
from tests.world import ACTOR, NAME_ONLY, PLACE

# A release is frozen in a transaction of its own kind.
pytestmark = pytest.mark.django_db(transaction=True)
CANARY = b"quillfeather"


@pytest.fixture
def project():
    """A released project whose people are all called after the canary."""
    project = ProjectFactory(settings={"auto_finish": False})
    task = coded_task([ACTOR, PLACE], [NAME_ONLY, PLACE], batch=BatchFactory(project=project))
    chair = MemberFactory(project=project, roles=[Role.ADJUDICATOR]).user
    card = task.cards.exclude(kind="agreed").get()
    said = {"outcome": "accept", "coder": "A", "note": "The title belongs to the name."}
    adjudication.rule(
        task=task, card_id=card.card_id, by=chair, at=TUESDAY, base_version=task.version, **said
    )
    task.refresh_from_db()
    adjudication.finish(task=task, by=chair, at=TUESDAY)
    for member in project.members.select_related("user"):
        user = member.user
        user.username = f"Quillfeather{user.pk}"
        user.email = f"{user.username}@quill.example"
        user.first_name = user.last_name = user.username
        user.save()
    return project


def unpacked(name: str, data: bytes) -> bytes:
    """Return what is in a file, and in what it holds."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.namelist()
            inside = [unpacked(member, archive.read(member)) for member in members]
        return data + b"".join(inside) + "".join(members).encode()
    if data[:2] == b"\x1f\x8b":
        return unpacked(name.removesuffix(".gz"), gzip.decompress(data))
    if data[:4] == b"PAR1":
        table = parquet.read_table(io.BytesIO(data))
        return data + repr((table.to_pylist(), table.schema.metadata)).encode()
    return data


def fetched(release, user) -> dict[str, bytes]:
    """Return all that the release consists of and says of itself, headers included."""
    client = Client()
    client.force_login(user)
    told = client.get(f"/api/v1/releases/{release.uuid}/").json()
    names = [file["name"] for file in told["files"]]
    api, pages = f"/api/v1/releases/{release.uuid}/", f"/releases/{release.uuid}/"
    project = release.project.slug
    addresses = [
        *(f"{api}files/{name}" for name in names),
        *(api, pages, f"{api}difference/", f"{pages}difference/", f"{pages}changes/"),
        *(f"/api/v1/projects/{project}/releases/", f"/projects/{project}/releases/"),
    ]
    found = {}
    for address in addresses:
        answer = client.get(address)
        head = "".join(f"{name}: {value}\n" for name, value in answer.headers.items())
        found[address] = head.encode() + unpacked(address, answer.getvalue())
    return found


def test_no_byte_of_a_release_names_a_coder(project, caplog, trust):
    researcher = MemberFactory(project=project, roles=[Role.RESEARCHER]).user
    addresses = 0
    for include in (["gold"], ["gold", "codings"]):
        built(project, formats=FORMATS, include=include)
        release = built(project, formats=FORMATS, include=include, seed=1)
        found = fetched(release, researcher)

        assert release.state == "ready"
        assert len(found) > len(FORMATS) + 7
        assert [name for name, data in found.items() if CANARY in data.lower()] == []
        assert b"coder-1" in b"".join(found.values())
        assert CANARY.decode() not in caplog.text.lower()
        addresses += len(found)

    named = files_that_name_coders(project)
    assert "articles.jsonl" in named
    assert len(named) > len(FORMATS) / 2
    trust(
        "Who sees what",
        "All that a researcher can fetch of releases is searched for a coder’s name",
        tried=f"{addresses} files, pages and answers",
        of=f"{len(FORMATS)} formats, with what is in archives, tables and headers",
        found=0,
        control=f"with real names, which are for admins, {len(named)} files name somebody",
    )


def files_that_name_coders(project) -> set[str]:
    """Return those of a release with real names that the canary is found in, as an admin."""
    release = built(project, formats=FORMATS, include=["gold", "codings"], real_names=True)
    admin = MemberFactory(project=project, roles=[Role.ADMIN]).user
    found = fetched(release, admin)
    return {name.rsplit("/", 1)[-1] for name, data in found.items() if CANARY in data.lower()}
