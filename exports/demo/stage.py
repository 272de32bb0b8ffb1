"""Lead the demo project to where the plan wants it, by the actions that people use."""

from datetime import datetime

from annotations.actions import codebook, people, projects
from annotations.models import Project, User
from exports.demo import seeds

Users = dict[str, User]


class Broken(Exception):
    """The seeds don't go through the actions: a fault of the programme, not of its user."""


def set_up(*, users: Users, passwords: dict[str, str], at: datetime) -> Project:
    """Make the demo project with all that is in it but its release."""
    plan = seeds.load("plan")
    project = projects.create(by=users["admin"], at=at, **plan["project"])
    for name, roles in plan["people"].items():
        people.add_member(project=project, username=name, roles=roles, by=users["admin"], at=at)
    codebook.publish(
        project=project,
        by=users["admin"],
        at=at,
        note="Definitions, examples and decision rules",
        **seeds.load("codebook"),
    )
    _import_articles(project, users["admin"], at)
    for batch in plan["batches"]:
        _play(_open_batch(project, batch, users["admin"], at), batch, users, at)
    return project
