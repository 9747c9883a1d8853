"""The control plane in Python: `Sandbox(url)` does what people and runners do, and reads what the bot did.

    sandbox = Sandbox("http://127.0.0.1:8080")  # where `python -m sandbox --port 8080 --logs-port 8081 ...` listens
    sandbox.wait_until_ready()
    sandbox.create_repository("octo/shop", {"README.md": "# Shop"}, assignable=["mona"])  # the App is installed there
    sha = sandbox.push("octo/shop", "discounts", {"shop.py": "PRICE = 1"}, message="Add discounts", author="mona")
    number = sandbox.open_pull("octo/shop", "discounts", title="Add discounts", author="mona")
    run = sandbox.start_run("octo/shop", sha=sha, branch="discounts", event="pull_request")
    steps = [("Set up job", "success"), ("Run pytest", "failure")]
    sandbox.add_job("octo/shop", run, "test", conclusion="failure", log=b"...", steps=steps)
    sandbox.finish_run("octo/shop", run)  # delivers the webhook: {"delivery": 1013, "status_code": 202, "status": "OK"}
    sandbox.comments("octo/shop", number)  # what the bot said

From a fork: `fork = sandbox.fork("octo/shop", "hubert")`, push to it, and give `head_repository=fork` to `open_pull`
and `start_run`. A run without jobs, as of a workflow file that is no YAML: `start_run(..., workflow_name=THE_FILE)`
and `finish_run("octo/shop", run, "failure")`. A re-run: `rerun`, then `add_job` and `finish_run` again.
"""

# ruff: noqa: PLR0913 - what GitHub knows of a run or a job are many fields, each given by its name

from __future__ import annotations

import base64
import time
from collections.abc import Mapping, Sequence
from typing import Any

import requests


def packed(data: str | bytes) -> str:
    """Bytes as they travel."""
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


