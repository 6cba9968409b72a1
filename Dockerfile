# One image, three commands: web (the default), worker and beat; see deploy/compose.yaml. Embedded servers and tools are not in it.
FROM python:3.11-slim-bookworm AS dependencies
WORKDIR /fanfare
RUN python -m venv /fanfare/.venv
COPY requirements.txt .
RUN /fanfare/.venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /fanfare fanfare \
    && install --directory --owner fanfare /run/fanfare /run/fanfare/metrics /var/lib/fanfare
WORKDIR /fanfare
COPY --from=dependencies /fanfare/.venv .venv
COPY . .
ENV PATH=/fanfare/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/fanfare/staticfiles \
    MEDIA_ROOT=/var/lib/fanfare/media \
    PRIVATE_ROOT=/var/lib/fanfare/private \
    PROMETHEUS_MULTIPROC_DIR=/run/fanfare/metrics
# The settings want secrets; these are used for nothing and stay out of the image.
RUN FANFARE_KEYS=build SUPPRESSION_KEY=build SECRET_KEY=build PUBLIC_URL=http://build TWILIO_AUTH_TOKEN=build \
    DATABASE_URL=postgresql://build REDIS_URL=redis://build \
    python manage.py collectstatic --no-input --verbosity 0
USER fanfare
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=2)"]
CMD ["deploy/web"]
