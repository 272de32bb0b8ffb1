"""Is the process alive, and is it fit to be sent requests?"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu import Connection
from kombu.exceptions import OperationalError


@login_not_required
@require_safe
@never_cache
def livez(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 503 when a request would fail; a broker that is down only delays jobs."""
    parts = {"database": database_is_up(), "migrations": False, "storage": storage_is_writable()}
    if parts["database"]:
        parts["migrations"] = migrations_are_applied()
    ready = all(parts.values())
    parts["broker"] = broker_is_up()
    status = "unavailable" if not ready else "ok" if parts["broker"] else "degraded"
    words = {name: "ok" if fine else "failed" for name, fine in parts.items()}
    return JsonResponse({"status": status, **words}, status=200 if ready else 503)


def database_is_up() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def migrations_are_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def storage_is_writable() -> bool:
    try:
        name = default_storage.save("readyz", ContentFile(b"ok"))
        default_storage.delete(name)
    except OSError:
        return False
    return True


def broker_is_up() -> bool:
    try:
        with Connection(
            settings.CELERY_BROKER_URL,
            transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        ) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
    except OperationalError:
        return False
    return True
