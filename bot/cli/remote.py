"""The logs of a run or a job on GitHub, by its URL."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bot import enterprise
from bot.errors import RetryLater, UserError
from diagnosis import workflow_file
from diagnosis.catalogue import Catalogue
from diagnosis.prober import Surroundings
from diagnosis.report import NOTHING, Report
from diagnosis.tell import JobLog

if TYPE_CHECKING:
    from bot.case import Job, Run
    from bot.github.client import Client

GITHUB: Final = "github.com"

_RUN: Final = re.compile(
    r"^/(?P<name>[\w.-]+/[\w.-]+)/actions/runs/(?P<run>\d{1,19})(?:/attempts/(?P<attempt>\d{1,9}))?"
    r"(?:/jobs?/(?P<job>\d{1,19}))?/?$"
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """The logs of a run, and its repository at the commit that it ran on."""

    logs: list[JobLog]
    around: Surroundings


@dataclass(frozen=True, slots=True)
class Address:
    """What a URL points at. `job` is None for a whole run, `attempt` for its newest one."""

    url: str
    api_url: str
    name: str
    run: int
    attempt: int | None
    job: int | None


def is_url(target: str) -> bool:
    """Whether a target is a URL and not a path."""
    return target.startswith(("http://", "https://"))


def parse(target: str, environ: Mapping[str, str] = os.environ) -> Address:
    """The run or job that a URL points at.

    Raises UserError when it is none, or on a host that is not known to be GitHub: our token goes there.
    """
    parts = urlsplit(target)
    found = _RUN.match(parts.path)
    if not found:
        raise UserError(f"{target}: is no URL of a run or a job (https://HOST/OWNER/REPOSITORY/actions/runs/ID)")
    number, job = found["attempt"], found["job"]
    return Address(
        url=target,
        api_url=_api_url(target, parts.netloc, environ),
        name=found["name"],
        run=int(found["run"]),
        attempt=int(number) if number else None,
        job=int(job) if job else None,
    )


def fetch(
    address: Address, catalogue: Catalogue, tick: Callable[[str], None], environ: Mapping[str, str] = os.environ
) -> Fetched | Report:
    """The logs of the failed jobs, or of the one asked for; of a run without jobs, its workflow file explained.

    `tick` is told the name of each job as its log is fetched. Raises UserError with the reason.
    """
    from bot.github.client import for_token

    token = token_for(address.url, environ)
    with refusals(address.url):
        return _fetch(for_token(address.api_url, token, address.name), address, catalogue, tick, environ)


def token_for(target: str, environ: Mapping[str, str]) -> str:
    """The token by which GitHub is asked. Raises UserError where there is none."""
    token = environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN")
    if not token:
        raise UserError(f"{target}: set GITHUB_TOKEN or GH_TOKEN, GitHub gives logs to nobody without one")
    return token


def log_hosts(environ: Mapping[str, str]) -> list[str]:
    """The hosts that logs may come from although they are private."""
    told = [host.strip() for host in environ.get("LOG_HOSTS", "").split(",") if host.strip()]
    return [*told, *enterprise.private_hosts(environ.get("GHE_HOST", ""))]


@contextmanager
def refusals(target: str) -> Iterator[None]:
    """What GitHub refuses meanwhile, as a UserError with the reason."""
    from bot.github.errors import GitHubError, RateLimited

    try:
        yield
    except RateLimited as error:
        raise UserError(f"{target}: GitHub's rate limit is used up ({error})") from error
    except GitHubError as error:
        raise UserError(f"{target}: GitHub answered {error.status}{_advice(error.status)}") from error
    except RetryLater as error:
        raise UserError(f"{target}: {error.reason}; try again in {error.seconds:.0f} s") from error


def _fetch(
    client: Client, address: Address, catalogue: Catalogue, tick: Callable[[str], None], environ: Mapping[str, str]
) -> Fetched | Report:
    from bot.github import remarks, runs
    from bot.github.view import GitHubView

    run = runs.attempt(client, address.run, address.attempt) if address.attempt else runs.latest(client, address.run)
    jobs = remarks.with_stopped(client, runs.jobs(client, run))
    if address.job:
        chosen = [job for job in jobs if job.id == address.job]
        if not chosen:
            raise UserError(f"{address.url}: attempt {run.attempt} of this run has no such job")
    else:
        chosen = [job for job in jobs if job.failed]
    if not jobs and run.conclusion != "success":
        return _explain_file(client, run, catalogue)
    if not chosen:
        return NOTHING
    around = Surroundings(GitHubView(client, run.head_sha), run.workflow_path)
    return Fetched(_logs(client, chosen, address, tick, environ), around)


def _logs(
    client: Client, jobs: list[Job], address: Address, tick: Callable[[str], None], environ: Mapping[str, str]
) -> list[JobLog]:
    from bot.github import logs

    read, reasons = list[JobLog](), list[str]()
    for job in jobs:
        tick(f"the log of {job.name}")
        try:
            text = logs.read(client, job, log_hosts(environ))
        except logs.UnreadError as error:
            reasons.append(f"{job.name}: {error}")
        else:
            read.append(JobLog(job.name, text.data, job.name, text.truncated, job.failed_steps))
    if not read:
        raise UserError(f"{address.url}: {'; '.join(reasons)}")
    return read


def _explain_file(client: Client, run: Run, catalogue: Catalogue) -> Report:
    """A run without jobs has no log: only its workflow file can tell why."""
    from bot.github.view import GitHubView

    view = GitHubView(client, run.head_sha)
    text = view.read(run.workflow_path)
    if not isinstance(text, bytes):
        raise UserError(f"{run.html_url}: no job ran, and {run.workflow_path} can not be read at {run.head_sha[:7]}")
    return workflow_file.explain(run.workflow_path, text, catalogue, view)


def usual_api_url(environ: Mapping[str, str]) -> str:
    """The API of the server that the environment names, else of GitHub itself."""
    return (environ.get("GITHUB_API_URL") or enterprise.api_url(_server(environ))).rstrip("/")


def _server(environ: Mapping[str, str]) -> str:
    return environ.get("GITHUB_URL") or (f"https://{environ['GHE_HOST']}" if environ.get("GHE_HOST") else "")


def _api_url(target: str, netloc: str, environ: Mapping[str, str]) -> str:
    told = _server(environ)
    if told and netloc == urlsplit(told).netloc:
        return usual_api_url(environ)
    if netloc == GITHUB and target.startswith("https://"):
        return "https://api.github.com"
    raise UserError(f"{target}: {netloc or 'this'} is not known to be GitHub; set GHE_HOST={netloc} if it is")


def _advice(status: int) -> str:
    return {
        401: ": the token is not valid",
        403: ": the token may not read this",
        404: ": no such repository or run, or the token may not see it",
    }.get(status, "")
