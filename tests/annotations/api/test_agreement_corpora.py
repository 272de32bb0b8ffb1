"""Published figures come out of the product: imported, measured, asked for over HTTP."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from rest_framework.test import APIClient

from annotations.actions import agreement, imports
from annotations.enums import Role
from annotations.models import AgreementReport
from tests.factories import MONDAY, TUESDAY, CodebookFactory, MemberFactory

pytestmark = pytest.mark.django_db
CORPORA = Path(__file__).parents[4] / "shared" / "corpora"


def report_on(corpus):
    admin = MemberFactory(roles=[Role.ADMIN])
    CodebookFactory(project=admin.project)
    content = (CORPORA / corpus / "articles.jsonl").read_bytes()
    job = imports.request_import(
        project=admin.project,
        by=admin.user,
        at=MONDAY,
        files=[ContentFile(content, name="articles.jsonl")],
        create_labels=True,
    )
    imports.run_import(job_id=job.pk, at=MONDAY)
    agreement.measure(batch=admin.project.batches.get(), at=TUESDAY)
    for report in AgreementReport.objects.all():
        agreement.compute(report_id=report.pk, at=TUESDAY)
    client = APIClient()
    client.force_login(admin.user)
    return client.get(f"/api/v1/projects/{admin.project.slug}/agreement/").json()


def test_four_coders_of_spanish_newswire_have_their_published_f1():
    found = report_on("bratiaa_es")

    assert (found["stale"], found["articles"], len(found["coders"])) == (False, 7, 4)
    assert found["mean_pair"]["strict_f1"]["value"] == pytest.approx(0.8903501, abs=1e-7)
    assert found["mean_pair"]["strict_f1"]["sd"] == pytest.approx(0.0526314, abs=1e-7)


def test_six_coders_of_political_news_have_their_alpha():
    found = report_on("polnear_train")

    assert (found["stale"], found["articles"], len(found["coders"])) == (False, 4, 6)
    assert found["alpha"]["value"] == pytest.approx(0.798934, abs=1e-6)
