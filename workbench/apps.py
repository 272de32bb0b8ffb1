from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """The wiring: addresses, services, and the system checks on both."""

    name = "workbench"

    def ready(self) -> None:
        from workbench import checks  # noqa: F401 -- which registers itself
