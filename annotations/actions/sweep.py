"""Nothing is forgotten: jobs that nobody is at are rung for again."""

from annotations.actions.jobs import unclaimed, wake
from annotations.models import ImportJob


def sweep() -> dict[str, int]:
    """Ring for what waits for a worker or lost its own; return how many there were of each.

    Safe to run twice at once: a job is claimed by one worker only, however often it is rung for.
    """
    waiting = ImportJob.objects.unfinished().filter(unclaimed()).order_by("pk")
    imports = list(waiting.values_list("pk", flat=True))
    for job_id in imports:
        wake("imports.run", job_id=job_id)
    # Releases know themselves which of them wait; they live a layer above.
    wake("releases.sweep")
    return {"imports": len(imports)}
