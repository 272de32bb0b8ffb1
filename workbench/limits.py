"""How long the database may take for whoever serves others. A command has the time that it takes.

Without limits one slow statement holds a thread of the web server for as long as it lasts, and
what somebody has locked who is gone stays locked.
"""

from django.conf import settings

#: Nobody waits for a page any longer; nginx gives up after 75 s.
OF_REQUESTS = {
    "statement_timeout": "30s",
    "lock_timeout": "15s",
    "idle_in_transaction_session_timeout": "120s",
}
#: The time limit of a task; what a killed worker has asked for ends by itself.
OF_TASKS = {
    "statement_timeout": "600s",
    "lock_timeout": "120s",
    "idle_in_transaction_session_timeout": "600s",
}


def keep(limits: dict[str, str]) -> None:
    """Hold every connection that this process opens from now on to the limits."""
    options = settings.DATABASES["default"]["OPTIONS"]
    options["options"] += "".join(f" -c {name}={value}" for name, value in limits.items())


def keep_those_of_tasks(**_: object) -> None:
    """Do so in a Celery worker, before its pool begins."""
    keep(OF_TASKS)
