"""See to it that the demo is there, whole, and that its keys fit."""

from datetime import datetime
from typing import Any

from django.db import transaction

from annotations.enums import ReleaseState
from annotations.models import Project, User
from exports.actions import building, releases
from exports.demo import accounts, seeds, stage
from exports.demo.keys import Keys
from exports.recipe import Recipe


def ensure(*, keys: Keys, url: str, at: datetime) -> dict[str, Any]:
    """Make the demo project unless it is there, and return what ``demo.json`` then holds.

    People, batches and rulings come all at once or not at all; the release
    follows, since it is built from what others can see.
    """
    plan = seeds.load("plan")
    names = [*plan["people"], accounts.OPERATOR]
    with transaction.atomic():
        project = Project.objects.filter(slug=plan["project"]["slug"]).first()
        if project is None:
            users = accounts.open_all(names, keys=keys)
            project = stage.set_up(users=users, at=at)
        else:
            users = {user.username: user for user in User.objects.filter(username__in=names)}
        accounts.mend_keys(users, keys=keys, at=at)
        # Written first: keys of a database that was never committed do no harm.
        content = keys.save(url=url)
    _release(project, plan["release"], by=users["admin"], at=at)
    return content


def _release(project: Project, row: dict[str, Any], *, by: User, at: datetime) -> None:
    there = project.releases.filter(name=row["name"])
    gone = [ReleaseState.FAILED, ReleaseState.CANCELLED, ReleaseState.RETRACTED]
    release = there.exclude(state__in=gone).order_by("number").first()
    if release is None:
        batches = project.batches.filter(name__in=row["batches"])
        recipe = Recipe(batches=[str(uuid) for uuid in batches.values_list("uuid", flat=True)])
        release = releases.request(project=project, name=row["name"], recipe=recipe, by=by, at=at)
    release = building.see_through(release=release)
    if release.state != ReleaseState.READY:
        raise stage.CannotPlay(release.failure)
