"""`python -m sandbox.gallery docs/images`: pictures of six comments, as the product writes them on the local GitHub.

Needs Chromium (or CHROMIUM, its path). Each picture is for a person to look at: that it was taken proves nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sandbox.client import Sandbox
from sandbox.product import product
from sandbox.scenes import FOLDER

REPOSITORY: Final = "octo/shop"
WIDTH: Final = 880
ANSWER_SECONDS: Final = 60.0
PICTURE_SECONDS: Final = 60.0

COMMAND: Final = {
    "coverage": "Run pytest --cov=shop --cov-report=term-missing --cov-fail-under=80",
    "module": "Run pytest",
    "database": "Run pytest",
    "flaky": "Run pytest",
    "unknown": "Run ./tools/pack.sh",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A comment to be shown: how it comes about, what must stand in it by then, how high it is in pixels."""

    name: str
    stage: Callable[[Gallery], int]
    awaited: str
    height: int


class Gallery:
    """The local GitHub with what the scenes need done to it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def pull(self, branch: str, scene: str) -> tuple[str, int]:
        """A pull request with the files of a scene; its head and its number."""
        sha = self.push(branch, scene)
        title = branch.replace("-", " ").capitalize()
        return sha, self.sandbox.open_pull(REPOSITORY, branch, title=title, author="mona")

    def push(self, branch: str, scene: str, message: str = "Change the shop") -> str:
        """A commit with the files of a scene."""
        root = FOLDER / scene
        files = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        return self.sandbox.push(REPOSITORY, branch, {**files, "CHANGES": message}, message=message, author="mona")

    def run(self, sha: str, branch: str, *scenes: str, green: int = 0) -> int:
        """A finished run: a red job for each of the scenes, and so many green ones."""
        run = self.sandbox.start_run(REPOSITORY, sha=sha, branch=branch, event="pull_request")
        self.finish(run, *scenes, green=green)
        return run

    def finish(self, run: int, *scenes: str, green: int = 0) -> None:
        """End the run's newest attempt with these jobs."""
        names = [f"test ({number + 1})" for number in range(len(scenes) + green)] if len(scenes) > 1 else ["test"]
        for name, scene in zip(names, scenes, strict=False):
            steps = [("Set up job", "success"), ("Run actions/checkout@v5", "success"), (COMMAND[scene], "failure")]
            log = (FOLDER / f"{scene}.log").read_bytes()
            self.sandbox.add_job(REPOSITORY, run, name, conclusion="failure", log=log, steps=steps)
        for number in range(green):
            self.sandbox.add_job(REPOSITORY, run, f"build ({number + 1})")
        self.sandbox.finish_run(REPOSITORY, run)

    def comment(self, number: int, awaited: str) -> dict[str, Any]:
        """The bot's comment as soon as it says what is awaited."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            for found in self.sandbox.comments(REPOSITORY, number):
                if awaited in found["body"]:
                    return found
            time.sleep(0.1)
        raise SystemExit(f"pull request {number} was not told {awaited!r}")


def _one_cause(gallery: Gallery) -> int:
    sha, number = gallery.pull("add-discounts", "coverage")
    gallery.run(sha, "add-discounts", "coverage", green=5)
    return number


def _three_causes(gallery: Gallery) -> int:
    sha, number = gallery.pull("configure-payments", "module")
    gallery.run(sha, "configure-payments", *["module"] * 24, *["database"] * 12, *["coverage"] * 4)
    return number


def _fixed(gallery: Gallery) -> int:
    sha, number = gallery.pull("round-prices", "coverage")
    gallery.run(sha, "round-prices", "coverage")
    gallery.comment(number, "below-threshold")
    gallery.run(gallery.push("round-prices", "coverage", "Test the rounding"), "round-prices", green=1)
    return number


def _flaky(gallery: Gallery) -> int:
    sha, number = gallery.pull("pay-later", "flaky")
    run = gallery.run(sha, "pay-later", "flaky")
    gallery.comment(number, "still under way")
    gallery.sandbox.rerun(REPOSITORY, run)
    gallery.finish(run, green=1)
    gallery.comment(number, "Green again")
    gallery.run(gallery.push("pay-later", "flaky", "Word the receipt anew"), "pay-later", "flaky")
    return number


def _unknown(gallery: Gallery) -> int:
    sha, number = gallery.pull("pack-the-prices", "unknown")
    gallery.run(sha, "pack-the-prices", "unknown")
    return number


def _workflow(gallery: Gallery) -> int:
    sha, number = gallery.pull("name-the-shop", "workflow")
    path = ".github/workflows/ci.yml"
    run = gallery.sandbox.start_run(REPOSITORY, sha=sha, branch="name-the-shop", event="push", workflow_name=path)
    gallery.sandbox.finish_run(REPOSITORY, run, "failure")
    return number


PICTURES: Final = (
    Picture("one-cause", _one_cause, "coverage/below-threshold", 500),
    Picture("three-causes", _three_causes, "python/module-not-found", 540),
    Picture("fixed", _fixed, "Green again", 185),
    Picture("flaky", _flaky, "known flaky", 545),
    Picture("unknown", _unknown, "no known cause", 440),
    Picture("workflow", _workflow, "workflow/yaml-syntax", 515),
)


def main() -> None:
    """Stage the comments and take their pictures."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.gallery", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=[picture.name for picture in PICTURES])
    told = parser.parse_args()
    told.folder.mkdir(parents=True, exist_ok=True)
    take([one for one in PICTURES if told.only in (None, one.name)], told.folder)


def take(pictures: Sequence[Picture], folder: Path) -> None:
    """Take these pictures. Raises SystemExit where Chromium is missing or a comment does not come."""
    browser = chromium()
    if browser is None:
        raise SystemExit("Chromium is not installed (CHROMIUM names it)")
    with product() as sandbox:
        sandbox.create_repository(REPOSITORY, assignable=["mona"])
        for picture in pictures:
            number = picture.stage(Gallery(sandbox))
            comment = Gallery(sandbox).comment(number, picture.awaited)
            address = f"{sandbox.url}/{REPOSITORY}/comment/{comment['id']}"
            photograph(browser, address, folder / f"{picture.name}.png", picture.height)


def chromium() -> str | None:
    """The browser's program."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def photograph(browser: str, address: str, picture: Path, height: int) -> None:
    """A picture of a page, so many pixels high, in a profile that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="whyred-") as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1"]
        options += [
            f"--user-data-dir={profile}",
            f"--window-size={WIDTH},{height}",
            f"--screenshot={picture.resolve()}",
        ]
        ended = subprocess.run(
            [browser, *options, address], capture_output=True, text=True, timeout=PICTURE_SECONDS, check=False
        )
    if ended.returncode or not picture.is_file():
        sys.exit(f"{browser} took no picture of {address}: {ended.stderr[-500:]}")


if __name__ == "__main__":
    main()
