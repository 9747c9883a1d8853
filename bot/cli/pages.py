"""`whyred signatures --pages FOLDER`: the catalogue's pages as files, for any web server."""

from __future__ import annotations

import sys
from pathlib import Path

from bot.errors import UserError
from bot.render import html, page
from diagnosis import catalogue


def write(folder: str) -> int:
    """Write the list, a page for each signature, and what they need. Files of these names are replaced."""
    known = catalogue.load()
    areas = sorted({item.area for item in known.signatures})
    files = {
        "index.html": html.signatures(page.entries(known.signatures), areas, html.LIST_FILE),
        **{name: html.asset(name) for name in (html.STYLE, html.SCRIPT)},
        **{f"{item.id}.html": html.signature(page.page(item, known), html.PAGE_FILE) for item in known.signatures},
    }
    for name, text in files.items():
        _write(Path(folder, name), text)
    sys.stdout.write(f"wrote {len(known.signatures)} pages; begin with {Path(folder, 'index.html')}\n")
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from error
