#!/usr/bin/env bash
# Makes the logs of the linters, formatters, type checkers, audits and of Django's checks: the real tools over a small shop with faults.
#
# Recorded with ruff 0.1.15, 0.9.10 and 0.17.5; black 23.1 and 24.10; isort 5.10 and 9.0; flake8 5 and 7; pylint 2.17 and 4; mypy 0.991 and 1.19;
# pyright; bandit 1.7.5 and 1.9; codespell 2.2 and 2.4; pre-commit 2.21 and 4; Django 4.2 and 5.2; semgrep 1.182; openapi-spec-validator; pytest-benchmark 5; Locust 2.47; lintrunner 0.13.
# Needs NEW, OLD and OLDEST (virtual environments; OLDEST holds ruff alone), SEMGREP (one with semgrep), OUT, WORK.
set -u
. "$(dirname "$0")/recorder.sh"
: "${NEW:?}" "${OLD:?}" "${OLDEST:?}" "${SEMGREP:?}" "${OUT:?}" "${WORK:?}"
export GIT_CONFIG_GLOBAL=/dev/null TERM=dumb
eval "$(declare -f record | sed '1s/record/record_as_run/')"
record() {
  record_as_run "$@"
  sed -i -E -e "s#$HOME/#/home/runner/#g" -e 's#https://pypi\.[a-z]+/simple[^ ]*#https://pypi.example/simple#g' \
    -e '/Location .file:|Looking in links/d' -e 's#(in indexes: [^,]*), .*#\1#' "$OUT/$1.log"
}
rm -rf "$WORK/shop"
mkdir -p "$WORK/shop/shop" "$WORK/shop/tests"
cd "$WORK/shop" || exit 1

cat >shop/__init__.py <<'PY'
"""The shop."""
PY
cat >shop/orders.py <<'PY'
"""Orders."""
import os
import json
from typing import List

import requests
import yaml


def total(lines: List[int]) -> int:
    unused = 1
    return sum(lines) + "1"


def find(name: str) -> str:
    if name == None:
        return 3
    return undefined_name
PY
cat >shop/clean.py <<'PY'
"""Nothing to complain about here."""


def double(number: int) -> int:
    """Twice the number."""
    return number * 2
PY
cat >shop/insecure.py <<'PY'
"""Calls a shell."""

import hashlib
import pickle
import subprocess

PASSWORD = "correct horse"


def run(command, blob):
    """Run it."""
    subprocess.call(command, shell=True)
    hashlib.md5(blob)
    return pickle.loads(blob)
PY
cat >shop/broken.txt <<'PY'
def oops(:
    pass
PY
printf "orders = { 'number':1 }\n" >shop/ugly.py
printf 'We recieve orders and seperate teh lines.\n' >README.md
printf 'All is well.\n' >FINE.md

for VENV in "$NEW" "$OLD" "$OLDEST"; do
  case $VENV in "$NEW") age=new ;; "$OLD") age=current ;; "$OLDEST") age=old ;; esac
  record "ruff/lint-$age" "ruff check ."
  record "ruff/lint-full-$age" "ruff check --output-format=full ."
  record "ruff/lint-concise-$age" "ruff check --output-format=concise . || ruff check --output-format=text ."
  record "ruff/lint-github-$age" "ruff check --output-format=github ."
  record "ruff/lint-grouped-$age" "ruff check --output-format=grouped ."
  record "ruff/format-$age" "ruff format --check ."
  record "ruff/format-diff-$age" "ruff format --diff ."
  record "ruff/passing-$age" "ruff check shop/clean.py && ruff format --check shop/clean.py && echo 'F401 would be an error'"
  cp shop/broken.txt shop/broken.py
  record "ruff/syntax-$age" "ruff check shop/broken.py"
  record "ruff/format-syntax-$age" "ruff format --check shop/broken.py"
  rm shop/broken.py
  printf '[lint]\nselect = ["E", "XYZ9"]\n' >ruff.toml
  record "ruff/config-broken-$age" "ruff check ."
  printf 'line-lenght = 100\n' >ruff.toml
  record "ruff/config-unknown-$age" "ruff check ."
  printf 'required-version = "==0.0.1"\n' >ruff.toml
  record "ruff/config-version-$age" "ruff check ."
  rm ruff.toml
done

