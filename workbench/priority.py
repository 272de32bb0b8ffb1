"""Who waits at a page goes first: work in the background takes the time that is left."""

import os

#: The niceness of work in the background. PostgreSQL does not know of it.
BEHIND = 10


def step_back(**_: object) -> None:
    """Do so in a Celery worker, before its pool begins; whatever it starts does as it does."""
    os.nice(max(0, BEHIND - os.nice(0)))
