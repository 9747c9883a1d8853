"""The control plane, `/_sandbox/...`: no part of GitHub, but the hands by which tests and demonstrations work it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify, request

from sandbox import payloads, stage, webhooks
from sandbox.auth import user_token
from sandbox.faults import Fault, Faults
from sandbox.http import Answer, empty
from sandbox.middleware import Recorder
from sandbox.problems import ApiError
from sandbox.referee_log import Violations
from sandbox.shapes import actions, issues, reviews
from sandbox.state.actions import Annotation, Run
from sandbox.state.conversation import Issue
from sandbox.state.world import Delivery, Repository, World

Told = dict[str, Any]


class Control:
    """Each public method is a verb of the control plane; its arguments are the JSON object that is sent."""

    def __init__(
        self, world: World, faults: Faults, recorder: Recorder, violations: Violations, *, refereed: bool
    ) -> None:
        self.refereed = refereed
        self.world = world
        self.faults = faults
        self.recorder = recorder
        self.violations = violations

    def repository(self, name: str) -> Repository:
        found = self.world.repository(name)
        if found is None:
            raise ApiError(404, f"no repository {name}")
        return found

    def run(self, repository: str, run: int) -> tuple[Repository, Run]:
        home = self.repository(repository)
        return home, home.runs[run]

    def issue(self, repository: str, number: int) -> tuple[Repository, Issue]:
        home = self.repository(repository)
        return home, home.issues[number]

    def install(self, account: str, permissions: dict[str, str] | None = None) -> Told:
        with self.world.lock:
            return {"installation": stage.install(self.world, account, permissions).id}

    def create_repository(self, name: str, assignable: list[str], **options: Any) -> Told:
        with self.world.lock:
            issues_enabled = options.pop("issues_enabled", True)
            required, protected = options.pop("required_checks", []), options.pop("protected_checks", [])
            record = stage.create_repository(self.world, name, **options)
            record.assignable.update(self.world.user(login).login for login in assignable)
            record.issues_enabled, record.required_checks = issues_enabled, required
            record.protected_checks = protected
            return {"id": record.id, "name": record.full_name}

    def fork(self, repository: str, owner: str) -> Told:
        with self.world.lock:
            record = stage.fork(self.world, self.repository(repository), owner)
            return {"id": record.id, "name": record.full_name}

    def push(self, repository: str, branch: str, files: dict[str, str | None], **options: Any) -> Told:
        content = {path: None if data is None else base64.b64decode(data) for path, data in files.items()}
        with self.world.lock:
            commit = stage.push(self.world, self.repository(repository), branch, content, **options)
            return {"sha": commit.sha}

    def open_pull(self, repository: str, branch: str, head_repository: str | None = None, **options: Any) -> Told:
        with self.world.lock:
            head = self.repository(head_repository) if head_repository else None
            home = self.repository(repository)
            return {"number": stage.open_pull(self.world, home, branch, head_repository=head, **options).number}

    def open_issue(self, repository: str, title: str, author: str, body: str | None = None) -> Told:
        with self.world.lock:
            return {"number": stage.open_issue(self.world, self.repository(repository), title, author, body).number}

    def close(self, repository: str, number: int, merged: bool = False) -> Told:
        with self.world.lock:
            stage.close(self.world, *self.issue(repository, number), merged=merged)
            return {}

    def make_ready(self, repository: str, number: int) -> Told:
        with self.world.lock:
            stage.make_ready(self.world, *self.issue(repository, number))
            return {}

    def comment(self, repository: str, number: int, author: str, body: str) -> Told:
        with self.world.lock:
            return {"id": stage.say(self.world, *self.issue(repository, number), author, body).id}

    def start_run(self, repository: str, deliver: bool, head_repository: str | None = None, **options: Any) -> Told:
        with self.world.lock:
            head = self.repository(head_repository) if head_repository else None
            home = self.repository(repository)
            run, delivery = stage.start_run(self.world, home, head_repository=head, **options)
        return {"run": run.id, **self.deliver(delivery, deliver)}

    def add_job(self, repository: str, run: int, name: str, log: str, annotations: list[Told], **options: Any) -> Told:
        with self.world.lock:
            _, record = self.run(repository, run)
            remarks = [Annotation(**one) for one in annotations]
            job = stage.add_job(self.world, record, name, log=base64.b64decode(log), annotations=remarks, **options)
            return {"job": job.id}

    def add_artifact(self, repository: str, run: int, files: dict[str, str], **told: Any) -> Told:
        with self.world.lock:
            _, record = self.run(repository, run)
            content = {path: base64.b64decode(data) for path, data in files.items()}
            return {"artifact": stage.add_artifact(self.world, record, files=content, **told).id}

    def finish_run(self, repository: str, run: int, conclusion: str | None, deliver: bool) -> Told:
        with self.world.lock:
            home, record = self.run(repository, run)
            delivery = stage.finish_run(self.world, home, record, conclusion)
        return self.deliver(delivery, deliver)

    def run_event(self, repository: str, run: int, action: str, attempt: int, deliver: bool) -> Told:
        with self.world.lock:
            home, record = self.run(repository, run)
            delivery = webhooks.run_event(self.world, home, record, record.attempts[attempt - 1], action)
        return self.deliver(delivery, deliver)

    def job_event(self, repository: str, run: int, job: int, action: str, deliver: bool) -> Told:
        with self.world.lock:
            home, record = self.run(repository, run)
            found = next(each for one in record.attempts for each in one.jobs if each.id == job)
            delivery = webhooks.job_event(self.world, home, record, found, action)
        return self.deliver(delivery, deliver)

    def rerun(self, repository: str, run: int, actor: str) -> Told:
        with self.world.lock:
            return {"attempt": stage.begin_attempt(self.world, *self.run(repository, run), actor).number}

    def set_run(self, repository: str, run: int, **changes: Any) -> Told:
        with self.world.lock:
            _, record = self.run(repository, run)
            for name, value in changes.items():
                setattr(record, name, value)
            return {}

    def press(self, repository: str, check_run: int, sender: str, button: str | None) -> Told:
        with self.world.lock:
            home = self.repository(repository)
            record = home.check_runs[check_run]
            record.suite_queued = record.suite_queued or button is None
            payload = payloads.check_run(self.world, home, record, sender, button)
            delivery = webhooks.record(self.world, "check_run", payload)
        return self.deliver(delivery, True)

    def grant(self, repository: str, login: str, role: str) -> Told:
        with self.world.lock:
            self.repository(repository).roles[self.world.user(login).login] = role
            return {}

    def uninstall(self, account: str, repository: str | None) -> Told:
        with self.world.lock:
            found = next(one for one in self.world.installations.values() if one.account == account)
            if repository:
                home = self.repository(repository)
                name, payload = "installation_repositories", payloads.repository_removed(self.world, found, home)
                found.repositories.remove(home.id)
            else:
                name, payload = "installation", payloads.uninstalled(self.world, found)
                del self.world.installations[found.id]
            delivery = webhooks.record(self.world, name, payload)
        return self.deliver(delivery, True)

    def ping(self, deliver: bool) -> Told:
        with self.world.lock:
            delivery = webhooks.record(self.world, "ping", payloads.ping(self.world))
        return self.deliver(delivery, deliver)

    def send(self, event: str, payload: Told) -> Told:
        with self.world.lock:
            delivery = webhooks.record(self.world, event, payload)
            delivery.foreign = True
        return self.deliver(delivery, True)

    def resend(self, delivery: int) -> Told:
        with self.world.lock:
            sent = self.world.deliveries[delivery]
            again = webhooks.record(self.world, sent.event, sent.payload, sent.guid)
        return self.deliver(again, True)

    def deliver(self, delivery: Delivery | None, wanted: bool) -> Told:
        if delivery and not wanted:
            # GitHub lists what it sent; an event that nobody asked to send never was one.
            with self.world.lock:
                del self.world.deliveries[delivery.id]
        if delivery is None or not wanted:
            return {"delivery": None, "status_code": 0}
        webhooks.send(delivery, self.world.hook_url)
        return {"delivery": delivery.id, "status_code": delivery.status_code, "status": delivery.status}

    def deliveries(self) -> Told:
        with self.world.lock:
            return {"deliveries": [asdict(one) for one in self.world.deliveries.values()]}

    def hook(self, url: str | None, secret: str | None = None) -> Told:
        with self.world.lock:
            self.world.hook_url = url
            self.world.webhook_secret = secret or self.world.webhook_secret
            return {}

    def token(self, login: str, permissions: dict[str, str] | None = None) -> Told:
        with self.world.lock:
            return {"token": user_token(self.world, self.world.user(login).login, permissions)}

    def fault(self, **told: Any) -> Told:
        self.faults.add(Fault(**told))
        return {}

    def clear(self) -> Told:
        self.faults.clear()
        self.recorder.clear()
        return {}

    def reset(self) -> Told:
        self.clear()
        self.violations.clear()
        with self.world.lock:
            self.world.forget()
        return {}

    def requests(self) -> Told:
        with self.recorder.lock:
            return {"requests": [asdict(one) for one in self.recorder.requests]}

    def referee(self) -> Told:
        """What the referee saw in exchanges and in the webhooks that were written from the state."""
        found = self.violations.found()
        if self.refereed:
            from sandbox.referee import referee

            with self.world.lock:
                sent = [one for one in self.world.deliveries.values() if not one.foreign]
            found += [line for one in sent for line in referee().judge_payload(one.event, one.action, one.payload)]
        return {"violations": found}

    def state(self, repository: str) -> Told:
        """The issues with their comments, and the App's check runs, as the API shows them."""
        with self.world.lock:
            home = self.repository(repository)
            shown = [
                {
                    **issues.issue(self.world, home, one),
                    "comment_list": [issues.comment(self.world, home, one, each) for each in one.comments],
                    "review_list": [
                        {
                            **reviews.review(self.world, home, one, each),
                            "comments": [asdict(said) for said in each.comments],
                        }
                        for each in (one.pull.reviews if one.pull else [])
                    ],
                }
                for one in home.issues.values()
            ]
            checks = [
                {
                    **actions.check_run(self.world, home, one),
                    "actions": one.actions,
                    "suite_queued": one.suite_queued,
                    "annotation_list": [asdict(each) for each in one.annotations],
                }
                for one in home.check_runs.values()
            ]
            return {"id": home.id, "branches": home.branches, "issues": shown, "check_runs": checks}


