"""The database address that alembic.ini writes down, where nothing in its env.py puts another one in its place."""

from __future__ import annotations

import re
from posixpath import normpath
from typing import Final

from diagnosis.probes.question import Question
from diagnosis.probes.urls import ConnectionUrl, connection_url
from diagnosis.repo import Hit

_URL: Final = re.compile(r"^\s*sqlalchemy\.url\s*=\s*(?P<url>\S+)")
_FOLDER: Final = re.compile(r"^\s*script_location\s*=\s*(?:%\(here\)s/)?(?P<folder>[\w./-]+)\s*$", re.MULTILINE)
_OTHER_SOURCE: Final = re.compile(r"environ|getenv|set_main_option|settings|config\.(?:db|database)|get_url|os\.")


def alembic_url(question: Question, schemes: tuple[str, ...]) -> tuple[Hit, ConnectionUrl] | None:
    """The line and its URL; None where there is no such file near the step, or env.py may take another address."""
    path = question.repo.nearest("alembic.ini", question.folder)
    text = question.repo.text(path) if path else None
    told = _FOLDER.search(text) if text else None
    if not path or not text or not told:
        return None
    above = path.rpartition("/")[0]
    code = question.repo.text(normpath(f"{above}/{told['folder']}/env.py" if above else f"{told['folder']}/env.py"))
    if code is None or _OTHER_SOURCE.search(code):
        return None
    for number, line in enumerate(text.splitlines(), 1):
        found = _URL.match(line)
        url = connection_url(found["url"], schemes) if found else None
        if url:
            return Hit(path, number, line), url
    return None
