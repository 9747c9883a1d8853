"""Which failures are the infrastructure's, so that another try may help and the change is not to blame."""

from __future__ import annotations

import pytest

from diagnosis import engine
from diagnosis.transient import CONSEQUENCES, SIGNATURES, is_transient
from tests.whole import CATALOGUE


def transient(line: str) -> tuple[str | None, bool]:
    log = f"##[group]Run make\nmake\n##[endgroup]\n{line}\n##[error]Process completed with exit code 1.\n"
    best = engine.diagnose([engine.JobLog("1_test.txt", log.encode())], CATALOGUE).best
    assert best is not None
    return best.signature, is_transient(best)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "E: Failed to fetch http://mirror.example/dists/noble/InRelease  503  Service Unavailable [IP: 192.0.2.1]",
            True,
        ),
        (
            "E: Failed to fetch http://localhost:8081/dists/noble/InRelease  503  Service Unavailable [IP: 127.0.0.1]",
            False,
        ),
        ("##[error]The runner has received a shutdown signal. This can happen when the runner is stopped.", True),
        ("toomanyrequests: You have reached your unauthenticated pull rate limit.", True),
        ("error: RPC failed; curl 56 GnuTLS recv error (-9): A TLS packet with unexpected length", True),
        ("npm error 503 Service Unavailable - GET https://registry.npm.example/is-odd", True),
        ("npm error 503 Service Unavailable - GET http://registry:4873/is-odd", False),
        ("npm error 404 Not Found - GET https://registry.npm.example/is-odd", False),
        ("ConnectionResetError: [Errno 104] Connection reset by peer", False),
        ("curl: (28) Failed to connect to staging.shop.example port 443 after 130003 ms: Connection timed out", False),
        ("curl: (22) The requested URL returned error: 503", False),
        ("curl: (22) The requested URL returned error: 404", False),
        ("curl: (6) Could not resolve host: mirrors.example", False),
        ("ModuleNotFoundError: No module named 'discounts'", False),
        ("a line that nobody knows", False),
    ],
)
def test_a_failure_of_the_infrastructure_is_told_from_the_changes_own(line: str, told: bool) -> None:
    signature, found = transient(line)
    assert found is told, signature


def test_every_one_of_them_is_a_signature_of_an_infrastructures_category() -> None:
    known = {item.id: item for item in CATALOGUE.signatures}
    assert {known[name].category for name in SIGNATURES} == {"network", "rate-limit", "runner"}
    assert {known[name].kind for name in CONSEQUENCES} == {"symptom"}
