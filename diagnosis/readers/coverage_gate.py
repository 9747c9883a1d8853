"""Reads how far a measured coverage is from its gate, and which gate would hold it where it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from diagnosis.report import Value


def coverage_gate(_lines: Sequence[str], captures: Mapping[str, str]) -> dict[str, Value]:
    """short (points, of a hundred) and baseline (whole percents, never above what was measured)."""
    try:
        actual, required = float(captures["actual"]), float(captures["required"])
    except (KeyError, ValueError):
        return {}
    if not 0 <= actual < required <= 100:
        return {}
    return {"short": round(required - actual, 2), "baseline": math.floor(actual)}
