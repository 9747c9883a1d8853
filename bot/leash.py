"""`python -m bot.leash PARENT COMMAND...`: become the command, and end when the parent ends, even when it is killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def end_with_parent(parent: int, sent: signal.Signals) -> None:
    """Have `sent` sent to this process when its parent dies; survives exec. Linux only, elsewhere nothing happens.

    The kernel means the parent's thread: start such a process from a thread that lives as long as it.
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_PR_SET_PDEATHSIG, int(sent), 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    if os.getppid() != parent:
        # It had died before the kernel was told.
        os.kill(os.getpid(), sent)


def main() -> None:
    """Become the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    end_with_parent(parent, signal.SIGTERM)
    os.execvp(command[0], command)  # noqa: S606 - to go without a shell is the purpose


if __name__ == "__main__":
    main()
