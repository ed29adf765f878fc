"""Counts and times of what was answered, in the text format of Prometheus.

The gate to prometheus_client. A request adds to numbers; everything else is done when somebody
looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily
from prometheus_client.metrics_core import Metric

from understudy.codec import dumps, loads
from understudy.types import Json
from understudy.version import __version__

Key: TypeAlias = tuple[str, str, int, str]
"""Prefix of the contract, operation id, status, and the rule of a scenario."""

Numbers: TypeAlias = dict[Key, list[float]]
"""How many requests there were, and how many seconds they took together."""


class Metrics:
    """The numbers of one worker; with a file in a folder, those of all that write there."""

    def __init__(self, folder: Path | None = None, worker: int = 1) -> None:
        self.numbers: Numbers = {}
        self._folder = folder
        self.worker = worker

    def count(self, key: Key, seconds: float) -> None:
        """Count one request."""
        found = self.numbers.get(key)
        if found is None:
            self.numbers[key] = [1, seconds]
        else:
            found[0] += 1
            found[1] += seconds

    def save(self) -> None:
        """Write the numbers where the other workers read them."""
        if self._folder is not None:
            path = self._folder / f"{self.worker:06d}.metrics"
            new = path.with_suffix(".metrics-new")
            new.write_bytes(dumps([[*key, *value] for key, value in self.numbers.items()]))
            new.replace(path)

    def all(self) -> Numbers:
        """Return the numbers of all workers."""
        if self._folder is None:
            return self.numbers
        self.save()
        found: Numbers = {}
        for path in self._folder.glob("*.metrics"):
            for *key, count, seconds in loads(path.read_bytes()):
                total = found.setdefault(_key(key), [0, 0])
                total[0] += count
                total[1] += seconds
        return found


def exposition(
    metrics: Metrics, names: Mapping[str, str], gauges: Callable[[], Mapping[str, float]]
) -> bytes:
    """Return the metrics; `names` are those of contracts by their prefixes."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(metrics.all(), names, gauges()))
    return generate_latest(registry)


class _Collector:
    def __init__(
        self, numbers: Numbers, names: Mapping[str, str], gauges: Mapping[str, float]
    ) -> None:
        self._numbers = numbers
        self._names = names
        self._gauges = gauges

    def collect(self) -> Iterable[Metric]:
        """Return every family of metrics."""
        yield from (self._requests(), self._seconds(), self._rules())
        for name, value in self._gauges.items():
            yield GaugeMetricFamily(f"understudy_{name}", _GAUGES[name], value)
        build = GaugeMetricFamily("understudy_build_info", "What is running.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build

    def _requests(self) -> Metric:
        labels = ["contract", "operation", "status"]
        family = CounterMetricFamily("understudy_requests", "Requests.", labels=labels)
        for (place, status), (count, _) in self._by(lambda key: str(key[2])):
            family.add_metric([*place, status], count)
        return family

    def _seconds(self) -> Metric:
        labels = ["contract", "operation"]
        about = "Seconds until requests were answered."
        family = SummaryMetricFamily("understudy_request_seconds", about, labels=labels)
        for (place, _), (count, seconds) in self._by(lambda _: ""):
            family.add_metric([*place], int(count), seconds)
        return family

    def _rules(self) -> Metric:
        labels = ["contract", "operation", "rule"]
        about = "Requests on which a rule of a scenario acted."
        family = CounterMetricFamily("understudy_scenario_rules", about, labels=labels)
        for (place, rule), (count, _) in self._by(lambda key: key[3]):
            if rule:
                family.add_metric([*place, rule], count)
        return family

    def _by(
        self, label: Callable[[Key], str]
    ) -> Iterator[tuple[tuple[tuple[str, str], str], tuple[float, float]]]:
        """Yield the sums for each operation and label."""
        sums: dict[tuple[tuple[str, str], str], tuple[float, float]] = {}
        for key, (count, seconds) in sorted(self._numbers.items()):
            place = (self._names.get(key[0], "") if key[1] else "", key[1]), label(key)
            had = sums.get(place, (0, 0))
            sums[place] = had[0] + count, had[1] + seconds
        yield from sums.items()


_GAUGES = {
    "sessions": "Sessions that are kept, besides that of everybody else.",
    "journal_entries": "Entries of the journal that are kept.",
    "workers": "Workers that have entries in the journal.",
}


def _key(found: Json) -> Key:
    prefix, operation, status, rule = found
    return prefix, operation, status, rule
