"""What people and runners do to GitHub, for tests and demonstrations: push, fork, open, run, comment."""

# ruff: noqa: PLR0913 - what GitHub knows of a run or a job are many fields, each given by its name

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sandbox import webhooks
from sandbox.clocks import placed
from sandbox.git import Commit
from sandbox.state.actions import Annotation, Artifact, Attempt, Job, LogState, Run, Step, Workflow
from sandbox.state.conversation import Comment, Issue, Pull
from sandbox.state.times import noted, now
from sandbox.state.world import FULL_PERMISSIONS, Delivery, Installation, Repository, World


def install(world: World, account: str, permissions: Mapping[str, str] | None = None) -> Installation:
    """Put the App on an account, or change what it may do there."""
    found = next((one for one in world.installations.values() if one.account == account), None)
    if found is None:
        found = Installation(world.next_id(), account, dict(permissions or FULL_PERMISSIONS))
        found.repositories = {one.id for one in world.repositories.values() if one.owner == account}
        world.installations[found.id] = found
    elif permissions is not None:
        found.permissions = dict(permissions)
    return found


def create_repository(
    world: World, full_name: str, *, private: bool = False, default_branch: str = "main"
) -> Repository:
    """An empty repository; the owner may be assigned. An account that has the App has it here too."""
    owner, name = full_name.split("/")
    record = Repository(world.next_id(), owner, name, private, default_branch)
    record.assignable.add(world.user(owner).login)
    world.repositories[record.id] = record
    for installation in world.installations.values():
        if installation.account == owner:
            installation.repositories.add(record.id)
    return record


def push(
    world: World,
    home: Repository,
    branch: str,
    files: Mapping[str, bytes | None],
    *,
    message: str = "Change files",
    author: str | None = None,
    start: str | None = None,
) -> Commit:
    """A commit on a branch (begun at `start`, else at the default branch): files by path, None to remove one."""
    parent = home.commit(branch if branch in home.branches else start or home.default_branch)
    content = dict(parent.files) if parent else {}
    for path, data in files.items():
        if data is None:
            content.pop(path, None)
        else:
            content[path] = data
    commit = Commit(content, message, author or home.owner, now(), (parent.sha,) if parent else ())
    world.user(commit.author)
    home.commits[commit.sha] = commit
    home.branches[branch] = commit.sha
    follow_branch(world, home, branch, commit)
    return commit


def follow_branch(world: World, head: Repository, branch: str, commit: Commit) -> None:
    """Move the open pull requests whose head the branch is."""
    for home in world.repositories.values():
        for issue in home.issues.values():
            pull = issue.pull
            if pull and issue.state == "open" and (pull.head_repository, pull.head) == (head.id, branch):
                before, pull.head_sha = pull.head_sha, commit.sha
                home.commits[commit.sha] = commit
                webhooks.pull_event(world, home, issue, "synchronize", before)


def fork(world: World, parent: Repository, owner: str) -> Repository:
    """A copy under another owner, without the App."""
    copy = Repository(world.next_id(), owner, parent.name, parent.private, parent.default_branch, parent.id)
    copy.commits, copy.branches = dict(parent.commits), dict(parent.branches)
    world.user(owner)
    world.repositories[copy.id] = copy
    return copy


def open_pull(
    world: World,
    home: Repository,
    branch: str,
    *,
    title: str,
    author: str,
    body: str | None = None,
    head_repository: Repository | None = None,
    draft: bool = False,
) -> Issue:
    """A pull request into the default branch."""
    head = head_repository or home
    commit = head.commits[head.branches[branch]]
    home.commits[commit.sha] = commit
    base = home.default_branch
    pull = Pull(base, branch, head.id, commit.sha, home.branches[base], draft)
    issue = Issue(world.next_id(), home.next_number(), title, body, world.user(author).login, pull=pull)
    home.issues[issue.number] = issue
    webhooks.pull_event(world, home, issue, "opened")
    return issue


def open_issue(world: World, home: Repository, title: str, author: str, body: str | None) -> Issue:
    """An issue that a person opens."""
    issue = Issue(world.next_id(), home.next_number(), title, body, world.user(author).login)
    home.issues[issue.number] = issue
    return issue


def close(world: World, home: Repository, issue: Issue, *, merged: bool = False) -> None:
    """Close an issue or a pull request, or merge the latter."""
    issue.state, issue.closed_at, issue.updated_at = "closed", now(), now()
    issue.state_reason = None if issue.pull else "completed"
    if issue.pull:
        issue.pull.merged_at = now() if merged else None
        webhooks.pull_event(world, home, issue, "closed")


def make_ready(world: World, home: Repository, issue: Issue) -> None:
    """Make a pull request of a draft."""
    if issue.pull is None:
        raise ValueError(f"#{issue.number} is no pull request")
    issue.pull.draft = False
    webhooks.pull_event(world, home, issue, "ready_for_review")