class Sandbox:
    """A running sandbox at `url` (http://127.0.0.1:PORT). Repositories are named `owner/name` throughout."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False

    def wait_until_ready(self, seconds: float = 10.0) -> None:
        """Return as soon as the server answers."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.session.get(f"{self.url}/_sandbox/ready", timeout=1).raise_for_status()
            except requests.RequestException:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return

    def act(self, verb: str, **told: Any) -> dict[str, Any]:
        """Any verb of the control plane; the methods below spell out their arguments."""
        answer = self.session.post(f"{self.url}/_sandbox/{verb}", json=told, timeout=60)
        answer.raise_for_status()
        content: dict[str, Any] = answer.json()
        return content

    def install(self, account: str, permissions: Mapping[str, str] | None = None) -> int:
        """Install the App on an account, or change its permissions there; the installation's id."""
        return int(self.act("install", account=account, permissions=permissions)["installation"])

    def create_repository(
        self,
        name: str,
        files: Mapping[str, str | bytes] | None = None,
        *,
        private: bool = False,
        default_branch: str = "main",
        assignable: Sequence[str] = (),
        issues_enabled: bool = True,
        required_checks: Sequence[str] = (),
        protected_checks: Sequence[str] = (),
        installed: bool = True,
    ) -> int:
        """A repository with a first commit, on an account that has the App; its id."""
        if installed:
            self.install(name.split("/", maxsplit=1)[0])
        made = self.act(
            "create_repository",
            name=name,
            private=private,
            default_branch=default_branch,
            assignable=list(assignable),
            issues_enabled=issues_enabled,
            required_checks=list(required_checks),
            protected_checks=list(protected_checks),
        )
        self.push(name, default_branch, files or {"README.md": f"# {name}\n"}, message="First commit")
        return int(made["id"])

    def push(
        self,
        repository: str,
        branch: str,
        files: Mapping[str, str | bytes | None],
        *,
        message: str = "Change files",
        author: str | None = None,
        start: str | None = None,
    ) -> str:
        """A commit on a branch, made if need be from `start` or the default branch; its sha. None removes a file."""
        content = {path: None if data is None else packed(data) for path, data in files.items()}
        told = {"message": message, "author": author, "start": start}
        return str(self.act("push", repository=repository, branch=branch, files=content, **told)["sha"])

    def fork(self, repository: str, owner: str) -> str:
        """A fork; its name."""
        return str(self.act("fork", repository=repository, owner=owner)["name"])

    def open_pull(
        self,
        repository: str,
        branch: str,
        *,
        title: str = "A change",
        author: str = "octo-author",
        body: str | None = None,
        head_repository: str | None = None,
        draft: bool = False,
    ) -> int:
        """A pull request into the default branch; its number."""
        told = {"title": title, "author": author, "body": body, "head_repository": head_repository, "draft": draft}
        return int(self.act("open_pull", repository=repository, branch=branch, **told)["number"])

    def open_issue(self, repository: str, title: str, *, author: str, body: str | None = None) -> int:
        """An issue by a person; its number."""
        return int(self.act("open_issue", repository=repository, title=title, author=author, body=body)["number"])

    def close(self, repository: str, number: int, *, merged: bool = False) -> None:
        """Close an issue or a pull request."""
        self.act("close", repository=repository, number=number, merged=merged)

    def make_ready(self, repository: str, number: int) -> None:
        """Say that a draft is ready for review."""
        self.act("make_ready", repository=repository, number=number)

    def comment(self, repository: str, number: int, author: str, body: str) -> int:
        """A comment by a person; its id."""
        return int(self.act("comment", repository=repository, number=number, author=author, body=body)["id"])

    def start_run(
        self,
        repository: str,
        *,
        sha: str,
        branch: str,
        event: str = "push",
        workflow_path: str = ".github/workflows/ci.yml",
        workflow_name: str = "CI",
        head_repository: str | None = None,
        actor: str | None = None,
        run_name: str | None = None,
        deliver: bool = False,
    ) -> int:
        """A run without jobs; its id. `deliver` sends `workflow_run` requested.

        `run_name`: what the workflow's `run-name` comes to, which is then the run's name and title.
        """
        told = {"event": event, "workflow_path": workflow_path, "workflow_name": workflow_name, "actor": actor}
        told |= {"head_repository": head_repository, "sha": sha, "branch": branch, "run_name": run_name}
        return int(self.act("start_run", repository=repository, deliver=deliver, **told)["run"])

    def add_job(
        self,
        repository: str,
        run: int,
        name: str,
        *,
        conclusion: str | None = "success",
        status: str = "completed",
        log: str | bytes = b"",
        log_state: str = "available",
        steps: Sequence[tuple[str, str]] = (),
        annotations: Sequence[Mapping[str, Any]] = (),
        seconds: int = 42,
    ) -> int:
        """A job of the latest attempt; its id, which is its check run's too.

        `log_state`: available, expired (410), absent (404), no-blob (302 and then the blob store's 404).
        `steps`: names with conclusions. `annotations`: path, start_line, message, and level, title, raw_details.
        """
        told: dict[str, Any] = {"conclusion": conclusion, "status": status, "seconds": seconds}
        told |= {"log": packed(log), "log_state": log_state}
        remarks = [dict(one) for one in annotations]
        made = self.act(
            "add_job", repository=repository, run=run, name=name, steps=list(steps), annotations=remarks, **told
        )
        return int(made["job"])

    def add_artifact(
        self,
        repository: str,
        run: int,
        name: str,
        files: Mapping[str, str | bytes],
        *,
        expired: bool = False,
        created_at: str | None = None,
    ) -> int:
        """Files that the run hands in under a name, now unless told; the artifact's id."""
        content = {path: packed(data) for path, data in files.items()}
        told = {"name": name, "files": content, "expired": expired, "created_at": created_at}
        made = self.act("add_artifact", repository=repository, run=run, **told)
        return int(made["artifact"])

    def finish_run(
        self, repository: str, run: int, conclusion: str | None = None, *, deliver: bool = True
    ) -> dict[str, Any]:
        """Complete the latest attempt and send `workflow_run` completed: delivery, status_code, status."""
        return self.act("finish_run", repository=repository, run=run, conclusion=conclusion, deliver=deliver)

    def run_event(self, repository: str, run: int, action: str, *, attempt: int = 1) -> dict[str, Any]:
        """Send a `workflow_run` event of an attempt as it stands, in whatever order a test likes."""
        return self.act("run_event", repository=repository, run=run, action=action, attempt=attempt, deliver=True)

    def job_event(self, repository: str, run: int, job: int, action: str) -> dict[str, Any]:
        """Send a `workflow_job` event of a job as it stands."""
        return self.act("job_event", repository=repository, run=run, job=job, action=action, deliver=True)

    def rerun(self, repository: str, run: int, *, actor: str = "octo-author") -> int:
        """Begin another attempt, with the jobs that passed carried over; its number."""
        return int(self.act("rerun", repository=repository, run=run, actor=actor)["attempt"])

    def set_run(self, repository: str, run: int, **changes: Any) -> None:
        """Change fields of a run (`name`, `linked`, `head_branch`, ...)."""
        self.act("set_run", repository=repository, run=run, **changes)

    def press(self, repository: str, check_run: int, button: str | None, *, sender: str) -> dict[str, Any]:
        """Press a button of the App's check run, or GitHub's own "Re-run" (None); sends `check_run`."""
        return self.act("press", repository=repository, check_run=check_run, button=button, sender=sender)

    def grant(self, repository: str, login: str, role: str) -> None:
        """Let somebody be admin, maintain, write, triage or read in a repository."""
        self.act("grant", repository=repository, login=login, role=role)

    def uninstall(self, account: str, repository: str | None = None) -> dict[str, Any]:
        """Take the App off an account, or off one of its repositories; sends the event."""
        return self.act("uninstall", account=account, repository=repository)

    def ping(self) -> dict[str, Any]:
        """Send `ping`."""
        return self.act("ping", deliver=True)

    def send(self, event: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Sign and send any payload."""
        return self.act("send", event=event, payload=payload)

    def resend(self, delivery: int) -> dict[str, Any]:
        """Send a delivery again under its GUID."""
        return self.act("resend", delivery=delivery)

    def deliveries(self) -> list[dict[str, Any]]:
        """All deliveries, oldest first."""
        return list(self.act("deliveries")["deliveries"])

    def set_hook(self, url: str | None, secret: str | None = None) -> None:
        """Where webhooks go from now on, and the secret that signs them."""
        self.act("hook", url=url, secret=secret)

    def user_token(self, login: str, permissions: Mapping[str, str] | None = None) -> str:
        """A personal token."""
        return str(self.act("token", login=login, permissions=permissions)["token"])

    def fault(self, kind: str, method: str, path: str, **options: Any) -> None:
        """Order a fault (sandbox/faults.py); options: count, after, status, seconds, location, headers, message."""
        self.act("fault", kind=kind, method=method, path=path, **options)

    def clear(self) -> None:
        """No faults, no recorded requests."""
        self.act("clear")

    def reset(self) -> None:
        """Begin anew: no repositories, installations, deliveries, faults, recorded requests or violations."""
        self.act("reset")

    def requests(self, method: str | None = None, path: str | None = None) -> list[dict[str, Any]]:
        """The recorded requests, of a method and with a piece of path if told; `host` is api or logs."""
        return [
            one
            for one in self.act("requests")["requests"]
            if method in (None, one["method"]) and (path is None or path in one["path"])
        ]

    def violations(self) -> list[str]:
        """What the referee saw; always empty without --referee."""
        return list(self.act("referee")["violations"])

    def state(self, repository: str) -> dict[str, Any]:
        """`issues` (pull requests too, each with its `comment_list`), `check_runs`, `branches`, `id`."""
        return self.act("state", repository=repository)

    def comments(self, repository: str, number: int) -> list[dict[str, Any]]:
        """The comments of an issue or pull request, as the API shows them."""
        found = next(one for one in self.state(repository)["issues"] if one["number"] == number)
        return list(found["comment_list"])

    def reviews(self, repository: str, number: int) -> list[dict[str, Any]]:
        """The reviews of a pull request as the API shows them, oldest first, with their `comments`."""
        found = next(one for one in self.state(repository)["issues"] if one["number"] == number)
        return list(found["review_list"])

    def check_runs(self, repository: str) -> list[dict[str, Any]]:
        """The App's check runs as the API shows them, oldest first, with their `annotation_list` and `actions`."""
        return list(self.state(repository)["check_runs"])

    def issues(self, repository: str) -> list[dict[str, Any]]:
        """The issues that are no pull requests."""
        return [one for one in self.state(repository)["issues"] if "pull_request" not in one]