for VENV in "$NEW" "$OLD"; do
  age=$([ "$VENV" = "$NEW" ] && echo new || echo old)
  record "black/would-reformat-$age" "black --check ."
  record "black/would-reformat-diff-$age" "black --check --diff shop/orders.py"
  record "black/passing-$age" "black --check shop/clean.py"
  cp shop/broken.txt shop/broken.py
  record "black/cannot-parse-$age" "black --check ."
  record "flake8/syntax-$age" "flake8 shop/broken.py"
  rm shop/broken.py
  record "isort/would-sort-$age" "isort --check-only --diff ."
  record "isort/passing-$age" "isort --check-only shop/clean.py && isort --version"
  record "flake8/violation-$age" "flake8 --max-line-length=100 --count --statistics ."
  record "flake8/passing-$age" "flake8 shop/clean.py --count"
  record "pylint/message-$age" "pylint shop"
  record "pylint/score-below-$age" "pylint --fail-under=9.5 --disable=W0611,E,C0116,C0121,R,W0612 shop/orders.py shop/insecure.py; pylint --fail-under=9.5 --disable=all --enable=W0611 shop"
  record "pylint/passing-$age" "pylint shop/clean.py"
  record "mypy/error-$age" "mypy shop"
  record "mypy/error-columns-$age" "mypy --show-column-numbers --no-pretty shop"
  record "mypy/error-pretty-$age" "mypy --pretty shop"
  record "mypy/passing-$age" "mypy shop/clean.py"
  record "mypy/path-missing-$age" "mypy src"
  mkdir -p jobs tools && cp shop/clean.py jobs/clean.py && cp shop/clean.py tools/clean.py
  record "mypy/module-twice-$age" "mypy jobs/clean.py tools/clean.py"
  rm -r jobs tools
  printf '[mypy]\nplugins = mypy_django_plugin.main\n' >mypy.ini
  record "mypy/plugin-missing-$age" "mypy shop"
  printf '[mypy]\nstrict_optinal = true\n' >mypy.ini
  record "mypy/config-unknown-$age" "mypy shop"
  rm mypy.ini
  record "bandit/issue-$age" "bandit -r shop -ll"
  record "bandit/passing-$age" "bandit -r shop/clean.py"
  record "bandit/passing-low-$age" "bandit -r shop/clean.py shop/orders.py --exit-zero"
  record "codespell/misspelling-$age" "codespell README.md FINE.md"
  record "codespell/passing-$age" "codespell FINE.md"
done
VENV=$NEW
record pyright/error "pyright shop"
record pyright/passing "pyright shop/clean.py"
record pip-audit/offline "pip-audit --timeout 1 -r requirements.txt"

git init -q . && git config user.email ci@shop.example && git config user.name ci
cat >.pre-commit-config.yaml <<'YAML'
repos:
  - repo: local
    hooks:
      - id: ruff
        name: ruff (legacy alias)
        entry: ruff check
        language: system
        types: [python]
      - id: black
        name: black
        entry: black
        language: system
        types: [python]
      - id: trailing-newline
        name: fix end of files
        entry: sh -c 'echo "Fixing README.md"; echo >> README.md; exit 1'
        language: system
        pass_filenames: false
      - id: secrets
        name: look for private keys
        entry: sh -c 'exit 3'
        language: system
        pass_filenames: false
      - id: fine
        name: check yaml
        entry: "true"
        language: system
YAML
git add -A && git -c core.hooksPath=/dev/null commit -qm "Shop"
for VENV in "$NEW" "$OLD"; do
  age=$([ "$VENV" = "$NEW" ] && echo new || echo old)
  git checkout -q . 
  record "pre-commit/hook-failed-$age" "pre-commit run --all-files --color=always"
  git checkout -q .
  record "pre-commit/files-modified-$age" "pre-commit run --all-files black --show-diff-on-failure"
  git checkout -q .
  record "pre-commit/passing-$age" "pre-commit run --all-files fine"
  cp .pre-commit-config.yaml kept.yaml
  printf 'repos:\n  - repo: local\n    hooks:\n      - id: bad\n        name: bad\n        language: python\n        entry: bad\n        additional_dependencies: ["shop-lint-that-is-nowhere==9.9"]\n' >.pre-commit-config.yaml
  record "pre-commit/hook-install-failed-$age" "pre-commit run --all-files"
  printf 'repos:\n  - repo: https://shop.invalid/hooks\n    rev: v1\n    hooks:\n      - id: bad\n' >.pre-commit-config.yaml
  record "pre-commit/hook-fetch-failed-$age" "pre-commit run --all-files"
  printf 'repos:\n  - repo: local\n    hooks:\n      - id: bad\n' >.pre-commit-config.yaml
  record "pre-commit/config-broken-$age" "pre-commit run --all-files"
  rm .pre-commit-config.yaml
  record "pre-commit/config-missing-$age" "pre-commit run --all-files"
  mv kept.yaml .pre-commit-config.yaml
