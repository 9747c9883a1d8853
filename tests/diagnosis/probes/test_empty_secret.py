"""A secret that the log shows to be empty, or that does not hold base64."""

from __future__ import annotations

from typing import Any

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, ask

WORKFLOW = """
name: Deploy
on: [push, pull_request]
jobs:
  deploy:
    runs-on: ubuntu-latest
    env:
      KUBECONFIG_DATA: ${{ secrets.KUBECONFIG_STAGING }}
    steps:
      - name: Trigger
        env:
          HOOK: ${{ secrets.STAGING_DEPLOY_HOOK }}
        run: curl -fsS -X POST "$HOOK"
      - name: Cluster
        run: |
          mkdir -p ~/.kube
          echo "$KUBECONFIG_DATA" | base64 -d > ~/.kube/config
      - name: Inline
        run: |
          echo "deploying"
          curl -fsS -X POST "${{ secrets.ROLLBACK_HOOK }}"
      - name: Sign in
        uses: acme/sign-in@v2
        with:
          token: ${{ secrets.ACME_TOKEN }}
          region: eu
"""


SCRIPTED = """
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    env:
      HOOK: ${{ secrets.STAGING_HOOK }}
      OTHER: ${{ secrets.NOBODY_READS_IT }}
    steps:
      - name: Deploy
        run: bash scripts/deploy.sh
"""


def heading(script: str, *block: str) -> str:
    """What GitHub prints before a step's own output."""
    return "\n".join(
        [f"##[group]Run {script}", script, "shell: /usr/bin/bash -e {0}", *block, "##[endgroup]", "Failed."]
    )


def answer(
    step: str, log: str, workflow: str | Unknown = WORKFLOW, signature: str = "network/url-empty", **told: Any
) -> Answer | None:
    files: Files = {CI: workflow}
    return ask("empty_secret", files, {}, log=log, signature=signature, job="deploy", step=step, **told)


def test_the_secret_and_the_line_of_the_workflow_are_named() -> None:
    told = answer("Trigger", heading('curl -fsS -X POST "$HOOK"', "env:", "  KUBECONFIG_DATA: ***", "  HOOK:"))
    assert told
    assert told.why == (
        "The secret `STAGING_DEPLOY_HOOK` (in `HOOK`, line 11) of `.github/workflows/ci.yml` is empty in this run: the "
        "log shows nothing in its place. Runs for pull requests from forks, and those of Dependabot, get no secrets at "
        "all."
    )
    assert told.fixes[0].commands == ("gh secret set STAGING_DEPLOY_HOOK",)
    assert "`if: env.HOOK != ''`" in told.fixes[1].says


def test_an_empty_secret_of_the_whole_job_that_a_script_uses() -> None:
    log = heading("mkdir -p ~/.kube", "env:", "  KUBECONFIG_DATA: ")
    told = answer("Cluster", log, signature="kubernetes/kubeconfig-missing")
    assert told
    assert told.facts == {"empty": ["KUBECONFIG_STAGING"]}


def test_an_empty_secret_of_the_whole_job_that_a_called_script_uses() -> None:
    files: Files = {CI: SCRIPTED, "scripts/deploy.sh": 'curl -fsS -X POST "$HOOK"\n'}
    log = heading("bash scripts/deploy.sh", "env:", "  HOOK:", "  OTHER:")
    told = ask("empty_secret", files, {}, log=log, signature="network/url-empty", job="deploy", step="Deploy")
    assert told
    assert told.facts == {"empty": ["STAGING_HOOK"]}


def test_a_secret_that_is_written_into_the_script() -> None:
    log = heading('echo "deploying"\ncurl -fsS -X POST ""')
    told = answer("Inline", log)
    assert told
    assert told.facts == {"empty": ["ROLLBACK_HOOK"]}
    assert told.places[0].line == 20


def test_an_input_of_an_action_and_a_variable_of_the_repository() -> None:
    workflow = WORKFLOW.replace("secrets.ACME_TOKEN", "vars.ACME_ACCOUNT").replace("[push, pull_request]", "push")
    log = "##[group]Run acme/sign-in@v2\nwith:\n  token:\n  region: eu\n##[endgroup]\nError: no token\n"
    told = answer("Sign in", log, workflow, "http/unauthorised")
    assert told
    assert "The variable `ACME_ACCOUNT` (in `token`, line 24)" in told.why
    assert "forks" not in told.why
    assert [fix.commands for fix in told.fixes] == [("gh variable set ACME_ACCOUNT",)]


def test_a_secret_that_is_there_and_is_no_base64() -> None:
    log = heading("mkdir -p ~/.kube", "env:", "  KUBECONFIG_DATA: ***")
    told = answer("Cluster", log, signature="secrets/base64-invalid")
    assert told
    assert "decodes the secret `KUBECONFIG_STAGING` (`.github/workflows/ci.yml` line 7)" in told.why
    assert told.fixes[0].commands == ("base64 -w 0 FILE | gh secret set KUBECONFIG_STAGING",)


def test_a_signing_key_that_the_script_names_itself() -> None:
    workflow = WORKFLOW.replace("secrets.ROLLBACK_HOOK }}", "secrets.SIGNING_KEY }}").replace(
        "curl -fsS -X POST", "base64 --decode > key.p12 <<<"
    )
    log = heading('echo "deploying"\nbase64 --decode > key.p12 <<< "***"')
    told = answer("Inline", log, workflow, "secrets/base64-invalid")
    assert told
    assert told.facts == {"secret": "SIGNING_KEY"}
    assert told.places[0].line == 20


@pytest.mark.parametrize(
    ("step", "log", "workflow"),
    [
        pytest.param("Trigger", heading("curl", "env:", "  HOOK: ***"), WORKFLOW, id="it has a value"),
        pytest.param("Trigger", "curl: (3) no host part\n  HOOK:\n", WORKFLOW, id="the heading is not in the log"),
        pytest.param(
            "Trigger",
            heading("curl", "env:", "  KUBECONFIG_DATA:", "  HOOK: ***"),
            WORKFLOW.partition("      - name: Cl")[0],
            id="an empty one that no script uses",
        ),
        pytest.param(
            "Trigger",
            heading("curl", "env:", "  HOOK:"),
            WORKFLOW.replace("${{ secrets.STAGING_DEPLOY_HOOK }}", "${{ steps.hook.outputs.url }}"),
            id="it comes from another step",
        ),
        pytest.param(
            "Trigger",
            heading("curl", "env:", "  HOOK:"),
            WORKFLOW.replace("${{ secrets.STAGING_DEPLOY_HOOK }}", '""'),
            id="it is empty in the file",
        ),
        pytest.param(
            "Inline", heading('echo "deploying"\ncurl -fsS -X POST "***"'), WORKFLOW, id="masked in the script"
        ),
        pytest.param("Another", heading("curl", "env:", "  HOOK:"), WORKFLOW, id="no such step"),
        pytest.param(
            "Trigger", heading("curl", "env:", "  HOOK:"), Unknown("forbidden"), id="the workflow is not known"
        ),
    ],
)
def test_silent_where_the_log_does_not_show_it(step: str, log: str, workflow: str | Unknown) -> None:
    assert answer(step, log, workflow) is None


def test_silent_about_base64_that_another_program_decodes() -> None:
    log = heading("python decode.py", "env:", "  KUBECONFIG_DATA: ***")
    workflow = WORKFLOW.replace("| base64 -d >", "| python decode.py >")
    assert answer("Cluster", log, workflow, "secrets/base64-invalid") is None
