"""Figures for a monitoring system, in Prometheus' format. For the inside only."""

import ipaddress
import os
import secrets
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Q, QuerySet
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from annotations.models import AgreementReport, ImportJob
from exports.models import Release

QUEUED = "queued"
JOBS: dict[str, QuerySet] = {
    "import": ImportJob.objects.all(),
    "agreement": AgreementReport.objects.all(),
    "release": Release.objects.all(),
}

LATENCY = Histogram(
    "workbench_request_seconds",
    "Time to answer a request, by route",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=None,
)


def observe(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Count one answer. Routes are few, where addresses are many and hold ids."""
    LATENCY.labels(request.method, route_of(request), str(response.status_code)).observe(seconds)


def route_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return f"/{match.route}" if match else "none"


class JobCollector(Collector):
    """Background jobs as their rows are now: the rows are the queue."""

    def collect(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily(
            "workbench_jobs", "Background jobs by state", labels=["kind", "state"]
        )
        oldest = GaugeMetricFamily(
            "workbench_oldest_queued_seconds",
            "How long the oldest job has been waiting, 0 when none does",
            labels=["kind"],
        )
        for kind, found in JOBS.items():
            rows = found.values("state").annotate(number=Count("pk"))
            for row in rows.order_by("state"):
                jobs.add_metric([kind, row["state"]], row["number"])
            age = ExpressionWrapper(Now() - F("created_at"), output_field=DurationField())
            longest = found.aggregate(age=Max(age, filter=Q(state=QUEUED)))
            oldest.add_metric([kind], longest["age"].total_seconds() if longest["age"] else 0)
        yield jobs
        yield oldest
        build = GaugeMetricFamily("workbench_build_info", "What runs here", labels=["version"])
        build.add_metric([settings.VERSION], 1)
        yield build


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer 404 to everybody but neighbours and those who hold ``METRICS_TOKEN``."""
    if not (_is_a_neighbour(request) or _has_token(request)):
        raise Http404
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        # The web server's processes share their counts through files.
        multiprocess.MultiProcessCollector(registry)
    else:
        registry.register(LATENCY)
    registry.register(JobCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_a_neighbour(request: HttpRequest) -> bool:
    """Came straight from this machine or network, and not through the proxy."""
    if "X-Forwarded-For" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META["REMOTE_ADDR"]).is_private
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    return bool(token) and secrets.compare_digest(sent.encode(), token.encode())
