# docker build -t referral .
# docker run --read-only --tmpfs /tmp:rw,noexec,nosuid,size=16m --cap-drop ALL --security-opt no-new-privileges \
#     --ulimit core=0 -v referral:/var/lib/referral -p 8000:8000 referral
#
# `--ulimit core=0`: a core dump would hold the profiles of requests in flight. An image cannot set it, the run must.
# `--read-only`: the service writes to /var/lib/referral only. Secrets come in at run time, never into the image.

FROM python:3.12-slim AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/venv
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY app ./app
COPY data ./data
RUN /opt/venv/bin/pip install ".[postgres]"

FROM python:3.12-slim

ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
COPY --from=build /opt/venv /opt/venv
RUN install -d -o 10001 -g 10001 -m 0700 /var/lib/referral
WORKDIR /var/lib/referral
VOLUME /var/lib/referral
USER 10001:10001
EXPOSE 8000

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/live', timeout=3)"]

CMD ["referral", "serve", "--host", "0.0.0.0", "--port", "8000"]
