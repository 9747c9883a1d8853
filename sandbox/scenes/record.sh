#!/usr/bin/env bash
# Makes the logs of the scenes: runs each scene's failing command in a copy of its repository and keeps what it printed,
# framed as GitHub's runner frames a step. Recorded with CPython 3.12, pytest 9, pytest-cov 7, asyncpg 0.31, PostgreSQL 15.
# Needs: PYTHON of an environment with pytest, pytest-cov, pytest-asyncio and asyncpg, and a PostgreSQL on port 5432 that
# asks for a password and has the user test_user.
set -u
: "${PYTHON:?}"
here=$(cd "$(dirname "$0")" && pwd)
bin=$(dirname "$PYTHON")
home=$("$PYTHON" -c 'import sys; print(sys.base_prefix)')
environment=$("$PYTHON" -c 'import sys; print(sys.prefix)')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

step() { # step NAME COMMAND...: a checkout step, the failing step, the runner's last words
  local name=$1
  shift
  mkdir -p "$work/shop" && rm -rf "$work/shop/shop" && cp -R "$here/$name" "$work/shop/shop" && cd "$work/shop/shop" || exit 1
  {
    printf '##[group]Run actions/checkout@v5\nwith:\n  clean: true\n  fetch-depth: 1\n##[endgroup]\nSyncing repository: octo/shop\n'
    printf "##[group]Run %s\n%s\nshell: /usr/bin/bash -e {0}\n##[endgroup]\n" "$*" "$*"
    PATH=$bin:$PATH COLUMNS=80 "$@" 2>&1
    printf '##[error]Process completed with exit code %s.\n' $?
    printf 'Post job cleanup.\nCleaning up orphan processes\n'
  } | sed -e "s#$work#/home/runner/work#g; s#$environment#/opt/hostedtoolcache/Python/3.12/x64#g; s#$home#/opt/hostedtoolcache/Python/3.12/x64#g" |
    awk '{ printf "2026-03-02T09:%02d:%02d.%07dZ %s\n", 14 + NR / 600, (NR / 10) % 60, NR % 10 * 1000000 + NR * 234567 % 1000000, $0 }' >"$here/$name.log"
}

step coverage pytest --cov=shop --cov-report=term-missing --cov-fail-under=80
step module pytest
step database pytest
CI=true step flaky pytest # which, on CI, does not cut the lines of its summary
step unknown ./tools/pack.sh
