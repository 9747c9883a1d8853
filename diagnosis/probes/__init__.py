"""Probes: what the repository at the failing commit tells about a finding. Registered here, one file each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from diagnosis.probes.absent_module import absent_module
from diagnosis.probes.action_reference import action_reference
from diagnosis.probes.alembic_heads import alembic_heads
from diagnosis.probes.call_against_signature import call_against_signature
from diagnosis.probes.claims_as_json import claims_as_json
from diagnosis.probes.coverage_gate_places import coverage_gate_places
from diagnosis.probes.database_credentials import database_credentials
from diagnosis.probes.developer_path import developer_path
from diagnosis.probes.disabled_command import disabled_command
from diagnosis.probes.django_check import django_check
from diagnosis.probes.dockerfile_copy import dockerfile_copy
from diagnosis.probes.empty_secret import empty_secret
from diagnosis.probes.fixture_missing import fixture_missing
from diagnosis.probes.gate_script import gate_script
from diagnosis.probes.gitignored_module import gitignored_module
from diagnosis.probes.incomplete_downgrade import incomplete_downgrade
from diagnosis.probes.lock_drift import lock_drift
from diagnosis.probes.missing_stubs import missing_stubs
from diagnosis.probes.missing_variable import missing_variable
from diagnosis.probes.mocked_service import mocked_service
from diagnosis.probes.no_tests_there import no_tests_there
from diagnosis.probes.own_tool_command import own_tool_command
from diagnosis.probes.question import Answer, Probe, Question
from diagnosis.probes.redis_credentials import redis_credentials
from diagnosis.probes.server_not_started import server_not_started
from diagnosis.probes.service_port import service_port
from diagnosis.probes.smoke_credentials import smoke_credentials
from diagnosis.probes.syntax_needs_newer_python import syntax_needs_newer_python
from diagnosis.probes.token_permission import token_permission
from diagnosis.probes.undeclared_dependency import undeclared_dependency
from diagnosis.probes.upstream_job import upstream_job
from diagnosis.probes.vulnerable_dependency import vulnerable_dependency

__all__ = ["PROBES", "Answer", "Probe", "Question"]

PROBES: Final[Mapping[str, Probe]] = {
    "absent_module": absent_module,
    "alembic_heads": alembic_heads,
    "call_against_signature": call_against_signature,
    "claims_as_json": claims_as_json,
    "coverage_gate_places": coverage_gate_places,
    "database_credentials": database_credentials,
    "empty_secret": empty_secret,
    "fixture_missing": fixture_missing,
    "developer_path": developer_path,
    "gate_script": gate_script,
    "gitignored_module": gitignored_module,
    "incomplete_downgrade": incomplete_downgrade,
    "missing_stubs": missing_stubs,
    "missing_variable": missing_variable,
    "mocked_service": mocked_service,
    "no_tests_there": no_tests_there,
    "own_tool_command": own_tool_command,
    "redis_credentials": redis_credentials,
    "server_not_started": server_not_started,
    "service_port": service_port,
    "smoke_credentials": smoke_credentials,
    "dockerfile_copy": dockerfile_copy,
    "syntax_needs_newer_python": syntax_needs_newer_python,
    "token_permission": token_permission,
    "undeclared_dependency": undeclared_dependency,
    "vulnerable_dependency": vulnerable_dependency,
    "action_reference": action_reference,
    "upstream_job": upstream_job,
    "lock_drift": lock_drift,
    "django_check": django_check,
    "disabled_command": disabled_command,
}
"""By the name that signatures call them by."""
