"""The pages of the catalogue as HTML: every text goes through the templates, which escape it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from bot.render.page import Entry, Page

TEMPLATES: Final = Path(__file__).parent / "templates"
STYLE: Final = "style.css"
SCRIPT: Final = "filter.js"


@dataclass(frozen=True, slots=True)
class Links:
    """How pages lead to each other: `home` is the list and `base` what stands before an id, as seen from the page."""

    home: str
    base: str
    ending: str = ""


LIST: Final = Links(home="signatures", base="signatures/")
PAGE: Final = Links(home="../../signatures", base="../")
AREA: Final = Links(home="../signatures", base="")
LIST_FILE: Final = Links(home="index.html", base="", ending=".html")
PAGE_FILE: Final = Links(home="../index.html", base="../", ending=".html")


def signature(page: Page, links: Links) -> str:
    """The page of a signature."""
    return _template("signature.html").render(page=page, links=links)


def signatures(entries: Sequence[Entry], areas: Sequence[str], links: Links, words: str = "", area: str = "") -> str:
    """The list of those that were asked for; `areas` are all that there are."""
    return _template("signatures.html").render(entries=entries, areas=areas, links=links, words=words, area=area)


def front() -> str:
    """The page at the web server's root."""
    return _template("front.html").render(links=LIST)


def missing(identifier: str, links: Links) -> str:
    """What is shown in place of a page that is not there."""
    return _template("missing.html").render(identifier=identifier, links=links)


def asset(name: str) -> str:
    """The style sheet or the script."""
    return (TEMPLATES / name).read_text("utf-8")


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
