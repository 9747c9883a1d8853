"""An empty `STATIC_ROOT` or `SECRET_KEY`: the settings module of the job, and the line that sets it or does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import CI, Files, Tree, apply, ask, checkout

MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
BASE = 'from pathlib import Path\nBASE_DIR = Path(__file__).resolve().parent\nSTATIC_URL = "static/"\n'


def flow(command: str = "python manage.py collectstatic", env: str = "", folder: str = "") -> str:
    inside = f"    defaults: {{run: {{working-directory: {folder}}}}}\n" if folder else ""
    return (
        f"on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n{inside}{env}    steps:\n"
        f"      - name: Check\n        run: {command}\n"
    )


def answer(name: str, files: Files | Tree) -> Answer | None:
    signature = {"STATIC_ROOT": "django/static-root-unset", "SECRET_KEY": "django/secret-key-empty"}[name]
    return ask("django_check", files, {}, signature=signature, job="build", step="Check")


def test_static_root_is_set_behind_static_url(tmp_path: Path) -> None:
    files = {CI: flow(), "manage.py": MANAGE, "shop/__init__.py": "", "shop/settings.py": BASE}
    told = answer("STATIC_ROOT", files)
    assert told
    assert "`shop/settings.py` never sets `STATIC_ROOT`" in told.why
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    mended = (tmp_path / "shop/settings.py").read_text()
    assert mended == BASE + 'STATIC_ROOT = BASE_DIR / "staticfiles"\n'
    assert answer("STATIC_ROOT", {**files, "shop/settings.py": mended}) is None


def test_settings_in_parts_below_a_folder_and_the_part_that_has_it() -> None:
    files = {
        CI: flow(env="    env: {DJANGO_SETTINGS_MODULE: conf.settings.ci}\n", folder="backend"),
        "backend/manage.py": MANAGE,
        "backend/conf/settings/__init__.py": "",
        "backend/conf/settings/base.py": BASE,
        "backend/conf/settings/ci.py": "from .base import *\nDEBUG = False\n",
        "backend/conf/settings/production.py": 'from conf.settings.base import *\nSTATIC_ROOT = "/srv/static"\n',
    }
    told = answer("STATIC_ROOT", files)
    assert told
    assert told.facts["settings"] == "conf.settings.ci"
    assert "`backend/conf/settings/production.py` line 2 does" in told.why
    assert told.fixes[0].files[0].path == "backend/conf/settings/base.py"


@pytest.mark.parametrize(
    "read",
    [
        'os.environ.get("SHOP_KEY")',
        'os.getenv("SHOP_KEY", "")',
        'env("SHOP_KEY", default="")',
        'config("SHOP_KEY", default="")',
    ],
)
def test_a_key_from_a_variable_that_the_job_does_not_set(read: str, tmp_path: Path) -> None:
    files = {CI: flow(), "manage.py": MANAGE, "shop/settings.py": f"import os\nSECRET_KEY = {read}\n"}
    told = answer("SECRET_KEY", files)
    assert told
    assert told.facts["variable"] == "SHOP_KEY"
    assert "`shop/settings.py` line 2" in told.why
    checkout(tmp_path, files)
    apply(tmp_path, told.fixes[0])
    mended = {**files, CI: (tmp_path / CI).read_text()}
    assert "SHOP_KEY: only-for-tests" in mended[CI]
    assert answer("SECRET_KEY", mended) is None


def test_a_key_that_is_set_to_nothing() -> None:
    files = {
        CI: flow("python manage.py check --settings=shop.ci"),
        "manage.py": MANAGE,
        "shop/ci.py": 'SECRET_KEY = ""\n',
    }
    told = answer("SECRET_KEY", files)
    assert told
    assert "`shop/ci.py` line 1 sets `SECRET_KEY` to nothing" in told.why


KEY = {CI: flow(), "manage.py": MANAGE, "shop/settings.py": 'import os\nSECRET_KEY = os.getenv("KEY")\n'}


@pytest.mark.parametrize(
    ("name", "files"),
    [
        pytest.param("SECRET_KEY", {**KEY, CI: flow(env="    env: {KEY: x}\n")}, id="the job sets the variable"),
        pytest.param("SECRET_KEY", {**KEY, CI: flow("KEY=x python manage.py check")}, id="the command sets it"),
        pytest.param(
            "SECRET_KEY", {**KEY, "shop/settings.py": 'SECRET_KEY = os.getenv("KEY", "x")\n'}, id="it has a default"
        ),
        pytest.param(
            "SECRET_KEY", {**KEY, "shop/settings.py": "if DEBUG:\n    SECRET_KEY = ''\n"}, id="a condition decides"
        ),
        pytest.param(
            "STATIC_ROOT",
            {**KEY, "shop/settings.py": "from split_settings.tools import include\ninclude('a.py')\n"},
            id="other files add to it",
        ),
        pytest.param(
            "STATIC_ROOT",
            {**KEY, "shop/settings.py": "from company.settings import *\n"},
            id="a package of others is imported whole",
        ),
        pytest.param(
            "STATIC_ROOT",
            {**KEY, "shop/settings.py": "from shop.paths import STATIC_ROOT\n"},
            id="it is imported by name",
        ),
        pytest.param("STATIC_ROOT", {**KEY, "shop/settings.py": "print 'old'\n"}, id="the file is no Python"),
        pytest.param("STATIC_ROOT", {**KEY, "other/manage.py": MANAGE}, id="two projects"),
        pytest.param(
            "STATIC_ROOT", {**KEY, "shop/settings.py": Unknown("forbidden")}, id="the settings cannot be read"
        ),
        pytest.param(
            "STATIC_ROOT",
            {**KEY, CI: flow(env="    env: {DJANGO_SETTINGS_MODULE: '${{ matrix.settings }}'}\n")},
            id="GitHub fills the module in",
        ),
        pytest.param(
            "STATIC_ROOT",
            {CI: flow(), "tests/i18n/sample/manage.py": MANAGE, "tests/i18n/sample/shop/settings.py": BASE},
            id="a sample project among the tests",
        ),
        pytest.param("STATIC_ROOT", Tree(KEY, paths=Unknown("truncated")), id="the tree cannot be told"),
    ],
)
def test_silent_where_the_settings_do_not_tell(name: str, files: Files | Tree) -> None:
    assert answer(name, files) is None
