"""Wiring: settings, URLs, the Celery application and the services that ``script/run`` starts."""

from workbench.celery import app as celery_app

__all__ = ["celery_app"]
