"""A path of somebody's own machine: where it is written, what it means in a checkout, and TLS for a local service."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, apply, ask, checkout, texts

WORKFLOW = """
name: CI
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    services:
      postgres:
        image: postgres:16
    defaults:
      run:
        working-directory: backend
    env:
      # for the tests
      DATABASE_URL: postgresql://shop:shop@localhost:5432/shop
    steps:
      - name: Run pytest
        run: python -m pytest
  lint:
    runs-on: ubuntu-latest
    steps:
      - run: ruff check
  performance:
    runs-on: ubuntu-latest
    services:
      database:
        image: postgis/postgis:16-3.4
    steps:
      - run: python -m bench
"""
CONFIG = """
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    db_ssl_enabled: bool = True
    db_ssl_ca: str = "/Users/dana/Desktop/shop/backend/certs/ca-cert.pem"


settings = Settings()
"""
DATABASE = """
import ssl
from pathlib import Path

from shop.config import settings


def context():
    if not settings.db_ssl_enabled:
        return None
    if not Path(settings.db_ssl_ca).exists():
        raise FileNotFoundError(f"Database CA certificate not found:\\n{settings.db_ssl_ca}")
    return ssl.create_default_context(cafile=settings.db_ssl_ca)
"""
FILES: Files = {
    CI: WORKFLOW,
    "backend/.gitignore": "# local\n*.pem\n",
    "backend/src/shop/config.py": CONFIG,
    "backend/src/shop/database.py": DATABASE,
    "backend/tests/test_orders.py": "from shop import database\n",
}
PATH = "/Users/dana/Desktop/shop/backend/certs/ca-cert.pem"
LOG = """
tests/test_orders.py:1: in <module>
    from shop import database
src/shop/database.py:11: in context
    raise FileNotFoundError(f"Database CA certificate not found:")