done

cat >rules.yml <<'YAML'
rules:
  - id: shell-true
    languages: [python]
    severity: ERROR
    message: A shell reads this command; pass a list and leave shell out.
    pattern: subprocess.call(..., shell=True, ...)
YAML
VENV=$SEMGREP
record semgrep/finding "semgrep scan --config rules.yml --error --metrics=off --disable-version-check shop"
record semgrep/passing "semgrep scan --config rules.yml --error --metrics=off --disable-version-check shop/clean.py"

mkdir -p "$WORK/shop/web/storefront/migrations"
cd "$WORK/shop/web" || exit 1
cat >manage.py <<'PY'
import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
execute_from_command_line(sys.argv)
PY
cat >settings.py <<'PY'
import os

DEBUG = os.environ.get("DEBUG") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY", "")
INSTALLED_APPS = ["django.contrib.staticfiles", "storefront"] + os.environ.get("MORE_APPS", "").split()
DATABASES = {"default": {"ENGINE": os.environ.get("ENGINE", "django.db.backends.sqlite3"), "NAME": "shop.sqlite3"}}
ROOT_URLCONF = "urls"
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ALLOWED_HOSTS = []
MIDDLEWARE = []
if os.environ.get("WITH_CSRF"):
    MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.csrf.CsrfViewMiddleware"]
if os.environ.get("MANIFEST"):
    STATIC_ROOT = "static_out"
    STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}, "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
PY
printf 'urlpatterns = []\n' >urls.py
mkdir -p storefront/static && touch storefront/static/shop.css
touch storefront/__init__.py storefront/migrations/__init__.py
cat >storefront/models.py <<'PY'
import os

from django.db import models


class Order(models.Model):
    number = models.CharField(max_length=10)
    if os.environ.get("BROKEN_FIELD"):
        broken = models.DecimalField()
    if os.environ.get("NEW_FIELD"):
        customer = models.CharField(max_length=20)
PY
for VENV in "$NEW" "$OLD"; do
  age=$([ "$VENV" = "$NEW" ] && echo new || echo old)
  rm -f shop.sqlite3 storefront/migrations/0*.py
  record "django/model-without-migration-$age" "cd web; SECRET_KEY=x python manage.py makemigrations --check --dry-run"
  SECRET_KEY=x "$VENV/bin/python" manage.py makemigrations -v0 >/dev/null
  record "django/model-field-without-migration-$age" "cd web; SECRET_KEY=x NEW_FIELD=1 python manage.py makemigrations --check"
  record "django/migrations-unapplied-$age" "cd web; SECRET_KEY=x python manage.py migrate --check"
  record "django/table-missing-$age" "cd web; SECRET_KEY=x python manage.py shell -c 'from storefront.models import Order; print(Order.objects.count())'"
  record "django/security-check-$age" "cd web; SECRET_KEY=x WITH_CSRF=1 python manage.py check --deploy --fail-level WARNING"
  record "django/security-check-warning-$age" "cd web; SECRET_KEY=x WITH_CSRF=1 python manage.py check --deploy"
  record "django/system-check-$age" "cd web; SECRET_KEY=x BROKEN_FIELD=1 python manage.py check"
  record "django/secret-key-$age" "cd web; DJANGO_SETTINGS_MODULE=settings python -c 'import django; django.setup(); from django.core.signing import dumps; dumps(1)'"
  record "django/static-root-$age" "cd web; SECRET_KEY=x python manage.py collectstatic --noinput"
  record "django/settings-unset-$age" "cd web; python -c 'from django.conf import settings; print(settings.DEBUG)'"
  record "django/settings-module-missing-$age" "cd web; DJANGO_SETTINGS_MODULE=shop.settings.ci python manage.py check"
  record "django/app-missing-$age" "cd web; SECRET_KEY=x MORE_APPS=rest_framework_nowhere python manage.py check"
  record "django/engine-missing-$age" "cd web; SECRET_KEY=x ENGINE=django.db.backends.postgresql python manage.py check"
  record "django/apps-not-ready-$age" "cd web; DJANGO_SETTINGS_MODULE=settings SECRET_KEY=x python -c 'import storefront.models'"
  record "django/static-manifest-$age" "cd web; SECRET_KEY=x MANIFEST=1 python -c 'import os; os.environ[\"DJANGO_SETTINGS_MODULE\"]=\"settings\"; import django; django.setup(); from django.templatetags.static import static; print(static(\"shop.css\"))'"
  printf 'from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("storefront", "0001_initial")]\n' >storefront/migrations/0002_a.py
  cp storefront/migrations/0002_a.py storefront/migrations/0002_b.py
  record "django/migration-conflict-$age" "cd web; SECRET_KEY=x python manage.py migrate"
  rm storefront/migrations/0002_b.py
  sed -i 's/0001_initial/0001_gone/' storefront/migrations/0002_a.py
  record "django/migration-parent-missing-$age" "cd web; SECRET_KEY=x python manage.py migrate"
  rm storefront/migrations/0002_a.py
  record "django/passing-$age" "cd web; SECRET_KEY=x python manage.py check && SECRET_KEY=x python manage.py makemigrations --check && SECRET_KEY=x python manage.py migrate"
