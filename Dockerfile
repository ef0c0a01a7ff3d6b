# One image for everything of the stack that is not PostgreSQL: Airflow's services, the migrations, the S3 server
# and the sandbox's Enverus API. It holds no secret and no connection.
ARG PYTHON_IMAGE=python:3.12.12-slim-bookworm

FROM ${PYTHON_IMAGE} AS packages
WORKDIR /opt/enverus
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt docker/runtime_lock.py /tmp/lock/
RUN python /tmp/lock/runtime_lock.py /tmp/lock/requirements.txt > /tmp/lock/runtime.txt \
    && pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes -r /tmp/lock/runtime.txt
COPY pyproject.toml ./
COPY plugins plugins
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .

FROM ${PYTHON_IMAGE}
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/opt/airflow \
    AIRFLOW_HOME=/opt/airflow \
    LANG=C.UTF-8 \
    LC_ALL=C.UTF-8 \
    TZ=UTC \
    PYTHONUNBUFFERED=1 \
    GX_ANALYTICS_ENABLED=false
# A new volume takes the owner and the content of the folder it is mounted on: here also the buckets.
RUN groupadd --gid 10001 airflow \
    && useradd --uid 10001 --gid 10001 --home-dir /opt/airflow --no-create-home --shell /usr/sbin/nologin airflow \
    && install --directory --owner=airflow --group=airflow --mode=0750 \
        /opt/airflow /opt/airflow/logs /var/lib/enverus \
        /var/lib/enverus/objects /var/lib/enverus/objects/enverus \
        /var/lib/enverus/objects/landing-zone /var/lib/enverus/objects/data-lake /var/lib/enverus/api
COPY --from=packages /opt/venv /opt/venv
WORKDIR /opt/enverus
COPY pyproject.toml ./
COPY dags dags
COPY plugins plugins
COPY include include
COPY sandbox sandbox
COPY docker/api_server.py docker/healthy.py docker/
USER 10001:10001
CMD ["airflow", "version"]
