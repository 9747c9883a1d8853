"""A smoke test that is refused: its credentials and the migration of its user."""

from __future__ import annotations

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, ask

WORKFLOW = """
name: Deploy
on: push
jobs:
  smoke:
    runs-on: ubuntu-latest
    steps:
      - name: Smoke test
        env:
          BASE_URL: ${{ secrets.STAGING_URL }}
          SMOKE_USERNAME: ${{ secrets.SMOKE_TEST_USERNAME }}
          SMOKE_PASSWORD: ${{ secrets.SMOKE_TEST_PASSWORD }}
        run: ./scripts/smoke.sh
"""
FILES: Files = {
    CI: WORKFLOW,
    "alembic.ini": "[alembic]\n",
    "alembic/versions/20260101_orders.py": "",
    "alembic/versions/20260220_create_smoke_test_user.py": "",
}
BARE = """
on: push
jobs:
  smoke:
    runs-on: ubuntu-latest
    steps:
      - name: Smoke test
        run: |
          curl -fsS "$BASE_URL/health"
          curl -fsS https://staging.shop.example/api/orders
"""


def answer(files: Files | Tree = FILES, step: str = "Smoke test") -> Answer | None:
    return ask("smoke_credentials", files, {"status": "401"}, signature="smoke/unauthorised", job="smoke", step=step)


def test_the_secrets_and_the_migration_are_named() -> None:
    told = answer()
    assert told
    assert told.why == (
        "The service answers, so the deployment is up: it refuses who signs in. The step signs in with the secrets "
        "`SMOKE_TEST_USERNAME` (line 10), `SMOKE_TEST_PASSWORD` (line 11) of `.github/workflows/ci.yml`. The user is "
        "created by the migration `alembic/versions/20260220_create_smoke_test_user.py`, and no step of this workflow "
        "runs migrations by itself."
    )
    assert told.fixes[1].commands == ("alembic upgrade head",)


def test_a_migration_that_says_it_and_a_job_that_runs_it() -> None:
    """Django, a token in the script, the user among the migration's words."""
    files = {
        CI: """
            on: push
            jobs:
                smoke:
                    runs-on: ubuntu-latest
                    steps:
                        - run: python backend/manage.py migrate
                        - name: Verify the deployment
                          run: |
                              curl -H "Authorization: Bearer ${{ secrets.PROBE_TOKEN }}" https://shop.example/api
            """,
        "backend/manage.py": "",
        "backend/accounts/migrations/0007_seed_accounts.py": 'NAME = "smoke"\n',
        "backend/accounts/migrations/0001_user.py": "",
    }
    told = answer(files, "Verify the deployment")
    assert told
    assert "`PROBE_TOKEN` (line 9)" in told.why
    assert "`backend/accounts/migrations/0007_seed_accounts.py`, which the job `smoke` runs in line 6" in told.why
    assert told.fixes[1].commands == ("python manage.py migrate",)


def test_a_step_that_sends_no_credentials_at_all() -> None:
    told = answer({CI: BARE})
    assert told
    assert "line 6) sends no credentials, and what it asks for wants a login." in told.why


@pytest.mark.parametrize(
    ("files", "step"),
    [
        pytest.param({CI: BARE.replace("curl -fsS https", "curl -u a:b https")}, "Smoke test", id="it sends some"),
        pytest.param({CI: BARE.replace("curl -fsS https", 'curl -H "$AUTH" https')}, "Smoke test", id="a header"),
        pytest.param({CI: BARE.replace("curl -fsS https", "python smoke.py https")}, "Smoke test", id="a script"),
        pytest.param({CI: BARE.replace("Smoke test", "Publish")}, "Publish", id="no smoke test"),
        pytest.param({CI: BARE}, "Unit tests", id="no such step"),
        pytest.param({CI: Unknown("forbidden")}, "Smoke test", id="the workflow is not known"),
        pytest.param({"README.md": ""}, "Smoke test", id="no workflow"),
    ],
)
def test_silent_where_the_step_does_not_show_it(files: Files, step: str) -> None:
    assert answer(files, step) is None


def test_no_migration_is_named_where_several_may_be_meant() -> None:
    told = answer({**FILES, "alembic/versions/20260301_smoke_user_role.py": ""})
    assert told
    assert "migration" not in told.why


SCRIPTED = """
name: Deploy
on: push
env:
  CARRIER: ${{ secrets.CARRIER_TOKEN }}
jobs:
  smoke:
    runs-on: ubuntu-latest
    env:
      READER_PASSWORD: ${{ secrets.READER_PASSWORD }}
    steps:
      - name: Smoke test
        run: bash scripts/smoke.sh https://staging.shop.example
"""


def test_the_variables_of_a_script_that_the_step_calls_are_its_own() -> None:
    told = answer({CI: SCRIPTED, "scripts/smoke.sh": 'curl --user "reader:$READER_PASSWORD" "$1/loans"\n'})
    assert told
    assert told.facts == {"secrets": ["READER_PASSWORD"]}
