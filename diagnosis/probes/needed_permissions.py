"""Which permissions of the job's token a step needs, told from its action, its script or its commands.

Sources: the README of each action (its section on permissions) and GitHub's "Permissions required for GitHub Apps".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from diagnosis.workflow import Step

_PULLS: Final = {"pull-requests": "write"}
_CONTENTS: Final = {"contents": "write"}
_IDENTITY: Final = {"id-token": "write"}

ACTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "actions/attest": {**_IDENTITY, "attestations": "write"},
    "actions/attest-build-provenance": {**_IDENTITY, "attestations": "write"},
    "actions/attest-sbom": {**_IDENTITY, "attestations": "write"},
    "actions/deploy-pages": {"pages": "write", **_IDENTITY},
    "actions/labeler": {"contents": "read", **_PULLS},
    "actions/stale": {"issues": "write", **_PULLS},
    "aws-actions/configure-aws-credentials": _IDENTITY,
    "azure/login": _IDENTITY,
    "dorny/test-reporter": {"checks": "write"},
    "endbug/add-and-commit": _CONTENTS,
    "enricomi/publish-unit-test-result-action": {"checks": "write", **_PULLS},
    "github/codeql-action": {"security-events": "write"},
    "google-github-actions/auth": _IDENTITY,
    "jamesives/github-pages-deploy-action": _CONTENTS,
    "marocchino/sticky-pull-request-comment": _PULLS,
    "mikepenz/action-junit-report": {"checks": "write"},
    "ncipollo/release-action": _CONTENTS,
    "peaceiris/actions-gh-pages": _CONTENTS,
    "peter-evans/create-pull-request": {**_CONTENTS, **_PULLS},
    "pypa/gh-action-pypi-publish": _IDENTITY,
    "softprops/action-gh-release": _CONTENTS,
    "stefanzweifel/git-auto-commit-action": _CONTENTS,
}
"""By the action's repository in lower case."""

_COMMANDS: Final = (
    (r"\bgh\s+pr\s+(?:comment|edit|review|close|reopen|ready)\b", _PULLS),
    (r"\bgh\s+pr\s+(?:create|merge)\b", {**_CONTENTS, **_PULLS}),
    (r"\bgh\s+issue\s+(?:create|comment|edit|close|reopen|pin)\b|\bgh\s+label\s+create\b", {"issues": "write"}),
    (r"\bgh\s+release\s+(?:create|upload|edit|delete)\b", _CONTENTS),
    (r"\bgh\s+(?:workflow\s+run|run\s+(?:rerun|cancel))\b", {"actions": "write"}),
    (r"\bgit\s+push\b", _CONTENTS),
)
_CALLS: Final = (
    (r"\bpulls\.(?:create|update|merge|request|remove|submit|dismiss)", _PULLS),
    (r"\bchecks\.(?:create|update)", {"checks": "write"}),
    (r"\brepos\.createDeployment", {"deployments": "write"}),
    (r"\brepos\.createCommitStatus", {"statuses": "write"}),
    (
        r"\brepos\.(?:createRelease|updateRelease|uploadReleaseAsset|createOrUpdateFileContents)|\bgit\.(?:create|update|delete)",
        _CONTENTS,
    ),
    (r"\bactions\.(?:create|cancel|reRun|delete)", {"actions": "write"}),
)
_ISSUES: Final = re.compile(r"\bissues\.(?:create|update|add|remove|set|delete|lock|unlock)")


def needed(step: Step, event: str) -> dict[str, str]:
    """The permissions that the step surely needs; none where it does not tell. `event` is what runs it, if only one."""
    action = "/".join(step.uses.partition("@")[0].lower().split("/")[:2])
    if action == "actions/github-script":
        return _of_script(step, event)
    if action in ACTIONS:
        return dict(ACTIONS[action])
    commands = "\n".join(line for line in step.run.splitlines() if not line.lstrip().startswith("#"))
    found: dict[str, str] = {}
    for pattern, permissions in _COMMANDS:
        if re.search(pattern, commands):
            found.update(permissions)
    return found


def own_token(step: Step) -> bool:
    """Whether the step works with the job's own token, as far as it tells."""
    told = [value.text for name, value in (*step.inputs.items(), *step.env.items()) if "token" in name.lower()]
    return all("secrets." not in text.replace("secrets.GITHUB_TOKEN", "") and "steps." not in text for text in told)


def _of_script(step: Step, event: str) -> dict[str, str]:
    script = step.inputs["script"].text if "script" in step.inputs else ""
    found: dict[str, str] = {}
    for pattern, permissions in _CALLS:
        if re.search(pattern, script):
            found.update(permissions)
    if _ISSUES.search(script):
        # A pull request's labels and comments are an issue's to the API, and its own permission covers them.
        found.update(_PULLS if event.startswith("pull_request") else {"issues": "write"})
    return found
