"""Which failures are nobody's change: a public server or the runner failed, and may not do so again."""

from __future__ import annotations

from typing import Final

from diagnosis.regex import Regex, compile_regex
from diagnosis.report import Finding

SIGNATURES: Final = frozenset(
    {
        "apt/hash-mismatch",
        "apt/index-unreachable",
        "docker/pull-rate-limited",
        "docker/registry-failed",
        "github/action-download-failed",
        "github/internal-error",
        "github/rate-limited",
        "github/runner-lost",
        "go/proxy-failed",
        "gradle/repository-failed",
        "http/rate-limited",
        "maven/repository-failed",
        "network/reset",
        "npm/registry-failed",
        "pip/download-failed",
        "pip/index-unreachable",
        "pip/retries-spent",
        "pnpm/registry-failed",
        "ruby/source-failed",
        "runner/pod-failed",
        "rust/registry-failed",
        "trivy/database-download",
        "uv/index-failed",
        "yarn/classic-registry-failed",
        "yarn/registry-failed",
    }
)
"""One by one, for a category is too wide: a 404 is the network's as well, and so is a host name that is misspelt.

A server that answers 503, or not at all, is not among them: it may be the one that the change is deployed to. What a
package manager installs from is.
"""

CONSEQUENCES: Final = frozenset({"generic/unreachable", "workflow/curl-answered-with-error"})
"""What is printed after one of them, and names no other failure."""

_OWN: Final[Regex] = compile_regex(
    r"(?i)\blocalhost\b|\b127\.\d+\.\d+\.\d+\b|\b0\.0\.0\.0\b|::1\b|host\.docker\.internal|://[^./:]+[:/]"
)
_GIT: Final[Regex] = compile_regex(r"RPC failed|early EOF|the remote end hung up")


def is_transient(finding: Finding) -> bool:
    """Whether the failure is of the infrastructure, so that running the job again is likely to help.

    A server on the runner itself is the job's own: that it fails may well be the change's doing. So is a connection
    that was cut in the middle of a test; git's own is not.
    """
    if finding.signature not in SIGNATURES or finding.confidence == "low":
        return False
    said = (*finding.captures.values(), *finding.evidence)
    if finding.signature == "network/reset" and not any(_GIT.search(text) for text in said):
        return False
    return not any(_OWN.search(text) for text in said)
