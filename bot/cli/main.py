"""`whyred`: explains logs, lists what it knows, serves the App."""

from __future__ import annotations

import argparse
import codecs
import contextlib
import gc
import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, Final, NoReturn

from bot.cli.terminal import width
from bot.errors import UserError

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130

PLAIN: Final = {"✗": "x", "│": "|", "›": ">", "·": "-", "…": "..."}
"""Our marks, for a terminal whose encoding lacks them."""

EXPLAIN: Final = """\
A target is a log file, - for standard input, a folder or zip of logs as GitHub hands them out, a workflow file, or the
URL of a run or a job (with GITHUB_TOKEN or GH_TOKEN set). The exit status is 0 when a failure was recognised, 1 when
none was, 2 when a target could not be read."""

BACKTEST: Final = """\
Needs GITHUB_TOKEN or GH_TOKEN, reads only and posts nothing. As nobody knows what a repository wished then, everything
is replayed as by default: one comment a pull request, one issue a failure elsewhere."""

FEEDBACK: Final = """\
For whoever runs the App: the history is found by DATABASE_URL or DATA_DIR, as the App finds it."""

CHECK: Final = """\
The exit status is 0 when nothing is to be mended, 1 when something is, 2 when a target could not be read."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit status."""
    _open_streams()
    if sys.stdout is None:
        return _refuse("standard output is closed")
    try:
        try:
            told = sys.argv[1:] if arguments is None else arguments
            return _run(_parser(*told[:1]).parse_args(told))
        finally:
            sys.stdout.flush()
    except UserError as error:
        return _refuse(str(error))
    except ValueError as error:
        from diagnosis.catalogue import CatalogueError

        if not isinstance(error, CatalogueError):
            raise
        return _refuse(f"{error} (`whyred check` says what to mend)")
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        # What is opened has a name; what has none is standard output.
        if error.filename is not None:
            raise
        # Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        # Whoever reads a pipe and has seen enough is told nothing.
        return 0 if isinstance(error, BrokenPipeError) else _refuse(f"standard output: {error.strerror or error}")


def _refuse(reason: str) -> int:
    sys.stderr.write(f"whyred: {reason}\n")
    return BAD_INPUT


def _open_streams() -> None:
    """Let no character that the terminal can not show, and no closed standard error, keep us from speaking."""
    if sys.stderr is None:
        sys.stderr = io.StringIO()
    codecs.register_error("whyred", _nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="whyred")


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


def _run(told: argparse.Namespace) -> int:
    if told.command in ("serve", "feedback", "backtest"):
        return _operate(told)
    if told.command == "signatures" and told.pages is not None:
        from bot.cli.pages import write

        return write(told.pages)
    if told.command == "signatures":
        from bot.cli.signatures import show

        return show(told.id)
    if told.command == "new":
        from bot.cli.new import new

        return new(told.id, told.spot, told.folder)
    if told.command == "check":
        from bot.cli import check, config

        return check.check(told.targets, told.folder) if told.config is None else config.check(told.config)
    _postpone("inspect")
    from bot.cli.explain import explain

    return explain(told.targets, told.format, told.passing, told.repo)


def _operate(told: argparse.Namespace) -> int:
    """The commands of those who run the App, or think of it."""
    if told.command == "serve":
        from bot.supervise import serve

        return serve(os.environ)
    if told.command == "backtest":
        from bot.cli.backtest import backtest

        return backtest(told.name, told.last, told.format)
    from bot.cli.feedback import feedback

    if told.write and told.number is None:
        raise UserError("--write takes one case: name its number")
    return feedback(told.number, told.write)


def _postpone(name: str) -> None:
    """Have a module of the standard library imported only when something of it is used.

    Dataclasses import `inspect`, for those without a docstring: that takes longer than a log's diagnosis.
    """
    if name in sys.modules:
        return
    stand_in = sys.modules[name] = ModuleType(name)

    def used(attribute: str) -> Any:
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
        return getattr(import_module(name), attribute)

    vars(stand_in)["__getattr__"] = used


