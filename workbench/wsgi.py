"""The WSGI application that gunicorn serves."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from workbench import limits
from workbench.env import allow_many_files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")

# Where the processes of the web server share their counts: see workbench/metrics.py.
if counts := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    os.makedirs(counts, exist_ok=True)

allow_many_files()
limits.keep(limits.OF_REQUESTS)
application = get_wsgi_application()

# Loaded with the application, before gunicorn forks, instead of with each worker's first request.
import_module("workbench.urls")
