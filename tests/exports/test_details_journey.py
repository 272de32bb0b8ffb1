"""Attributes and links from coders’ hands into a release, and from there into a new project."""

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from annotations.actions import imports
from annotations.models import ImportJob, Task
from exports.actions import building
from exports.models import Release
from tests.factories import TUESDAY, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

API = "/api/v1/"
TEXT = "Mayor Ada Brandt said in Velmora that the talks had failed."
MAYOR, CLAIM = (0, 16), (38, 58)
LABELS = [
    {"key": "actor"},
    {
        "key": "claim",
        "attributes": [
            {"name": "stance", "type": "choice", "values": ["supports", "opposes"]},
            {"name": "when", "type": "date"},
        ],
        "links": [{"name": "speaker", "targets": ["actor"], "single": True}],
    },
]
REQUEST = {"name": "gold", "include": ["gold", "codings"], "real_names": True}


def client_of(user):
    client = APIClient()
    client.force_login(user)
    return client


def said(answer, status=200):
    assert answer.status_code == status, answer.content
    return answer.json()


class Study:
    """A project that its admin runs through the API alone."""

    def __init__(self, slug):
        self.admin = UserFactory(username=f"admin-{slug}")
        self.client = client_of(self.admin)
        self.address = f"{API}projects/{slug}/"
        said(self.client.post(f"{API}projects/", {"slug": slug, "name": slug}), 201)

    def member(self, name, role):
        user = UserFactory(username=name)
        member = {"username": name, "roles": [role]}
        said(self.client.post(f"{self.address}members/", member), 201)
        return user

    def bring_in(self, content: bytes, **options):
        file = SimpleUploadedFile("articles.jsonl", content)
        asked = self.client.post(
            f"{self.address}imports/", {"files": [file], **options}, format="multipart"
        )
        job = ImportJob.objects.get(uuid=said(asked, 202)["id"])
        imports.run_import(job_id=job.pk, at=TUESDAY)
        done = said(self.client.get(f"{self.address}imports/{job.uuid}/"))
        assert (done["state"], done["errors"]) == ("ready", [])

    def release(self):
        asked = said(self.client.post(f"{self.address}releases/", REQUEST), 202)
        building.build(release_id=Release.objects.get(uuid=asked["id"]).pk)
        release = said(self.client.get(f"{API}releases/{asked['id']}/"))
        file = self.client.get(f"{API}releases/{asked['id']}/files/articles.jsonl")
        return release["content_hash"], b"".join(file)


def code(user, stance):
    """Code the article as ``user``: the mayor, and her claim with its speaker."""
    client = client_of(user)
    project = f"{API}projects/first/"
    assignment = said(client.post(f"{project}next/"))
    mayor, claim = str(uuid.uuid4()), str(uuid.uuid4())

    def create(span_id, extent, label, **details):
        ids = {"op_id": str(uuid.uuid4()), "seq": 1, "type": "create", "span_id": span_id}
        return {**ids, "label": label, "start": extent[0], "end": extent[1], **details}

    answer = said(
        client.post(
            f"{API}assignments/{assignment['id']}/ops/",
            {
                "client_id": "desk",
                "since": 0,
                "text_sha256": assignment["article"]["text_sha256"],
                "codebook_version": assignment["codebook"]["version"],
                "ops": [
                    create(mayor, MAYOR, "actor"),
                    create(
                        claim,
                        CLAIM,
                        "claim",
                        attributes=[
                            {"name": "stance", "value": stance},
                            {"name": "when", "value": "2023-09"},
                        ],
                        links=[{"name": "speaker", "target": mayor}],
                    ),
                ],
            },
        )
    )
    assert [result["status"] for result in answer["results"]] == ["applied", "applied"]
    submission = {"submission_id": str(uuid.uuid4()), "doc_rev": answer["doc_rev"]}
    said(client.post(f"{API}assignments/{assignment['id']}/submit/", submission))


def test_attributes_and_links_are_coded_ruled_on_released_and_brought_in_again():
    first = Study("first")
    said(first.client.put(f"{first.address}codebook/", {"labels": LABELS}))
    anna, ben = first.member("anna", "coder"), first.member("ben", "coder")
    judge = client_of(first.member("cleo", "adjudicator"))
    first.bring_in(json.dumps({"id": "strike", "text": TEXT}).encode())
    wish = {"name": "one", "articles": {"all": True}, "coders": ["anna", "ben"]}
    said(first.client.post(f"{first.address}batches/", wish), 201)
    code(anna, "opposes")
    code(ben, "supports")

    task = f"{API}tasks/{Task.objects.get().uuid}/adjudication/"
    document = said(judge.get(task))
    (card,) = [card for card in document["cards"] if card["kind"] == "attribute"]
    chosen = next(
        candidate["coder"]
        for candidate in card["candidates"]
        if {"name": "stance", "value": "opposes"} in candidate["spans"][0]["attributes"]
    )
    ruling = {"base_version": document["version"], "outcome": "accept", "coder": chosen}
    said(judge.put(f"{task}cards/{card['id']}/", ruling))
    said(judge.post(f"{task}finish/", {}))

    content_hash, content = first.release()

    record = json.loads(content)
    mayor, claim = record["spans"]
    assert claim["attributes"] == [
        {"name": "stance", "value": "opposes"},
        {"name": "when", "value": "2023-09"},
    ]
    assert claim["links"] == [{"name": "speaker", "target": mayor["id"]}]
    stances = {
        coding["coder"]: coding["spans"][1]["attributes"][0]["value"]
        for coding in record["codings"]
    }
    assert stances == {"anna": "opposes", "ben": "supports"}

    second = Study("second")
    second.bring_in(content, create_labels="true")

    assert second.release() == (content_hash, content)
