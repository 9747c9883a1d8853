"""`python -m sandbox.demo`: the whole product against the local GitHub, with four failing runs to look at."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from typing import Any, Final

from sandbox.client import Sandbox
from sandbox.product import product
from sandbox.scenes import REPOSITORY, SCENES, Scene, Staged

ANSWER_SECONDS: Final = 60.0


def main() -> int:
    """Stage the runs, print what the bot said, stay until interrupted. Returns 1 when anything is missing."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="exit when the comments and issues are there")
    once = parser.parse_args().once
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with product() as sandbox:
            sandbox.create_repository(REPOSITORY, assignable=["mona"])
            missing = [scene for scene in SCENES if not _play(sandbox, scene)]
            print(f"\nLook at them: {sandbox.url}/ {'' if once else '(Ctrl-C ends)'}", flush=True)
            while not once:
                time.sleep(3600)
    except KeyboardInterrupt:
        return 0
    return 1 if missing else 0


def _play(sandbox: Sandbox, scene: Scene) -> bool:
    """Stage a scene and print what came of it; whether the right cause was named."""
    print(f"\n{'=' * 100}\n{scene.says.capitalize()}", flush=True)
    began = time.monotonic()
    staged = scene.stage(sandbox)
    answer = _await_answer(sandbox, staged)
    seconds = time.monotonic() - began
    if answer is None:
        print(f"  MISSING: nothing was said within {ANSWER_SECONDS:.0f} seconds; the webhook: {staged.delivery}")
        return False
    print(f"  {answer['html_url']}  (after {seconds:.1f} s)\n{'-' * 100}")
    if "title" in answer:
        assigned = ", ".join(person["login"] for person in answer["assignees"]) or "nobody"
        print(f"Issue: {answer['title']}\nAssigned to: {assigned}\n")
    print("\n".join(line for line in answer["body"].split("\n") if not line.startswith("<!-- whyred")))
    if f"`{scene.signature}`" in answer["body"]:
        return True
    print(f"  WRONG: {scene.signature} was expected")
    return False


def _await_answer(sandbox: Sandbox, staged: Staged) -> dict[str, Any] | None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        if staged.number is None:
            found = sandbox.issues(staged.repository)
        else:
            found = sandbox.comments(staged.repository, staged.number)
        if found:
            return found[0]
        time.sleep(0.1)
    return None


if __name__ == "__main__":
    sys.exit(main())