E   FileNotFoundError: Database CA certificate not found:
"""


def answer(files: Files | Tree = FILES, path: str = PATH, **told: Any) -> Answer | None:
    return ask("developer_path", files, {"path": path}, log=told.pop("log", LOG), **told)


def test_the_line_that_writes_the_path_and_the_pattern_that_hides_the_file_are_named() -> None:
    told = answer()
    assert told
    assert told.facts == {"written": ["backend/src/shop/config.py:6"], "in_commit": False}
    assert told.why == (
        "`backend/src/shop/config.py` line 6 writes a path of `dana`'s own machine: it works there and nowhere else. "
        "`backend/certs/ca-cert.pem` is not in the commit: `backend/.gitignore` line 2 (`*.pem`) keeps it out of git. "
        "The job's database runs beside it without TLS, and `DB_SSL_ENABLED`, read in `backend/src/shop/config.py` "
        "line 5, is what asks for the certificate."
    )


def test_tls_is_switched_off_in_every_job_with_a_database_of_its_own(tmp_path: Path) -> None:
    told = answer()
    assert told
    assert "each job with a database service (`test`, `performance`)" in told.fixes[0].says
    assert "Production still uses TLS" in told.fixes[0].consequence
    assert "Never do this for a database on a remote host" in told.fixes[0].consequence
    checkout(tmp_path, FILES)
    apply(tmp_path, told.fixes[0])
    (text,) = texts(tmp_path, [CI])
    assert '    env:\n      DB_SSL_ENABLED: "false"\n      # for the tests\n' in text
    assert '    env:\n      DB_SSL_ENABLED: "false"\n    steps:\n      - run: python -m bench\n' in text
    assert text.count("DB_SSL_ENABLED") == 2


def other(reads: str, asks: str = "PG_TLS") -> Files:
    """Another layout, another reader and another name."""
    return {
        CI: WORKFLOW.replace("        working-directory: backend\n", "        shell: bash\n"),
        "app/config_db.py": f"""
            import os

            CERT = os.environ.get("PG_CERT", "/home/lee/app/certs/root.crt")
            PG_TLS = {reads}
            """,
        "app/pg.py": f"""
            from app import config_db


            def options():
                return {{"sslrootcert": config_db.CERT}} if config_db.{asks} else {{}}
            """,
    }


def other_answer(files: Files) -> Answer | None:
    frames = 'File "/home/runner/work/app/app/app/pg.py", line 5, in options'
    return answer(files, "/home/lee/app/certs/root.crt", log=frames)


def test_the_switch_is_found_however_the_code_reads_it(tmp_path: Path) -> None:
    files = other('os.getenv("SHOP_PG_TLS", "on").lower() in ("on", "true")')
    told = other_answer(files)
    assert told
    assert "SHOP_PG_TLS" in told.fixes[0].says
    assert "Set `PG_CERT`, which the code reads first" in told.fixes[1].says
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    assert texts(tmp_path, [CI])[0].count('SHOP_PG_TLS: "false"') == 2


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(other('bool(os.getenv("PG_TLS", "on"))'), id="any text switches it on"),
        pytest.param(other('os.getenv("PG_TLS") == level'), id="what it is compared with is not written"),
        pytest.param(other('os.getenv("PG_TLS", "on") == "on"', asks="PG"), id="nothing asks it"),
        pytest.param(other('os.getenv("EMAIL_USE_TLS", "on") == "on"'), id="the switch of something else"),
        pytest.param(
            {**other('os.getenv("PG_TLS") == "on"'), CI: WORKFLOW.replace("localhost", "db.shop.example")},
            id="a remote host",
        ),
        pytest.param(
            {**other('os.getenv("PG_TLS") == "on"'), CI: WORKFLOW.replace("image: postgres:16", "image: redis:7")},
            id="the job has no database of its own",
        ),
        pytest.param(
            {**other('os.getenv("PG_TLS") == "on"'), CI: WORKFLOW.replace("on: push", "on: push\nenv:\n  PG_TLS: on")},
            id="the workflow sets it",
        ),
        pytest.param(
            {
                **other('os.getenv("PG_TLS") == "on"'),
                CI: WORKFLOW.replace("postgresql://shop:shop@localhost:5432/shop", "${{ secrets.DATABASE_URL }}"),
            },
            id="a host that is a secret",
        ),
    ],
)
def test_tls_is_not_switched_off_where_that_is_not_proved(files: Files) -> None:
    told = other_answer(files)
    assert told
    assert not any(fix.files for fix in told.fixes)
    assert not any("under `env:`" in fix.says for fix in told.fixes)


COMMITTED: Files = {
    "shop/load.py": """
        import json

        ORDERS = "/home/dana/shop/fixtures/orders.json"
        print(len(json.load(open(ORDERS))))
        """,
    "fixtures/orders.json": "[1, 2]\n",
}
COMMITTED_LOG = 'File "/home/runner/work/shop/shop/shop/load.py", line 4, in <module>'


def test_a_path_to_a_file_of_the_commit_is_built_from_the_file_that_uses_it(tmp_path: Path) -> None:
    told = answer(COMMITTED, "/home/dana/shop/fixtures/orders.json", log=COMMITTED_LOG)
    assert told
    assert told.why.endswith("The commit has the file as `fixtures/orders.json`.")
    checkout(tmp_path, COMMITTED)
    apply(tmp_path, told.fixes[0])
    ran = subprocess.run([sys.executable, "shop/load.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout == "2\n"


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ('P = Path("/home/dana/shop/fixtures/orders.json")', 'Path(__file__).resolve().parents[1] / "fixtures/orders.'),
        ('P = "/home/dana/shop/fixtures/orders.json"', 'str(Path(__file__).resolve().parents[1] / "fixtures/orders.'),
    ],
)
def test_a_path_object_stays_one(line: str, after: str, tmp_path: Path) -> None:
    files = {**COMMITTED, "shop/load.py": f"from pathlib import Path\n\n{line}  # orders\n"}
    told = answer(files, "/home/dana/shop/fixtures/orders.json", log=COMMITTED_LOG)
    assert told
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    (text,) = texts(tmp_path, ["shop/load.py"])
    assert text == f'from pathlib import Path\n\nP = {after}json"{")" if after.startswith("str") else ""}  # orders\n'


def test_a_windows_path_is_the_same_path_and_siblings_are_named() -> None:
    files = {
        "settings.yml": "fixtures: C:\\Users\\lee\\shop\\data\\one.csv\n",
        "config/dev.env": "",
        "compose.yaml": "volumes:\n  - C:/Users/lee/shop/data:/data\n",
        "data/other.csv": "",
    }
    told = answer(files, r"C:\\Users\\lee\\shop\\data\\one.csv", log="")
    assert told
    assert told.facts["written"] == ["settings.yml:1", "compose.yaml:2"]
    assert "and so does `compose.yaml` line 2" in told.why


@pytest.mark.parametrize(
    ("files", "path"),
    [
        pytest.param(FILES, "/home/runner/work/shop/shop/backend/certs/ca-cert.pem", id="the runner's own home"),
        pytest.param(FILES, "/home/node/certs/ca-cert.pem", id="the account of an image"),
        pytest.param(FILES, "certs/ca-cert.pem", id="a relative path"),
        pytest.param(FILES, "/etc/ssl/ca-cert.pem", id="a path of the system"),
        pytest.param({"shop/config.py": 'CA = os.environ["CA"]\n'}, PATH, id="written nowhere"),
        pytest.param({"shop/config.py": f"# CA = {PATH!r}\n"}, PATH, id="written in a comment"),
        pytest.param({"shop/config.py": 'CA = "/Users/dana/other/ca.pem"\n'}, PATH, id="another path of hers"),
        pytest.param({"shop/config.py": f"CA = {PATH.replace('dana', 'danae')!r}\n"}, PATH, id="another person"),
        pytest.param({"venv/lib/config.py": f"CA = {PATH!r}\n"}, PATH, id="written by others"),
        pytest.param(Tree(FILES, paths=Unknown("truncated")), PATH, id="the tree cannot be told"),
        pytest.param({name: Unknown("forbidden") for name in FILES}, PATH, id="no file can be read"),
    ],
)
def test_silent_where_the_path_is_nobodys_or_written_nowhere(files: Files | Tree, path: str) -> None:
    assert answer(files, path) is None


def test_no_patch_where_the_job_runs_an_installed_copy_of_the_code() -> None:
    files = {
        "src/shop/load.py": 'from os import open\nP = "/home/dana/shop/fixtures/orders.json"\n',
        "fixtures/orders.json": "[]",
        CI: WORKFLOW.replace("        working-directory: backend\n", "        shell: bash\n").replace(
            "      - name: Run pytest", "      - run: pip install .\n      - name: Run pytest"
        ),
    }
    told = answer(files, "/home/dana/shop/fixtures/orders.json", log='File "src/shop/load.py", line 2')
    assert told
    assert not told.fixes[0].files


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "import json\nimport os\n\nimport flask\n",
            "import json\nimport os\nfrom pathlib import Path\n\nimport flask\n",
        ),
        ("import os\nfrom typing import Any\n", "import os\nfrom pathlib import Path\nfrom typing import Any\n"),
        ("import flask\n", "from pathlib import Path\n\nimport flask\n"),
        ("from .json import load\n", "from pathlib import Path\n\nfrom .json import load\n"),
        (
            "from __future__ import annotations\n\nimport os\n",
            "from __future__ import annotations\n\nimport os\nfrom pathlib import Path\n",
        ),
    ],
)
def test_the_import_stands_where_it_is_sorted(before: str, after: str, tmp_path: Path) -> None:
    files = {**COMMITTED, "shop/load.py": f'{before}\nORDERS = "/home/dana/shop/fixtures/orders.json"\n'}
    told = answer(files, "/home/dana/shop/fixtures/orders.json", log=COMMITTED_LOG)
    assert told
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    (text,) = texts(tmp_path, ["shop/load.py"])
    assert text.partition("\nORDERS = ")[0] == after
