# One image for the site and the indexer. What each argument means stands in docs/operations.md.
ARG PYTHON_IMAGE=python:3.11.16-slim-bookworm

# Styles and scripts: npm and sass are here and nowhere else.
FROM ${PYTHON_IMAGE} AS assets
WORKDIR /src
COPY exchange/__init__.py exchange/errors.py exchange/settings.py exchange/
COPY web/__init__.py web/assets.py web/package.json web/
COPY web/styles/ web/styles/
RUN python -m web.assets

# The packages, by far the largest part: made anew only when pyproject.toml or an argument changes.
FROM ${PYTHON_IMAGE} AS packages
ARG TORCH=2.13.0
ARG TORCH_INDEX=""
ENV PATH=/opt/venv/bin:$PATH \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/venv \
    && pip install ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} "torch==$TORCH"
COPY pyproject.toml ./
RUN python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' \
        > requirements.txt \
    && pip install ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} "torch==$TORCH" -r requirements.txt

# Postcodes and their districts.
FROM packages AS postcodes
COPY exchange/ exchange/
RUN python -m exchange.place.postcodes /opt/postcodes

# Our own code, apart from the packages, so that a new version is a small layer.
FROM packages AS code
COPY README.md LICENSE ./
COPY exchange/ exchange/
COPY fixtures/ fixtures/
COPY indexer/ indexer/
COPY web/ web/
COPY --from=assets /src/web/static/ web/static/
RUN pip install --no-deps --target /opt/exchange .

FROM ${PYTHON_IMAGE}
ENV PATH=/opt/exchange/bin:/opt/venv/bin:$PATH \
    PYTHONPATH=/opt/exchange \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    EXCHANGE_DATA_DIR=/var/lib/exchange \
    TMPDIR=/var/lib/exchange/work
RUN groupadd --gid 10001 exchange \
    && useradd --uid 10001 --gid exchange --home-dir /var/lib/exchange --no-create-home --shell /usr/sbin/nologin exchange \
    && install --directory --owner exchange --group exchange /var/lib/exchange /var/lib/exchange/work
COPY --from=packages /opt/venv/ /opt/venv/
COPY --from=postcodes /opt/postcodes/ /var/lib/exchange/postcodes/
COPY --from=code /opt/exchange/ /opt/exchange/
WORKDIR /var/lib/exchange
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=180s --retries=4 CMD ["python", "-I", "-c", "\
import http.client, sys; \
site = http.client.HTTPConnection('127.0.0.1', 8000, timeout=4); \
site.request('GET', '/ready'); \
sys.exit(site.getresponse().status != 200)"]
CMD ["exchange", "serve", "--host", "0.0.0.0"]
