"""Probes: what the repository at the failing commit tells about a finding. Registered here, one file each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from diagnosis.probes.coverage_gate_places import coverage_gate_places
from diagnosis.probes.database_credentials import database_credentials
from diagnosis.probes.gitignored_module import gitignored_module
from diagnosis.probes.question import Answer, Probe, Question

__all__ = ["PROBES", "Answer", "Probe", "Question"]

PROBES: Final[Mapping[str, Probe]] = {
    "coverage_gate_places": coverage_gate_places,
    "database_credentials": database_credentials,
    "gitignored_module": gitignored_module,
}
"""By the name that signatures call them by."""
