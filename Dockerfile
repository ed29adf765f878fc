# The stand-in as an image: docker build --tag understudy . && docker run --publish 8080:8080 understudy thena
FROM python:3.12-slim AS build
WORKDIR /build
RUN python -m venv /opt/understudy
ENV PATH=/opt/understudy/bin:$PATH
COPY requirements-image.txt ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements-image.txt
COPY pyproject.toml README.md LICENSE ./
COPY mockserver mockserver
COPY openapi openapi
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist .
RUN pip install --no-cache-dir --no-deps dist/*.whl

FROM python:3.12-slim
COPY --from=build /opt/understudy /opt/understudy
ENV PATH=/opt/understudy/bin:$PATH PYTHONUNBUFFERED=1
RUN useradd --system --create-home understudy
USER understudy
WORKDIR /home/understudy
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/__understudy/health', timeout=2)"]
ENTRYPOINT ["understudy", "serve", "--host", "0.0.0.0"]
