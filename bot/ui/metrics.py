"""GET /metrics: what the App counts about itself, for Prometheus; told to this machine, or to who shows the token."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address
from itertools import product
from typing import Final, cast

import redis
from flask import Blueprint, Request, Response, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from bot import metrics
from bot.metrics import Counter, Histogram
from bot.ui.health import CLOCK_KEY, WORKERS_KEY
from workers.queue import DEAD, NAME

WAITING: Final = f"rq:queue:{NAME}"
FORWARDED: Final = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
"""Headers by which a proxy gives itself away: who asks is somebody else then."""

LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})

GAUGES: Final[Mapping[str, str]] = {
    "whyred_queue_jobs": "Jobs that wait, are being worked on, were put off, or were given up (the last thousand).",
    "whyred_queue_oldest_seconds": "Seconds for which the job that comes next has waited.",
    "whyred_workers": "Worker processes.",
    "whyred_clock": "Whether a clock process is there.",
}
"""What is looked up when it is asked for."""


def blueprint(connection: redis.Redis, token: str | None) -> Blueprint:
    """The one route."""
    pages = Blueprint("metrics", __name__)

    @pages.get("/metrics")
    def shown() -> Response:
        if token is not None:
            if not _shows(request, token):
                return Response("show METRICS_TOKEN as a bearer token\n", 401, {"WWW-Authenticate": "Bearer"})
        elif not is_local(request):
            return Response("only this machine may ask; with METRICS_TOKEN set, whoever shows it\n", 403)
        metrics.flush(connection)
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Shown(connection))
        encode, mimetype = choose_encoder(request.headers.get("Accept", ""))
        try:
            return Response(encode(registry), content_type=mimetype)
        except redis.RedisError as error:
            return Response(f"Redis does not answer: {type(error).__name__}\n", 503)

    return pages


def is_local(asked: Request) -> bool:
    """Whether a process of this machine asks, by a name of this machine, and for nobody else."""
    name = asked.host.rpartition(":")[0] if asked.host.count(":") == 1 else asked.host.partition("]")[0]
    if name.strip("[]") not in LOCAL_NAMES or any(header in asked.headers for header in FORWARDED):
        return False
    try:
        address = ip_address(asked.remote_addr or "")
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _shows(asked: Request, token: str) -> bool:
    scheme, _, shown = asked.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(shown.strip().encode(), token.encode())


class _Shown(Collector):
    """All metrics as Redis holds them now. Raises redis.RedisError."""

    def __init__(self, connection: redis.Redis) -> None:
        self._redis = connection

    def collect(self) -> Iterator[Metric]:
        """The kept ones, then those that are looked up."""
        kept = cast(dict[bytes, bytes], self._redis.hgetall(metrics.KEY))
        sums = {field.decode(): float(value) for field, value in kept.items()}
        for metric in metrics.METRICS:
            yield _histogram(metric, sums) if isinstance(metric, Histogram) else _counter(metric, sums)
        yield from self._looked_up()

    def _looked_up(self) -> Iterator[Metric]:
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.llen(WAITING)
            pipeline.zcard(f"rq:wip:{NAME}")
            pipeline.zcard(f"rq:scheduled:{NAME}")
            pipeline.llen(DEAD)
            pipeline.scard(WORKERS_KEY)
            pipeline.exists(CLOCK_KEY)
            pipeline.lindex(WAITING, 0)
            *counts, workers, clock, first = pipeline.execute()
        jobs = GaugeMetricFamily("whyred_queue_jobs", GAUGES["whyred_queue_jobs"], labels=["state"])
        for state, count in zip(("waiting", "running", "postponed", "dead"), counts, strict=True):
            jobs.add_metric([state], count)
        yield jobs
        rest = {"whyred_queue_oldest_seconds": self._age(first), "whyred_workers": workers, "whyred_clock": clock}
        for name, value in rest.items():
            yield GaugeMetricFamily(name, GAUGES[name], value=value)

    def _age(self, first: bytes | None) -> float:
        """Seconds since this job was put into the queue; 0 without one, or where a worker has just taken it."""
        if first is None:
            return 0.0
        since = cast("bytes | None", self._redis.hget(f"rq:job:{first.decode()}", "enqueued_at"))
        if not since:
            return 0.0
        return max((datetime.now(UTC) - datetime.fromisoformat(since.decode())).total_seconds(), 0.0)


def _counter(metric: Counter, sums: Mapping[str, float]) -> CounterMetricFamily:
    family = CounterMetricFamily(metric.name, metric.help, labels=list(metric.labels))
    for values in _series(metric, sums):
        family.add_metric(values, sums.get(metric.field(values), 0.0))
    return family


def _histogram(metric: Histogram, sums: Mapping[str, float]) -> HistogramMetricFamily:
    family = HistogramMetricFamily(metric.name, metric.help, labels=list(metric.labels))
    for values in _series(metric, sums):
        below, buckets = 0.0, []
        for bound in (*map(str, metric.bounds), "+Inf"):
            below += sums.get(metric.field(values, bound), 0.0)
            buckets.append((bound, below))
        family.add_metric(values, buckets, sums.get(metric.field(values, "sum"), 0.0))
    return family


def _series(metric: Counter | Histogram, sums: Mapping[str, float]) -> list[tuple[str, ...]]:
    """The values of the labels: all that there may be, from the first day on, else those that were counted.

    A series that begins with its first event shows no increase by it.
    """
    listed = [sorted(values) for values in metric.labels.values() if values is not None]
    if len(listed) == len(metric.labels):
        return list(product(*listed))
    fields = (field.split("\t") for field in sums)
    return sorted({tuple(parts[1:-1]) for parts in fields if parts[0] == metric.name})
