"""Heads, parents and revisions of an Alembic project that do not fit."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, apply, ask, checkout

FOLDER = "migrations"


def migration(revision: str, parent: object, day: int = 1, more: str = "") -> str:
    shown = f'"{parent}"' if isinstance(parent, str) else repr(parent)
    return (
        f'"""step {revision}\n\nRevision ID: {revision}\nRevises: {parent or ""}\n'
        f"Create Date: 2026-01-{day:02} 10:00:00.000000\n\n"
        f'"""\nfrom alembic import op\n\nrevision: str = "{revision}"\ndown_revision = {shown}  # before\n{more}\n'
        "def upgrade():\n    pass\n"
    )


def project(steps: dict[str, str], folder: str = FOLDER) -> dict[str, str]:
    files = {f"{folder}/versions/{name}.py": text for name, text in steps.items()}
    return {f"{folder}/env.py": "", "alembic.ini": f"[alembic]\nscript_location = {folder}\n", **files}


STEPS = {
    "a1_first": migration("a1", None, 1),
    "b2_orders": migration("b2", "a1", 2),
    "c3_carts": migration("c3", "a1", 3),
    "d4_more": migration("d4", "c3", 4),
}


@pytest.fixture(autouse=True)
def no_kept_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python takes a file that was patched within the same second, to the same size, for the one that it compiled."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


def answer(files: Files | Tree, **captures: str) -> Answer | None:
    return ask("alembic_heads", files, captures)


def heads(folder: Path, where: str = FOLDER) -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(folder / where))
    return sorted(ScriptDirectory.from_config(config).get_heads())


def test_the_two_heads_and_the_command_that_joins_them() -> None:
    told = answer({**project(STEPS), "poetry.lock": ""})
    assert told
    assert "`b2` (`migrations/versions/b2_orders.py`) and `d4` (`migrations/versions/d4_more.py`)" in told.why
    assert "Both go back to `a1`" in told.why
    assert told.fixes[0].commands == ('poetry run alembic merge -m "merge heads" b2 d4',)
    assert told.facts["heads"] == ["b2", "d4"]


def test_with_the_patch_alembic_sees_one_head(tmp_path: Path) -> None:
    told = answer(project(STEPS))
    assert told
    checkout(tmp_path, project(STEPS))
    assert heads(tmp_path) == ["b2", "d4"]
    apply(tmp_path, told.fixes[1])
    assert heads(tmp_path) == ["d4"]
    text = (tmp_path / "migrations/versions/c3_carts.py").read_text()
    assert 'down_revision = "b2"  # before\n' in text
    assert "Revises: b2\n" in text


def test_where_the_job_walks_back_by_steps_the_straight_line_comes_first() -> None:
    workflow = "jobs:\n  test:\n    steps:\n      - run: alembic upgrade head\n      - run: alembic downgrade -1\n"
    told = answer({**project(STEPS), CI: workflow})
    assert told
    assert told.fixes[0].files
    assert "`alembic downgrade -1` then stops with `Ambiguous walk`" in told.fixes[1].consequence


@pytest.mark.parametrize("back", ["alembic downgrade base", "alembic downgrade b2", "echo alembic; git downgrade -1"])
def test_a_walk_back_to_a_named_revision_passes_a_merge(back: str) -> None:
    told = answer({**project(STEPS), CI: f"jobs:\n  test:\n    steps:\n      - run: {back}\n"})
    assert told
    assert told.fixes[0].commands
    assert not told.fixes[1].commands


def test_in_a_monorepo_without_alembic_ini_and_with_tuples() -> None:
    steps = {
        "2025_01_01_one": "revision = 'one'\ndown_revision = None\n",
        "2025_01_02_two": "revision = 'two'\ndown_revision = ('one',)\n",
        "2025_01_03_three": "revision = 'three'\ndown_revision = 'one'\n",
    }
    files = project(steps, "services/api/db/alembic")
    del files["alembic.ini"]
    workflow = "jobs:\n  test:\n    steps:\n      - {name: Run pytest, run: make, working-directory: services/api}\n"
    told = answer({**files, CI: workflow})
    assert told
    assert told.facts["heads"] == ["two", "three"]
    assert told.fixes[0].commands == ('cd services/api && alembic merge -m "merge heads" two three',)
    assert len(told.fixes) == 1, "their dates are not told, so neither is the newer one"


def test_of_many_migrations_with_dated_names_the_newest_are_read() -> None:
    steps = {
        f"2024-{n // 28 + 1:02}-{n % 28 + 1:02}_x": migration(f"r{n}", f"r{n - 1}" if n else None) for n in range(60)
    }
    tree = Tree(project({**steps, "2025-01-01_x": migration("late", "r58", 9)}))
    told = answer(tree)
    assert told
    assert told.facts["heads"] == ["r59", "late"]
    assert len(tree.seen) <= 20


def test_a_parent_that_is_not_there_is_named_with_its_child(tmp_path: Path) -> None:
    files = project({"a1": migration("a1", None), "b2": migration("b2", "a1"), "z9": migration("z9", "gone")})
    told = answer(files, revision="gone", child="z9")
    assert told
    assert "`migrations/versions/z9.py` line 11 names `gone`" in told.why
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[1])
    assert heads(tmp_path) == ["z9"]


def test_a_revision_that_only_the_database_knows() -> None:
    told = answer(project(STEPS), revision="9f8e7d")
    assert told
    assert "None of the 4 migrations" in told.why
    assert told.fixes[0].commands == ("git log --all --oneline -S9f8e7d",)


def test_two_files_with_one_revision() -> None:
    told = answer(project({**STEPS, "copy": migration("b2", "a1")}), revision="b2")
    assert told
    assert told.facts["duplicate"] == "b2"


@pytest.mark.parametrize(
    ("files", "revision"),
    [
        pytest.param(project({"a1": STEPS["a1_first"], "b2": STEPS["b2_orders"]}), "", id="one head"),
        pytest.param(project({**STEPS, "e5": migration("e5", ("b2", "d4"))}), "", id="merged already"),
        pytest.param(
            project({**STEPS, "e5": migration("e5", "a1", 5, 'branch_labels = ("shop",)')}),
            "",
            id="branches on purpose",
        ),
        pytest.param(project({**STEPS, "e5": migration("e5", "a1", 5)}), "", id="three heads"),
        pytest.param(
            {**project(STEPS), "migrations/versions/b2_orders.py": Unknown("big")}, "", id="one is unreadable"
        ),
        pytest.param({**project(STEPS), "migrations/versions/x.py": "def ("}, "", id="one is no Python"),
        pytest.param(project(STEPS), "b2", id="the revision is there"),
        pytest.param(project({f"{n:x}": migration(f"r{n}", None) for n in range(40)}), "", id="too many to read"),
        pytest.param(
            {**project(STEPS), "alembic.ini": "[alembic]\nscript_location = elsewhere\n"}, "", id="another folder"
        ),
        pytest.param(
            {path: text for at in ("one", "two") for path, text in project(STEPS, at).items() if path != "alembic.ini"},
            "",
            id="two projects",
        ),
        pytest.param(Tree(project(STEPS), paths=Unknown("truncated")), "", id="the tree cannot be told"),
    ],
)
def test_silent_where_the_files_do_not_show_it(files: Files | Tree, revision: str) -> None:
    assert answer(files, revision=revision) is None
