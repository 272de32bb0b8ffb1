# The product in one image: the web server, the workers and the sweeper differ by their command.

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN python -m venv /venv
# s3, to keep releases in a bucket.
ARG REQUIREMENTS=run
COPY requirements/*.txt requirements/
# Nothing is installed whose hash is not in the lock.
RUN /venv/bin/pip install --require-hashes -r requirements/uv.txt \
    && /venv/bin/uv pip install --python /venv/bin/python --require-hashes \
        --compile-bytecode --no-cache -r "requirements/$REQUIREMENTS.txt"
COPY manage.py ./
COPY workbench workbench
COPY annotations annotations
COPY exports exports
COPY seeds seeds
COPY templates templates
COPY locale locale
RUN /venv/bin/pybabel --quiet compile --domain django --directory locale
# Hashed and compressed once; the key only lets the settings load and is not kept.
RUN SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(64))") \
    STATIC_ROOT=/app/static /venv/bin/python manage.py collectstatic --no-input --verbosity=0 \
    && python -m compileall -q manage.py workbench annotations exports

FROM python:3.11-slim
ARG VERSION=unknown
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=workbench.settings \
    STATIC_ROOT=/app/static \
    VERSION=$VERSION \
    WORKBENCH_DATA=/data
RUN groupadd --gid 10001 workbench \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin workbench \
    && install --directory --owner=10001 --group=10001 --mode=0750 /data /data/incoming
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "workbench.wsgi:application", "--bind=0.0.0.0:8000", "--worker-class=gthread", \
     "--workers=2", "--threads=4", "--timeout=60", "--graceful-timeout=10", "--keep-alive=5", \
     "--worker-tmp-dir=/dev/shm", "--no-control-socket", "--preload"]
