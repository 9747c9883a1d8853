"""What hosts are given for the metrics (the page, the dashboard, the alerts) speaks of metrics that there are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from ruamel.yaml import YAML

from bot import metrics
from bot.metrics import Histogram
from bot.ui.metrics import GAUGES
from tests.bot.ui.test_metrics import application, told

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "metrics.md").read_text("utf-8")
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy" / "grafana" / "whyred.json").read_text("utf-8"))
RULES: list[dict[str, Any]] = YAML(typ="safe").load(ROOT / "deploy" / "prometheus" / "alerts.yml")["groups"][0]["rules"]
NAMES = {metric.name for metric in metrics.METRICS} | set(GAUGES)

Exposed = dict[str, dict[str, set[str] | None]]
"""By the name of a sample, its labels; by label the values that there may be, None where they are not listed."""


@pytest.fixture
def exposed(connection: redis.Redis) -> Exposed:
    """What the server shows once each metric was counted."""
    for metric in metrics.METRICS:
        values = tuple(min(listed) if listed else "some" for listed in metric.labels.values())
        if isinstance(metric, Histogram):
            metric.observe(*values, seconds=1)
        else:
            metric.add(*values)
    listed = {metric.name: metric.labels for metric in metrics.METRICS}
    found: Exposed = {}
    for name, samples in told(application(connection).get("/metrics")).items():
        known = listed.get(re.sub(r"_(?:bucket|sum|count)$", "", name), {})
        for label, value in (pair for labels in samples for pair in labels):
            may = known.get(label, frozenset()) if name not in GAUGES else frozenset()
            values_so_far = found.setdefault(name, {}).setdefault(label, set())
            if may is None:
                found[name][label] = None
            elif values_so_far is not None:
                values_so_far.add(value)
        found.setdefault(name, {})
    return found


def wrong(expression: str, exposed: Exposed) -> list[str]:
    """What the expression names that is not there; parentheses that do not fit."""
    return [*_unknown(expression, exposed), *([] if _is_closed(expression) else ["parentheses"])]


def _unknown(expression: str, exposed: Exposed) -> Iterator[str]:
    labels = {"le"}
    for name, _, matchers in re.findall(r"(whyred_\w+)(\{([^}]*)\})?", expression):
        if name not in exposed:
            yield name
            continue
        labels |= set(exposed[name])
        for label, values in re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"', matchers):
            if label not in exposed[name]:
                yield f"{name}{{{label}}}"
            elif (known := exposed[name][label]) is not None:
                yield from (f"{label}={value}" for value in values.split("|") if value not in known)
    for listed in re.findall(r"\bby \(([^)]*)\)", expression):
        yield from (f"by {label}" for label in re.split(r",\s*", listed) if label not in labels)


def _is_closed(expression: str) -> bool:
    """Whether brackets of all kinds are closed in the order in which they were opened."""
    left = re.sub(r'"[^"]*"|[^][(){}]', "", expression)
    while left != (left := re.sub(r"\(\)|\[\]|\{\}", "", left)):
        pass
    return left == ""


def expressions(panels: list[dict[str, Any]]) -> list[str]:
    """What the panels of a dashboard ask for."""
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]


def documented(page: str) -> dict[str, set[str]]:
    """The labels of each metric in the page's table."""
    rows = re.findall(r"^\| `(whyred_\w+)` \|([^|]*)\|", page, re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", labels)) for name, labels in rows}


def test_each_metric_is_documented_with_its_labels_and_no_other(exposed: Exposed) -> None:
    samples = {name: name for name in NAMES} | {m.name: f"{m.name}_count" for m in metrics.METRICS if _is_histogram(m)}
    assert documented(PAGE) == {name: set(exposed[sample]) for name, sample in samples.items()}


def _is_histogram(metric: object) -> bool:
    return isinstance(metric, Histogram)


def test_a_metric_that_is_gone_would_be_seen() -> None:
    assert documented("| `whyred_gone` | `a`, `b` | x |") == {"whyred_gone": {"a", "b"}}


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_each_alert_asks_for_what_there_is(rule: dict[str, Any], exposed: Exposed) -> None:
    assert wrong(rule["expr"], exposed) == []
    assert set(rule["annotations"]) == {"summary", "description"}
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}


def test_each_panel_asks_for_what_there_is(exposed: Exposed) -> None:
    asked = expressions(DASHBOARD["panels"])
    assert len(asked) > 20
    assert [found for expression in asked for found in wrong(expression, exposed)] == []


def test_the_dashboard_shows_every_metric() -> None:
    shown = " ".join(expressions(DASHBOARD["panels"]))
    assert [name for name in sorted(NAMES) if name not in shown] == []


def test_the_panels_do_not_overlap_and_no_id_stands_twice() -> None:
    panels = DASHBOARD["panels"]
    places = [panel["gridPos"] for panel in panels]
    cells = [
        (column, line)
        for place in places
        for column in range(place["x"], place["x"] + place["w"])
        for line in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(column for column, _ in cells) < 24
    assert len({panel["id"] for panel in panels}) == len(panels)


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("rate(whyred_gone_total[5m])", ["whyred_gone_total"]),
        ("whyred_told_seconds", ["whyred_told_seconds"]),
        ('whyred_writes_total{place="x"}', ["whyred_writes_total{place}"]),
        ('whyred_writes_total{done=~"edited|edit"}', ["done=edit"]),
        ("sum by (outlet, repository) (whyred_writes_total)", ["by repository"]),
        ("sum(rate(whyred_writes_total[5m])", ["parentheses"]),
        ('sum by (le) (whyred_told_seconds_bucket) / whyred_findings_total{signature="python/any"}', []),
    ],
)
def test_an_expression_that_asks_for_nothing_would_be_seen(expression: str, found: list[str], exposed: Exposed) -> None:
    assert wrong(expression, exposed) == found
