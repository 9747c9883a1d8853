"""A module of the repository's own that the commit lacks, or that lies where Python does not look."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, apply, ask, checkout, texts

FILES: Files = {
    "shop/__init__.py": "",
    "shop/orders/__init__.py": "",
    "shop/orders/invoice.py": "",
    "shop/orders/Payments.py": "",
    "shop/orders/line_items.py": "",
    "shop/cart.py": "from shop.orders.payments import pay\n",
}
LOG = "shop/cart.py:1: in <module>\n    from shop.orders.payments import pay\n"


def answer(files: Files | Tree = FILES, module: str = "shop.orders.payments", **told: Any) -> Answer | None:
    return ask("absent_module", files, {"module": module}, log=told.pop("log", LOG), **told)


def test_a_name_in_another_case_is_named_and_why_it_works_locally(tmp_path: Path) -> None:
    told = answer()
    assert told
    assert told.why == (
        "`shop/cart.py` line 1 imports `shop.orders.payments`, and the commit has no such file: "
        "`shop/orders/Payments.py` differs in the case of its letters. The disks of macOS and Windows do not tell the "
        "case apart, so it works there; the runner's does."
    )
    checkout(tmp_path, FILES)
    apply(tmp_path, told.fixes[0])
    assert texts(tmp_path, ["shop/cart.py"]) == ["from shop.orders.Payments import pay\n"]


@pytest.mark.parametrize(
    ("module", "meant", "how"),
    [
        pytest.param("shop.orders.invoices", "shop.orders.invoice", "is spelt otherwise", id="plural"),
        pytest.param("shop.orders.lineitem", "shop.orders.line_items", "is spelt otherwise", id="underscore"),
        pytest.param("shop.invoice", "shop.orders.invoice", "has the name in another package", id="moved"),
        pytest.param("shop.order", "shop.orders", "is spelt otherwise", id="a package"),
    ],
)
def test_the_module_that_was_meant_is_named(module: str, meant: str, how: str) -> None:
    told = answer(module=module)
    assert told
    assert told.facts["meant"] == meant
    assert how in told.why


def test_a_package_in_a_folder_of_a_monorepo_is_found_too() -> None:
    files = {f"services/billing/src/{path.replace('shop', 'tax')}": text for path, text in FILES.items()}
    told = answer(files, "tax.orders.invoices")
    assert told
    assert told.facts == {
        "meant": "tax.orders.invoice",
        "meant_file": "services/billing/src/tax/orders/invoice.py",
    }


def test_a_file_that_was_never_added_is_said_to_be_so_with_what_its_folder_has() -> None:
    told = answer(module="shop.orders.refund_policy")
    assert told
    assert told.why == (
        "`shop/orders/refund_policy.py` is not in the commit, and no .gitignore keeps it out: it was never added, or "
        "is gone. `shop/orders` has `Payments`, `invoice`, `line_items`."
    )
    assert told.fixes[0].commands == ("git add shop/orders/refund_policy.py",)
    assert not told.fixes[1].files


def test_a_name_that_is_only_near_is_mentioned_and_never_put_in_the_place() -> None:
    told = answer(module="shop.orders.invoice_v2")
    assert told
    assert told.fixes[1].says.endswith("the nearest name there is `invoice`.")
    assert not any(fix.files for fix in told.fixes)


@pytest.mark.parametrize(
    ("files", "module"),
    [
        pytest.param({**FILES, "shop/orders/payments.py": ""}, "shop.orders.payments", id="the file is committed"),
        pytest.param({**FILES, ".gitignore": "payments.py\n"}, "shop.orders.payments", id="it is ignored"),
        pytest.param(FILES, "boto3.session", id="a package of others"),
        pytest.param(FILES, "orders.payments", id="a package inside another has a longer name"),
        pytest.param(FILES, "shop.mail.smtp", id="the package above is not there either"),
        pytest.param(FILES, "shop.orders._speedups", id="an extension that a build makes"),
        pytest.param(FILES, "shop.orders.orders_pb2", id="what protoc writes"),
        pytest.param({**FILES, "shop/orders/ledger.pyx": ""}, "shop.orders.ledger", id="a source of Cython"),
        pytest.param(
            {**FILES, "shop/.gitignore": Unknown("forbidden")},
            "shop.orders.refund",
            id="an ignore file is not readable",
        ),
        pytest.param(
            {"one/shop/__init__.py": "", "two/shop/__init__.py": ""}, "shop.orders", id="two packages of the name"
        ),
        pytest.param(Tree(FILES, paths=Unknown("truncated")), "shop.orders.payments", id="the tree cannot be told"),
    ],
)
def test_silent_where_the_module_is_there_or_made_or_not_ours(files: Files | Tree, module: str) -> None:
    assert answer(files, module) is None


WORKFLOW = """
name: CI
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: pip install pytest requests
      - name: Run pytest
        run: pytest -q
"""
PYPROJECT = """
[project]
name = "shop"

