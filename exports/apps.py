from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Gold releases: frozen, rendered, published."""

    name = "exports"
    default_auto_field = "django.db.models.BigAutoField"
