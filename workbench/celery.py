"""The Celery application: ``celery --app workbench worker``."""

import os

from celery import Celery
from celery.signals import before_task_publish, task_postrun, task_prerun, worker_init

from workbench import env, limits, logs, priority

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")

app = Celery("workbench")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

before_task_publish.connect(logs.pass_on)
task_prerun.connect(logs.take_up)
task_postrun.connect(logs.lay_down)
worker_init.connect(env.allow_many_files)
worker_init.connect(limits.keep_those_of_tasks)
worker_init.connect(priority.step_back)