def say(world: World, home: Repository, issue: Issue, author: str, body: str) -> Comment:
    """A comment by a person."""
    comment = Comment(world.next_id(), world.user(author).login, body, by_app=False)
    issue.comments.append(comment)
    webhooks.comment_event(world, home, (issue, comment), "created")
    return comment


def workflow(world: World, home: Repository, path: str, name: str) -> Workflow:
    """The workflow of that file, made when first run."""
    found = next((one for one in home.workflows.values() if one.path == path), None)
    if found is None:
        found = Workflow(world.next_id(), name, path)
        home.workflows[found.id] = found
    return found


def start_run(
    world: World,
    home: Repository,
    *,
    sha: str,
    branch: str,
    event: str = "push",
    workflow_path: str = ".github/workflows/ci.yml",
    workflow_name: str = "CI",
    head_repository: Repository | None = None,
    actor: str | None = None,
    run_name: str | None = None,
) -> tuple[Run, Delivery | None]:
    """A run that was requested; GitHub names its pull requests unless it comes from a fork."""
    head = head_repository or home
    commit = head.commits[sha]
    record = Run(
        id=world.next_id(),
        number=1 + sum(one.workflow.path == workflow_path for one in home.runs.values()),
        workflow=workflow(world, home, workflow_path, workflow_name),
        event=event,
        head_sha=sha,
        head_branch=branch,
        head_repository=head.id,
        title=run_name or commit.message.split("\n", 1)[0],
        actor=world.user(actor or commit.author).login,
        linked=head.id == home.id,
        name=run_name or workflow_name,
        attempts=[Attempt(1, actor or commit.author)],
    )
    home.runs[record.id] = record
    return record, webhooks.run_event(world, home, record, record.latest, "requested")


def begin_attempt(world: World, home: Repository, run: Run, actor: str) -> Attempt:
    """A re-run: the jobs that passed are carried over, the others wait to be added anew."""
    kept = [job for job in run.latest.jobs if job.conclusion == "success"]
    run.attempts.append(
        Attempt(run.latest.number + 1, world.user(actor).login, jobs=[copy(world, job) for job in kept])
    )
    return run.latest


def copy(world: World, job: Job) -> Job:
    """A job carried over into the next attempt, where it has another id."""
    return Job(
        world.next_id(), job.name, job.status, job.conclusion, job.steps, job.log, job.log_state, [], job.started_at,
        job.completed_at,
    )  # fmt: skip


def add_job(
    world: World,
    run: Run,
    name: str,
    *,
    conclusion: str | None = "success",
    status: str = "completed",
    log: bytes = b"",
    log_state: LogState = "available",
    steps: Sequence[tuple[str, str]] = (),
    annotations: Sequence[Annotation] = (),
    seconds: int = 42,
) -> Job:
    """A job of the latest attempt; `steps` are names with conclusions (`queued` and `in_progress` are states)."""
    end = datetime.now(UTC)
    begun = noted(end - timedelta(seconds=seconds))
    job = Job(
        id=world.next_id(),
        name=name,
        status=status,
        conclusion=conclusion if status == "completed" else None,
        steps=placed([step(place, *told) for place, told in enumerate(steps, 1)], log),
        log=log,
        log_state=log_state,
        annotations=list(annotations),
        started_at=begun,
        completed_at=noted(end) if status == "completed" else None,
    )
    run.latest.jobs.append(job)
    run.latest.status = "in_progress"
    return job


def add_artifact(
    world: World,
    run: Run,
    name: str,
    files: Mapping[str, bytes],
    *,
    expired: bool = False,
    created_at: str | None = None,
) -> Artifact:
    """Files that a job hands in, now unless told; those of all attempts are the run's."""
    artifact = Artifact(world.next_id(), name, dict(files), expired, created_at or now())
    run.artifacts.append(artifact)
    return artifact


def step(number: int, name: str, told: str) -> Step:
    """A step by its conclusion, or by its state while it has none."""
    if told in ("queued", "in_progress"):
        return Step(name, number, told, None)
    return Step(name, number, "completed", told)


def finish_run(world: World, home: Repository, run: Run, conclusion: str | None = None) -> Delivery | None:
    """Complete the latest attempt: red if a job is, else cancelled if one was, else green, unless told."""
    attempt, ends = run.latest, {job.conclusion for job in run.latest.jobs}
    worst = "failure" if ends & {"failure", "timed_out"} else "cancelled" if "cancelled" in ends else "success"
    attempt.status, attempt.conclusion, attempt.updated_at = "completed", conclusion or worst, now()
    return webhooks.run_event(world, home, run, attempt, "completed")
