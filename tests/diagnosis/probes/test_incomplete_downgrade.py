"""A rollback that leaves something behind for the second upgrade to meet."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, apply, ask, checkout, texts

WORKFLOW = """
jobs:
  test:
    steps:
      - run: alembic upgrade head
      - run: {}
      - name: Run pytest
        run: alembic upgrade head
"""
PATH = "db/versions/b2_orders.py"
UP = """
def upgrade() -> None:
    op.create_table("orders", sa.Column("id", sa.Integer))
    op.add_column('carts', sa.Column('order', sa.Integer))
    op.create_index(op.f("ix_orders_id"), "orders", ["id"])

"""
LOG = """
Traceback (most recent call last):
  File "/home/runner/work/shop/shop/db/versions/b2_orders.py", line 3, in upgrade
    op.create_table("orders", sa.Column("id", sa.Integer))
sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) table {} already exists
"""


def tree(down: str, up: str = UP, walk: str = "alembic downgrade -1") -> Files:
    return {CI: WORKFLOW.format(walk), PATH: f"{up}\ndef downgrade() -> None:\n{down}"}


def answer(files: Files | Tree, met: str = "orders") -> Answer | None:
    return ask("incomplete_downgrade", files, {}, log=LOG.format(met))


def downgrade(folder: Path) -> str:
    return texts(folder, [PATH])[0].partition("def downgrade() -> None:\n")[2]


@pytest.mark.parametrize("down", ["    pass\n", '    """Nothing."""\n', '    """Nothing."""\n    pass\n'])
def test_everything_is_dropped_in_the_opposite_order(tmp_path: Path, down: str) -> None:
    files = tree(down)
    told = answer(files)
    assert told
    assert told.facts["left_behind"] == ["orders", "order", "ix_orders_id"]
    apply(checkout(tmp_path, files), told.fixes[0])
    assert downgrade(tmp_path) == down.replace("    pass\n", "") + (
        '    op.drop_index(op.f("ix_orders_id"), table_name="orders")\n'
        '    op.drop_column("carts", "order")\n'
        '    op.drop_table("orders")\n'
    )


def test_what_a_dropped_table_takes_with_it_is_not_left_behind() -> None:
    told = answer(tree('    op.drop_table("orders")\n'), met="order")
    assert told
    assert told.facts["left_behind"] == ["order"]
    assert "`upgrade()` in `db/versions/b2_orders.py` makes `order` (line 3)" in told.why
    assert not told.fixes[0].files, "where it stands among the others is not told"


def legs(begun: str) -> Answer | None:
    """A job whose steps have no names, and a log that says where the upgrade began."""
    files = tree("    pass\n")
    files = {**files, CI: WORKFLOW.format("alembic downgrade -1").replace("- name: Run pytest\n        run", "- run")}
    return ask("incomplete_downgrade", files, {}, step="Run alembic upgrade head", log=begun + LOG.format("orders"))


def test_the_second_of_two_steps_with_one_script_is_told_by_where_it_begins() -> None:
    assert legs("INFO  [alembic.runtime.migration] Running upgrade a1 -> b2, orders")


@pytest.mark.parametrize("begun", ["", "INFO  [alembic.runtime.migration] Running upgrade  -> a1, first"])
def test_silent_when_it_may_be_the_first_of_two_steps_with_one_script(begun: str) -> None:
    assert legs(begun) is None


@pytest.mark.parametrize(
    ("files", "met"),
    [
        pytest.param(tree("    pass\n", walk="alembic current"), "orders", id="nothing walked back"),
        pytest.param(tree("    pass\n"), "users", id="something else was met"),
        pytest.param(
            tree('    op.drop_column("carts", "order")\n    op.drop_table("orders")\n'), "orders", id="all is"
        ),
        pytest.param(tree("    undo()\n"), "orders", id="a function of its own undoes it"),
        pytest.param(tree("    pass\n", UP + "    op.execute('update carts')\n"), "orders", id="not only the schema"),
        pytest.param(tree("    pass\n", UP.replace('"orders"', "NAME")), "orders", id="a name that is computed"),
        pytest.param(tree("    pass\n", UP.replace("Integer))", "Integer), schema='x')")), "orders", id="a schema"),
        pytest.param({**tree("    pass\n"), PATH: "def upgrade(:\n"}, "orders", id="no Python"),
        pytest.param({**tree("    pass\n"), PATH: Unknown("forbidden")}, "orders", id="a file that cannot be read"),
        pytest.param(Tree(tree("    pass\n"), paths=Unknown("truncated")), "orders", id="not all files are known"),
        pytest.param({PATH: tree("    pass\n")[PATH]}, "orders", id="no workflow"),
    ],
)
def test_silent_when(files: Files | Tree, met: str) -> None:
    assert answer(files, met) is None