def _parser(asked: str = "") -> argparse.ArgumentParser:
    """The whole command line; of one command that is asked for, its part alone: each takes a while to set up."""
    parser = argparse.ArgumentParser(prog="whyred", description="Why is CI red?", formatter_class=_Help)
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in [asked] if asked in COMMANDS else COMMANDS:
        summary, epilog, fill = COMMANDS[name]
        fill(commands.add_parser(name, help=summary, epilog=epilog, formatter_class=_Help))
    return parser


def _explain(explain: argparse.ArgumentParser) -> None:
    explain.add_argument("targets", nargs="+", metavar="TARGET")
    explain.add_argument("--format", choices=("text", "markdown", "json"), default="text")
    explain.add_argument(
        "--passing", metavar="LOG", help="a log of the same job that passed: tells what is new where nothing is known"
    )
    explain.add_argument(
        "--repo", metavar="FOLDER", help="a checkout of the failing commit: tells why, and gives the patch"
    )


def _signatures(signatures: argparse.ArgumentParser) -> None:
    asked = signatures.add_mutually_exclusive_group()
    asked.add_argument("id", nargs="?", metavar="ID")
    asked.add_argument("--pages", metavar="FOLDER", help="write them as web pages into a folder")


def _new(new: argparse.ArgumentParser) -> None:
    new.add_argument("id", metavar="AREA/NAME")
    new.add_argument("--from", dest="spot", required=True, metavar="LOG:LINE", help="the line that shows the failure")
    new.add_argument("--folder", default="signatures", help="where the signatures are (default: %(default)s)")


def _check(check: argparse.ArgumentParser) -> None:
    check.add_argument(
        "targets", nargs="*", metavar="SIGNATURE", help="an id, an area, a file or a folder (default: all)"
    )
    check.add_argument("--folder", help="where the signatures are (default: signatures, or those that were installed)")
    check.add_argument("--config", metavar="FILE", help="check a .github/whyred.yml instead")


def _feedback(feedback: argparse.ArgumentParser) -> None:
    feedback.add_argument("number", nargs="?", type=int, metavar="NUMBER")
    feedback.add_argument("--write", metavar="FOLDER", help="write it as a log below a folder, such as tests/logs")


def _backtest(backtest: argparse.ArgumentParser) -> None:
    backtest.add_argument("name", metavar="OWNER/REPO")
    backtest.add_argument("--last", type=int, default=50, metavar="N", help="failed runs (default: %(default)s)")
    backtest.add_argument("--format", choices=("text", "json"), default="text")


def _serve(_: argparse.ArgumentParser) -> None:
    """It is told all by the environment."""


COMMANDS: Final[Mapping[str, tuple[str, str | None, Callable[[argparse.ArgumentParser], None]]]] = {
    "explain": ("say what failed, where, and what to change", EXPLAIN, _explain),
    "signatures": ("list the failures that are known, or show one whole", None, _signatures),
    "new": ("begin a signature from a line of a log", None, _new),
    "check": ("run the catalogue's gates on signatures", CHECK, _check),
    "feedback": ("list the diagnoses that people reported as wrong, or show one", FEEDBACK, _feedback),
    "backtest": ("show what would have been posted for a repository's last failed runs", BACKTEST, _backtest),
    "serve": ("run the GitHub App: web server, worker and clock", None, _serve),
}
"""Of each what it does, what stands below its help, and what adds its arguments."""


class _Help(argparse.RawDescriptionHelpFormatter):
    """Told its width, for it would import much to find it."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=width() - 2)


class _Version(argparse.Action):
    """Looks for the version only when somebody wants to know it."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version("whyred")
        except PackageNotFoundError:
            found = "from a checkout"
        sys.stdout.write(f"whyred {found}\n")
        parser.exit()


def run() -> NoReturn:
    """The command as it is started. What the interpreter would still tidy up ends sooner with the process."""
    # What is imported stays: to look for garbage in it after each 700 objects more takes longer than to scan a log.
    gc.set_threshold(10_000)
    status = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    run()
