#!/usr/bin/env bash
# Makes tests/logs/python/subprocess-*.log: scripts that start programs which fail, with and without their output shown.
# Recorded with CPython 3.12; PYTHON names it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
OUT=$(dirname "$here")
: "${PYTHON:?}"
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
. "$here/recorder.sh"
mkdir -p "$WORK/shop" "$WORK/bin"
ln -s "$PYTHON" "$WORK/bin/python"
export PATH=$WORK/bin:$PATH

cat >"$WORK/shop/rates.py" <<'PY'
class RateError(Exception):
    pass


def rate(currency):
    raise RateError(f"no rate for {currency} in prices.csv")


rate("EUR")
PY
cat >"$WORK/shop/build.py" <<'PY'
import subprocess
import sys

subprocess.run([sys.executable.rsplit("/", 1)[-1], "rates.py"], check=True, capture_output="--quiet" in sys.argv)
PY
record python/subprocess-failed-shown "python build.py"
record python/subprocess-failed-captured "python build.py --quiet"
