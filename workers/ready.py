"""Tells a pull request that was a draft what its check run alone has told so far."""

from __future__ import annotations

import structlog

from workers import again
from workers.office import Office, work

log = structlog.get_logger()


def tell(installation: int, repository: int, number: int, sha: str) -> str:
    """Have the runs of its head commit told once more. Returns what was done, in a word or two.

    Raises RetryLater when GitHub's limits ask for another time.
    """

    def job(office: Office) -> str:
        if office.config.drafts:
            return "silent: it was told as a draft"
        return f"{again.look(office, sha, number, aloud=False)} looked at"

    done = work(installation, repository, job, number=number)
    log.info("ready for review", number=number, done=done)
    return done