def blueprint(control: Control) -> Blueprint:
    """The verbs, each at `POST /_sandbox/VERB`."""
    routes = Blueprint("control", __name__, url_prefix="/_sandbox")
    verbs: dict[str, Callable[..., Told]] = {
        verb.__name__: verb
        for verb in (
            control.install, control.create_repository, control.fork, control.push, control.open_pull,
            control.open_issue, control.close, control.make_ready, control.comment, control.start_run, control.add_job,
            control.add_artifact,
            control.finish_run, control.run_event, control.job_event, control.rerun, control.set_run,
            control.press, control.grant, control.uninstall,
            control.ping, control.send, control.resend, control.deliveries, control.hook, control.token,
            control.fault, control.clear, control.reset, control.requests, control.referee, control.state,
        )
    }  # fmt: skip

    @routes.post("/<verb>")
    def act(verb: str) -> Answer:
        """Do what the verb says."""
        if verb not in verbs:
            raise ApiError(404, f"no verb {verb}")
        return jsonify(verbs[verb](**request.get_json()))

    @routes.get("/violations")
    def violations() -> Answer:
        """What the referee saw."""
        return jsonify(control.referee()["violations"])

    @routes.get("/ready")
    def ready() -> Answer:
        """204 as soon as requests are answered."""
        return empty()

    return routes
