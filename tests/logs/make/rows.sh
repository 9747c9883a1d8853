#!/usr/bin/env bash
# Makes tests/logs/tls/: a service that looks for its certificate authority's file on the machine of whoever wrote it.
# Needs: VENV, an environment with pytest. Recorded with CPython 3.11 and pytest 9.2.
set -u
here=$(cd "$(dirname "$0")" && pwd)
OUT=$(dirname "$here")
: "${VENV:?}"
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
. "$here/recorder.sh"

service() { # service PACKAGE FILE WORDS: a package whose settings want FILE; its tests import it
  rm -rf "$WORK/shop" && mkdir -p "$WORK/shop/$1" "$WORK/shop/tests"
  : >"$WORK/shop/$1/__init__.py"
  cat >"$WORK/shop/$1/database.py" <<PY
from pathlib import Path

CERTIFICATE = Path("$2")


def connect():
    if not CERTIFICATE.exists():
        raise FileNotFoundError(f"$3:\n{CERTIFICATE}")
PY
  printf 'import pytest\nfrom %s.database import connect\n\n\n@pytest.fixture(autouse=True)\ndef database():\n    connect()\n' "$1" >"$WORK/shop/tests/conftest.py"
  printf 'def test_orders():\n    assert True\n\n\ndef test_customers():\n    assert True\n' >"$WORK/shop/tests/test_orders.py"
}

service shop /Users/dana/projects/shop/certs/root-ca.pem "Database CA certificate not found"
record tls/certificate-of-another-machine "python -m pytest"
service clinic "C:/Users/Kim/clinic/tls/server-ca.crt" "TLS certificate not found"
record tls/certificate-of-another-machine-windows "python -m pytest --tb=short"