done

cd "$WORK/shop" || exit 1
cat >openapi.yaml <<'YAML'
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /orders:
    get:
      responses:
        "200": {descripton: The orders}
YAML
printf 'openapi: 3.0.3\ninfo: {title: Shop, version: "1"}\npaths: {}\n' >fine.yaml
VENV=$NEW
record openapi/invalid "openapi-spec-validator openapi.yaml"
record openapi/valid "openapi-spec-validator fine.yaml"
git add openapi.yaml && git commit -qm "Schema"
record openapi/drift "sed -i 's#/orders#/v2/orders#' openapi.yaml && git diff --exit-code openapi.yaml"

cat >test_speed.py <<'PY'
import os
import time


def test_total(benchmark):
    benchmark.pedantic(time.sleep, (float(os.environ.get("PAUSE", "0.001")),), rounds=5)
PY
"$NEW/bin/pytest" -q test_speed.py --benchmark-save=base >/dev/null 2>&1
record benchmark/regression "PAUSE=0.02 pytest -q -p no:cacheprovider test_speed.py --benchmark-compare --benchmark-compare-fail=mean:20%"
record benchmark/passing "pytest -q -p no:cacheprovider test_speed.py --benchmark-compare"

cat >locustfile.py <<'PY'
import logging

from locust import HttpUser, constant, events, task


class Customer(HttpUser):
    host = "http://127.0.0.1:58485"
    wait_time = constant(0.1)

    @task
    def orders(self):
        self.client.get("/orders")


@events.quitting.add_listener
def judge(environment, **_):
    if environment.stats.total.fail_ratio > 0.01:
        logging.error("Test failed due to failure ratio > 1%")
        environment.process_exit_code = 1
PY
record locust/failures "locust --headless -u 2 -r 2 -t 2s --only-summary"

cat >.lintrunner.toml <<'TOML'
[[linter]]
code = 'SHOPNAME'
include_patterns = ['shop/*.py']
command = ['python', 'namelint.py', '@{{PATHSFILE}}']

[[linter]]
code = 'SHOPBROKEN'
include_patterns = ['*.md']
command = ['python', '-c', 'raise SystemExit(3)']
TOML
cat >namelint.py <<'PY'
import json

fields = ["path", "line", "char", "code", "severity", "name", "original", "replacement", "description"]
print(json.dumps(dict.fromkeys(fields) | {"path": "shop/orders.py", "line": 11, "char": 5, "code": "SHOPNAME", "severity": "error", "name": "unused-name", "description": "The name unused is never read."}))
PY
git add -A && git -c core.hooksPath=/dev/null commit -qm "Linters"
record lintrunner/lint "lintrunner --take SHOPNAME --all-files"
record lintrunner/linter-failed "lintrunner --take SHOPBROKEN --all-files"
