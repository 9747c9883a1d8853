"""A repository's own signatures: ranked with the built-in ones, kept to the gates, and quick however hostile."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.known import cache_folder
from diagnosis.catalogue import Catalogue, read
from diagnosis.engine import JobLog, diagnose, prepare
from diagnosis.extended import Extended
from diagnosis.own import MOST_BYTES, judge
from tests.own_signature import GIZMO
from tests.whole import CATALOGUE

FOLDER = ".github/whyred"
CACHE = cache_folder()
LOG = (
    "gizmo beta has come loose\nModuleNotFoundError: No module named 'discounts'\n"
    "##[error]Process completed with exit code 1.\n"
)


def problem(text: str, name: str = "gizmo", known: Catalogue = CATALOGUE) -> str:
    judged = judge({f"{FOLDER}/{name}.toml": text.encode()}, known, CACHE)
    assert bool(judged.problems) != bool(judged.signatures)
    return next(iter(judged.problems.values()), "")


def found(text: str, log: str = LOG) -> list[str | None]:
    (own,) = judge({f"{FOLDER}/gizmo.toml": text.encode()}, CATALOGUE, CACHE).signatures
    report = diagnose([JobLog("log", log.encode())], Extended(CATALOGUE, [own]), cache=CACHE)
    return [item.signature for item in report.findings]


def test_it_stands_among_the_built_in_ones() -> None:
    assert sorted(map(str, found(GIZMO))) == ["local/gizmo", "python/module-not-found"]


def test_it_explains_built_in_ones_away_by_their_names() -> None:
    assert found(f'beats = ["python/module-not-found"]\n{GIZMO}') == ["local/gizmo"]
    assert found(f'beats = ["python/*"]\n{GIZMO}') == ["local/gizmo"]


def test_it_explains_away_what_those_do_that_it_explains_away() -> None:
    both = Extended(CATALOGUE, [read("local/gizmo", f'beats = ["python/module-not-found"]\n{GIZMO}')])
    assert both.beaten_by("local/gizmo") == {"python/module-not-found"} | CATALOGUE.beaten_by("python/module-not-found")
    assert both.beaten_by("python/module-not-found") == CATALOGUE.beaten_by("python/module-not-found")
    assert both.get("local/gizmo") and both.get("python/module-not-found")
    assert list(both.signatures)[-1].id == "local/gizmo"
    assert both.expressions == [*CATALOGUE.expressions, both.own[0].expression]


def test_a_built_in_wildcard_explains_none_of_them_away() -> None:
    ours = read("local/test-failed", GIZMO)
    both = Extended(CATALOGUE, [ours])
    assert not [item.id for item in CATALOGUE.signatures if ours.id in both.beaten_by(item.id)]


def test_one_explains_another_of_them_away_and_a_circle_is_refused() -> None:
    other = (
        GIZMO.replace("gizmo (", "widget (").replace("gizmo alpha", "widget alpha").replace('"The gizmo', '"The widget')
    )
    files = {
        f"{FOLDER}/gizmo.toml": f'beats = ["local/widget"]\n{GIZMO}',
        f"{FOLDER}/widget.toml": f'beats = ["local/gizmo"]\n{other}',
    }
    judged = judge({path: text.encode() for path, text in files.items()}, CATALOGUE, CACHE)
    assert all("round in a circle" in says for says in judged.problems.values())
    assert len(judged.problems) == 2
    files[f"{FOLDER}/widget.toml"] = other
    judged = judge({path: text.encode() for path, text in files.items()}, CATALOGUE, CACHE)
    assert judged.problems == {}
    assert Extended(CATALOGUE, judged.signatures).beaten_by("local/gizmo") == {"local/widget"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GIZMO, ""),
        (GIZMO.replace('"cause"', '"reason"'), "kind is 'reason', not one of cause, note, symptom, wrapper"),
        ("title = \n", "Invalid value (at line 1, column 9)"),
        (
            GIZMO.replace("come loose'''\n##", "come loose'''\n##", 1).partition("[[should_not")[0],
            "it has no [[should_not_match]]",
        ),
        (GIZMO.replace("has not come", "has come"), "should_not_match 1: it is found (line"),
        (GIZMO.replace("has come loose\n##", "is there\n##", 1), "should_match 1: it is not found"),
        (f'beats = ["python/no-such"]\n{GIZMO}', "its beats names python/no-such, which is no signature"),
        (f'probes = ["os.system"]\n{GIZMO}', "its probes names os.system, which is no probe"),
        (f'readers = ["exec"]\n{GIZMO}', "its readers names exec, which is no reader"),
        (GIZMO.replace(r"gizmo (?P", r"(?<=x)gizmo (?P"), "its pattern can not be used"),
        (GIZMO.replace(r"gizmo (?P<gizmo>\w+) has come loose", ".*"), "its pattern can not be used"),
        (GIZMO.replace("It was", "@octo/team It was"), "its why may hold neither HTML nor an image nor a mention"),
        (GIZMO.replace("It was", "<!-- whyred:v1 --> It was"), "its why may hold neither HTML"),
        (GIZMO.replace("see [", "see ![x](https://evil.example/x.png) ["), "its fix may hold neither HTML"),
        (f"title = {'[' * 20000}\n", "it is nested too deeply"),
        ("pattern = 5\n" + GIZMO.replace("pattern ", "words "), "unknown key words"),
        (GIZMO.replace('"deploy"', "5"), "category is 5"),
        (GIZMO.replace('{ gizmo = "alpha" }', "5"), "the captures of a should_match are no table"),
        (f"beats = 5\n{GIZMO}", "beats is no list of texts"),
        (f'lines = "x"\n{GIZMO}', "lines is 'x', which is none of its values"),
        (GIZMO + " " * MOST_BYTES, "it has more than 64 kB"),
        (GIZMO.replace("gizmo (?P", f"{'x' * 1000}gizmo (?P"), "its pattern has more than 1000 characters"),
        (GIZMO + "[[should_not_match]]\nbecause='x'\nlog='x'\n" * 20, "it has more than 20 examples"),
    ],
)
def test_what_does_not_keep_to_the_gates_is_left_out(text: str, says: str) -> None:
    told = problem(text)
    assert told.startswith(says) if says else told == ""


@pytest.mark.parametrize("name", ["Gizmo", "a b", "..", "a--b", "ä", "@octo"])
def test_a_name_that_is_no_id_is_refused(name: str) -> None:
    assert problem(GIZMO, name).startswith("its name may hold")


HOSTILE = {
    "a repetition of repetitions": "gizmo (x{1000}){1000}",
    "nested groups": f"gizmo {'(' * 200}a{')?' * 200}",
    "many options": f"gizmo {'(a|b)?' * 150}",
    "stars beside stars": f"gizmo {'(a*b*)*' * 100}",
    "long classes": "gizmo " + r"[\w\s]{1,500}x" * 10,
    "many alternatives": f"({'|'.join(f'w{number}xy' for number in range(150))})",
    "alternatives beside alternatives": f"gizmo {'([a-z]{1,30}|[0-9]{1,30})' * 20}",
    "any case": f"(?i)gizmo {'(abcdef|ghijkl)' * 60}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pattern_is_judged_in_no_time(name: str, tmp_path: Path) -> None:
    text = GIZMO.replace(r"gizmo (?P<gizmo>\w+) has come loose", HOSTILE[name]).replace("`{gizmo}`", "x")
    started = time.process_time()
    problem(text.replace('group_by = "{gizmo}"', ""))
    assert time.process_time() - started < 2


def test_fifty_of_them_are_judged_once_and_cost_a_diagnosis_little(tmp_path: Path) -> None:
    texts = {
        f"{FOLDER}/gizmo-{number}.toml": GIZMO.replace("gizmo (", f"gizmo{number} (")
        .replace("gizmo alpha", f"gizmo{number} alpha")
        .encode()
        for number in range(50)
    }
    started = time.process_time()
    judged = judge(texts, CATALOGUE, CACHE)
    judging = time.process_time() - started
    assert not judged.problems
    log = "".join(f"line {number} compiled something quietly\n" for number in range(100_000)) + LOG
    seconds = {}
    for name, known in {"without": CATALOGUE, "with": Extended(CATALOGUE, judged.signatures)}.items():
        prepare(known, CACHE)
        seconds[name] = min(_seconds(log.encode(), known) for _ in range(3))
    print(
        f"50 judged in {judging * 1000:.0f} ms; a log of 4 MB:", {k: f"{v * 1000:.0f} ms" for k, v in seconds.items()}
    )
    assert judging < 10
    assert seconds["with"] < 2 * seconds["without"] + 0.1


def _seconds(log: bytes, known: Catalogue) -> float:
    started = time.process_time()
    diagnose([JobLog("log", log)], known, cache=CACHE)
    return time.process_time() - started
