"""The pages: every `html_url` of the API leads to one, and nothing in them can do harm."""

from __future__ import annotations

import json
import re

import pytest
import requests

from sandbox.client import Sandbox
from tests.sandbox.conftest import SHOP, Api

HOSTILE = "</div></main><script>alert(1)</script><img src=x onerror=alert(1)> & \"quoted\" 'too'"


@pytest.fixture
def staged(sandbox: Sandbox, bot: Api) -> Sandbox:
    """A pull request with a red run and a comment, and an issue for mona."""
    sha = sandbox.push(SHOP, "discounts", {"shop/price.py": "PRICE = 2\n"}, author="mona", message="Add discounts")
    sandbox.open_pull(SHOP, "discounts", title="Add discounts", author="mona", body="For **all**.")
    run = sandbox.start_run(SHOP, sha=sha, branch="discounts", event="pull_request")
    steps = [("Set up job", "success"), ("Run pytest", "failure")]
    sandbox.add_job(SHOP, run, "test", conclusion="failure", log="first\n##[error]second\n", steps=steps)
    sandbox.finish_run(SHOP, run)
    comment = "<!-- whyred:v1 -->\n### Red\n\n<details><summary>More</summary>\n\n| a |\n|---|\n| 1 |\n\n</details>"
    bot.call("POST", f"/repos/{SHOP}/issues/1/comments", {"body": comment})
    issue = {"title": "main is red", "body": "Why", "labels": ["whyred"], "assignees": ["mona"]}
    bot.call("POST", f"/repos/{SHOP}/issues", issue)
    return sandbox


def page(address: str) -> str:
    answer = requests.get(address, timeout=5)
    assert answer.status_code == 200, address
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    return answer.text


def test_the_front_page_lists_everything(staged: Sandbox) -> None:
    html = page(f"{staged.url}/")
    for link in (f"/{SHOP}", f"/{SHOP}/pull/1", f"/{SHOP}/issues/2"):
        assert f'href="{link}"' in html


def test_a_pull_request_shows_its_conversation_and_its_checks(staged: Sandbox) -> None:
    html = page(f"{staged.url}/{SHOP}/pull/1")
    for shown in (
        "Add discounts",
        "For <strong>all</strong>.",
        "<details><summary>More</summary>",
        "<table>",
        ">Open<",
    ):
        assert shown in html
    assert "Some checks were not successful" in html
    assert "CI / test (pull_request)" in html
    assert "whyred:v1" not in html
    comment = staged.comments(SHOP, 1)[0]
    assert f'id="{comment["html_url"].partition("#")[2]}"' in html


def test_an_issue_shows_its_assignee_its_label_and_its_state(staged: Sandbox, bot: Api) -> None:
    address = f"{staged.url}/{SHOP}/issues/2"
    html = page(address)
    side = html[html.index("<aside") :]
    assert 'href="/mona">mona</a>' in side
    assert "</svg>whyred</span>" in side
    assert ">Open<" in html
    bot.call("PATCH", f"/repos/{SHOP}/issues/2", {"state": "closed"})
    assert ">Closed<" in page(address)


def test_the_wrong_kind_is_redirected(staged: Sandbox) -> None:
    assert requests.get(f"{staged.url}/{SHOP}/issues/1", timeout=5).url == f"{staged.url}/{SHOP}/pull/1"
    assert requests.get(f"{staged.url}/{SHOP}/pull/2", timeout=5).url == f"{staged.url}/{SHOP}/issues/2"


def test_lists_show_what_is_asked_for(staged: Sandbox) -> None:
    issues, pulls, closed = (page(f"{staged.url}/{SHOP}/{path}") for path in ("issues", "pulls", "issues?state=closed"))
    assert ("main is red" in issues, "Add discounts" in issues) == (True, False)
    assert ("main is red" in pulls, "Add discounts" in pulls) == (False, True)
    assert "main is red" not in closed


def test_every_page_that_the_api_names_exists(staged: Sandbox, bot: Api) -> None:
    home = f"/repos/{SHOP}"
    sha = bot.get(f"{home}/pulls/1")["head"]["sha"]
    check = {"name": "whyred", "head_sha": sha, "conclusion": "neutral", "output": {"title": "Red", "summary": "*Why*"}}
    bot.call("POST", f"{home}/check-runs", check)
    run = bot.get(f"{home}/actions/runs")["workflow_runs"][0]["id"]
    answers = [
        bot.get(home),
        bot.get(f"{home}/pulls"),
        bot.get(f"{home}/issues"),
        bot.get(f"{home}/issues/1/comments"),
        bot.get(f"{home}/actions/runs/{run}/attempts/1"),
        bot.get(f"{home}/actions/runs/{run}/attempts/1/jobs"),
        bot.get(f"{home}/commits/{sha}"),
        bot.get(f"{home}/commits/{sha}/check-runs"),
        bot.get(f"{home}/contents/shop/price.py", ref=sha),
    ]
    text = " ".join(json.dumps(answer) for answer in answers)
    found = {address.partition("#")[0] for address in re.findall(r'"(?:html|blob)_url": "([^"]+)"', text)}
    assert len(found) > 8
    for address in sorted(found):
        page(address)


def test_a_file_is_shown_on_a_branch_whose_name_has_a_slash(sandbox: Sandbox, bot: Api) -> None:
    sandbox.push(SHOP, "fix/the price", {"shop/the price.py": "PRICE = 3\n"}, author="mona")
    found = bot.get(f"/repos/{SHOP}/contents/shop/the price.py", ref="fix/the price")
    assert '<div id="L1"><a href="#L1">1</a>PRICE = 3</div>' in page(found["html_url"])
    assert requests.get(found["download_url"], timeout=5).text == "PRICE = 3\n"


