from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    """Coding, from the import of articles to their adjudication."""

    name = "annotations"
    default_auto_field = "django.db.models.BigAutoField"
