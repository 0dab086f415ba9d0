# Two stages: the wheel is built in the first and runs alone in the second.
FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --wheel-dir /wheels .

FROM python:3.13-slim
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir --no-index --find-links /wheels kuvend && rm -rf /wheels \
 && useradd --system --uid 10001 --home-dir /data kuvend \
 && install -d -o kuvend /data
USER kuvend
WORKDIR /data
ENV KUVEND_HOST=0.0.0.0 KUVEND_DATA_DIR=/data PYTHONUNBUFFERED=1
EXPOSE 8000
VOLUME /data
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["kuvend", "serve"]
