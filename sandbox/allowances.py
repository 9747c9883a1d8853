"""Where GitHub's description is wrong about GitHub: each entry with its reason, and nothing beyond them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

REPOSITORY = "/repos/{owner}/{repo}"
MANY_SEGMENTS = frozenset({"path", "ref", "basehead", "branch", "name", "tree_sha"})
"""Path parameters that take slashes, which OpenAPI has no way to say."""

ALIASES = [
    # Undescribed, but the address that GitHub redirects renamed repositories to, and the one that survives renames.
    (re.compile(r"^/repositories/\d+(?=/|$)"), "/repos/by/id"),
]

COMMON_REFUSALS = frozenset({401, 403, 404, 429, 500, 502, 503})
"""Any operation may answer so; the description lists them for some operations only."""


@dataclass(frozen=True)
class Allowance:
    """One thing that GitHub does although its description says otherwise."""

    reason: str
    method: str
    template: str
    where: Literal["body", "status", "answer"]
    says: Callable[[Any], bool]


def gone(template: str) -> Allowance:
    """Logs expire."""
    return Allowance(
        "an expired log is answered with 410, although only 302 is declared",
        "GET",
        f"{REPOSITORY}/actions/{template}",
        "status",
        lambda status: status == 410,
    )


def unprocessable(method: str, template: str) -> Allowance:
    """Validation failures that are not declared."""
    return Allowance(
        "an invalid body is answered with 422, although it is not declared",
        method,
        f"{REPOSITORY}{template}",
        "status",
        lambda status: status == 422,
    )


ALLOWANCES = [
    gone("jobs/{job_id}/logs"),
    gone("runs/{run_id}/logs"),
    gone("runs/{run_id}/attempts/{attempt_number}/logs"),
    unprocessable("POST", "/check-runs"),
    unprocessable("PATCH", "/check-runs/{check_run_id}"),
    unprocessable("POST", "/issues/{issue_number}/assignees"),
    Allowance(
        "labels may be added as a bare array of names, which client libraries send",
        "POST",
        f"{REPOSITORY}/issues/{{issue_number}}/labels",
        "body",
        lambda body: isinstance(body, list) and all(isinstance(name, str) for name in body),
    ),
    Allowance(
        "in the list an installation's account is declared as a user and an enterprise at once; it is either",
        "GET",
        "/app/installations",
        "answer",
        lambda line: re.match(r"\d+\.account: ", line) is not None,
    ),
]