[tool.pytest.ini_options]  # tests
testpaths = ["tests"]
"""
SOURCE: Files = {
    CI: WORKFLOW,
    "pyproject.toml": PYPROJECT,
    "src/shop/__init__.py": "",
    "tests/test_cart.py": "import shop\n",
}
HEADER = (
    "platform linux -- Python 3.12.1, pytest-9.0.0\nrootdir: /home/runner/work/shop/shop\nconfigfile: pyproject.toml"
)


def test_a_source_folder_off_the_path_is_put_there_in_pytests_settings(tmp_path: Path) -> None:
    told = answer(SOURCE, "shop", log=HEADER)
    assert told
    assert told.why == (
        "`src/shop` is in the commit, but `src` is not on Python's path in this job: no step before this one installs "
        "the project. Locally it works because the project is installed there, or the folder is on the path."
    )
    checkout(tmp_path, SOURCE)
    apply(tmp_path, told.fixes[0])
    (text,) = texts(tmp_path, ["pyproject.toml"])
    assert text.endswith('[tool.pytest.ini_options]  # tests\npythonpath = ["src"]\ntestpaths = ["tests"]\n')
    assert told.fixes[1].commands == ("pip install -e .",)
    healed = {**SOURCE, "pyproject.toml": text}
    again = answer(healed, "shop", log=HEADER)
    assert again
    assert not any(fix.files for fix in again.fixes)


def test_the_folder_is_told_from_the_file_that_the_setting_stands_in() -> None:
    files = {
        CI: WORKFLOW.replace("run: pytest -q", "run: pytest -q\n        working-directory: api"),
        "api/setup.cfg": "[tool:pytest]\naddopts = -ra\n",
        "api/lib/tax/__init__.py": "",
        "api/tests/test_tax.py": "",
    }
    told = answer(files, "tax", log="")
    assert told
    assert "pythonpath = lib" in told.fixes[0].files[0].patch


def test_a_script_that_lies_elsewhere_is_told_to_look_for_the_package() -> None:
    files = {
        CI: WORKFLOW.replace("run: pytest -q", "run: python tools/report.py"),
        "tax/__init__.py": "",
        "tools/report.py": "import tax\n",
    }
    told = answer(files, "tax", log="")
    assert told
    assert told.fixes[0].says == "Set `PYTHONPATH: ${{ github.workspace }}` under `env:` of the step."


def test_an_option_that_leaves_the_project_out_is_named() -> None:
    files = {**SOURCE, CI: WORKFLOW.replace("pip install pytest requests", "poetry install --no-root")}
    told = answer(files, "shop", log=HEADER)
    assert told
    assert "`.github/workflows/ci.yml` line 8 (`poetry install --no-root`) leaves it out" in told.why


@pytest.mark.parametrize(
    ("files", "module"),
    [
        pytest.param(
            {**SOURCE, CI: WORKFLOW.replace("pytest requests", '-e ".[dev]"')}, "shop", id="the project is installed"
        ),
        pytest.param({**SOURCE, CI: WORKFLOW.replace("pip install pytest requests", "uv sync")}, "shop", id="by uv"),
        pytest.param(
            {**SOURCE, CI: WORKFLOW.replace("pip install pytest requests", "make install")},
            "shop",
            id="perhaps by make",
        ),
        pytest.param(
            {**SOURCE, CI: WORKFLOW.replace("on: push", "on: push\nenv:\n  PYTHONPATH: src")}, "shop", id="on the path"
        ),
        pytest.param(
            {CI: WORKFLOW, "pyproject.toml": PYPROJECT, "shop/__init__.py": "", "conftest.py": ""},
            "shop",
            id="pytest puts the conftest's folder on the path",
        ),
        pytest.param(
            {CI: WORKFLOW.replace("pytest -q", "python -m pytest"), "shop/__init__.py": ""},
            "shop",
            id="the current folder is on the path",
        ),
        pytest.param(
            {
                CI: WORKFLOW.replace("run: pytest -q", "run: python manage.py test"),
                "shop/__init__.py": "",
                "manage.py": "",
            },
            "shop",
            id="the script's folder is on the path",
        ),
        pytest.param(
            {CI: WORKFLOW.replace("run: pytest -q", "run: python -m shop"), "shop/__init__.py": ""},
            "shop",
            id="what is run as a module is found below the current folder",
        ),
        pytest.param({CI: WORKFLOW, "alembic/env.py": ""}, "alembic", id="a folder named like a package of others"),
        pytest.param({CI: WORKFLOW, "shop/__init__.py": "", "shop/utils/__init__.py": ""}, "utils", id="a subpackage"),
        pytest.param({CI: WORKFLOW, "a/tax/__init__.py": "", "b/tax/__init__.py": ""}, "tax", id="two of the name"),
        pytest.param({CI: WORKFLOW, "shop/__init__.py": ""}, "humanize", id="a package of others"),
        pytest.param({"src/shop/__init__.py": "", "pyproject.toml": PYPROJECT}, "shop", id="the job is not known"),
        pytest.param(Tree(SOURCE, paths=Unknown("truncated")), "shop", id="the tree cannot be told"),
    ],
)
def test_silent_where_the_package_is_on_the_path_or_not_ours(files: Files | Tree, module: str) -> None:
    assert answer(files, module, log="") is None