def test_a_job_shows_its_steps_and_its_log(staged: Sandbox, bot: Api) -> None:
    run = bot.get(f"/repos/{SHOP}/actions/runs")["workflow_runs"][0]["id"]
    job = bot.get(f"/repos/{SHOP}/actions/runs/{run}/jobs")["jobs"][0]
    html = page(job["html_url"])
    assert 'id="step:2:1"' in html
    assert '<div id="L2" class="error">' in html
    assert 'id="L3"' not in html


def test_a_line_of_a_step_has_the_address_that_it_has_on_github(sandbox: Sandbox, bot: Api) -> None:
    sha = sandbox.push(SHOP, "main", {"a.txt": "a"}, author="mona")
    run = sandbox.start_run(SHOP, sha=sha, branch="main")
    log = b"".join(b"2026-03-02T09:14:00.1000000Z %s\n" % line for line in (b"Hosted", b"##[group]Run make", b"made"))
    steps = [("Set up job", "success"), ("Run make", "failure")]
    job = sandbox.add_job(SHOP, run, "test", conclusion="failure", log=log, steps=steps)
    html = page(f"{sandbox.url}/{SHOP}/actions/runs/{run}/job/{job}")
    assert '<div id="L3" class="plain"><a href="#L3" id="step:2:2">3</a>' in html
    told = bot.get(f"/repos/{SHOP}/actions/jobs/{job}")["steps"]
    assert told[1]["started_at"] == told[1]["completed_at"] == "2026-03-02T09:14:00Z"
    assert told[0]["started_at"] != told[1]["started_at"]


def test_a_pull_request_shows_its_diff(staged: Sandbox) -> None:
    html = page(f"{staged.url}/{SHOP}/pull/1/files")
    assert "-PRICE = 1" in html
    assert "+PRICE = 2" in html


def test_hostile_text_is_shown_and_does_nothing(sandbox: Sandbox, bot: Api) -> None:
    files = {"README.md": HOSTILE, "a<b>.py": HOSTILE}
    sha = sandbox.push(SHOP, "main", files, author="mona", message=HOSTILE)
    sandbox.push(SHOP, "topic", {"a<b>.py": "x\n"}, author="mona", message=HOSTILE)
    pull = sandbox.open_pull(SHOP, "topic", title=HOSTILE, author="mona", body=HOSTILE)
    sandbox.comment(SHOP, pull, "mona", HOSTILE)
    issue = {"title": HOSTILE, "body": HOSTILE, "labels": ["<script>alert(1)"]}
    number = bot.call("POST", f"/repos/{SHOP}/issues", issue).json()["number"]
    run = sandbox.start_run(SHOP, sha=sha, branch="main", workflow_name=HOSTILE)
    job = sandbox.add_job(SHOP, run, HOSTILE, conclusion="failure", log=HOSTILE, steps=[(HOSTILE, "failure")])
    home = f"{sandbox.url}/{SHOP}"
    for path in (
        "", f"/pull/{pull}", f"/pull/{pull}/files", f"/issues/{number}", "/issues", "/pulls", "/actions",
        f"/actions/runs/{run}", f"/actions/runs/{run}/job/{job}", f"/commit/{sha}", f"/blob/{sha}/a<b>.py",
    ):  # fmt: skip
        html = page(home + path)
        assert "<script" not in html, path
        assert not re.search(r"<[^>]*onerror", html), path
        assert html.count("</main>") == 1, path


def test_a_pull_request_shows_the_apps_check_and_its_review(staged: Sandbox, bot: Api) -> None:
    sha = staged.state(SHOP)["branches"]["discounts"]
    text = {"title": "Missed", "summary": "By **far**."}
    made = {"name": "whyred: CI", "head_sha": sha, "status": "completed", "conclusion": "neutral", "output": text}
    check = bot.call("POST", f"/repos/{SHOP}/check-runs", made).json()
    remark = {"path": "shop/price.py", "line": 1, "side": "RIGHT", "body": "```suggestion\nPRICE = 3\n```"}
    review = {"commit_id": sha, "event": "COMMENT", "body": "The fix:", "comments": [remark]}
    bot.call("POST", f"/repos/{SHOP}/pulls/1/reviews", review)
    html = page(f"{staged.url}/{SHOP}/pull/1")
    for shown in (f'href="/{SHOP}/runs/{check["id"]}">whyred: CI<', "Missed", "The fix:", "PRICE = 3", "shop/price.py"):
        assert shown in html
    assert "By <strong>far</strong>." in page(check["html_url"])


def test_pages_fetch_nothing_from_elsewhere(staged: Sandbox) -> None:
    html = page(f"{staged.url}/{SHOP}/pull/1") + page(f"{staged.url}/{SHOP}/issues/2")
    sources = set(re.findall(r'<(?:img|link|script|iframe)[^>]*(?:src|href)="([^"]+)"', html))
    assert sources
    assert all(re.match(r"/(?!/)", source) for source in sources)
    for source in sources:
        page(staged.url + source)


@pytest.mark.parametrize("path", ["/nobody", "/octo/none", f"/{SHOP}/pull/99", f"/{SHOP}/blob/main/none.py"])
def test_what_is_not_there_is_404(sandbox: Sandbox, path: str) -> None:
    assert requests.get(sandbox.url + path, timeout=5).status_code == 404
