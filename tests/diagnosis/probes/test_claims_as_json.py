"""A value that JSON does not know, among the claims of a token or what else is written as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagnosis.probes import Answer
from diagnosis.repo import Unknown
from tests.tree import Files, Tree, apply, ask, checkout, texts

LOG = """
tests/test_tokens.py:5: in test_it
    create(MONA)
src/shop/tokens.py:{line}: in create
    return jwt.encode(claims, KEY)
/opt/hostedtoolcache/Python/3.12.1/x64/lib/python3.12/json/encoder.py:180: in default
    raise TypeError(f'Object of type {{o.__class__.__name__}} '
E   TypeError: Object of type {type} is not JSON serializable
"""
CLAIMS = """
from uuid import UUID

def create(user_id: {note}, name: str):
    claims = {{"sub": {value}, "name": name, "ü": 1}}
    return jwt.encode(claims, KEY)
"""
USER = """
class User:
    name: str
    id: Mapped[uuid.UUID] = mapped_column()
"""


def tree(text: str | Unknown) -> Files:
    return {"src/shop/tokens.py": text, "src/shop/users.py": USER, "tests/test_tokens.py": ""}


def claims(note: str = "UUID", value: str = "user_id") -> Files:
    return tree(CLAIMS.format(note=note, value=value))


def answer(files: Files | Tree, type: str = "UUID", line: int = 5) -> Answer | None:
    return ask("claims_as_json", files, {"type": type}, log=LOG.format(line=line, type=type))


def patched(folder: Path, files: Files, type: str = "UUID", line: int = 5) -> str:
    told = answer(files, type, line)
    assert told
    apply(checkout(folder, files), told.fixes[0])
    return texts(folder, ["src/shop/tokens.py"])[0]


def test_the_entry_is_named_with_what_shows_its_type() -> None:
    told = answer(claims())
    assert told
    assert told.why.startswith(
        "`src/shop/tokens.py` line 4 puts `user_id` under `sub` as it is. "
        "It is a `UUID` (the parameter is annotated so)"
    )


@pytest.mark.parametrize("note", ["UUID", "uuid.UUID", "'UUID'"])
def test_an_annotated_parameter_is_written_as_text(tmp_path: Path, note: str) -> None:
    assert '{"sub": str(user_id), "name": name, "ü": 1}' in patched(tmp_path, claims(note))


def test_a_value_that_is_made_on_the_spot_is_written_as_text(tmp_path: Path) -> None:
    assert '{"sub": str(uuid.uuid4()), ' in patched(tmp_path, claims("str", "uuid.uuid4()"))


def test_an_attribute_whose_class_is_in_another_file(tmp_path: Path) -> None:
    text = (
        "from shop.users import User\n\nasync def create(user: User):\n"
        '    return json.dumps({"é": "x", "id": user.id, "name": user.name})\n'
    )
    assert '"id": str(user.id), "name": user.name}' in patched(tmp_path, tree(text), line=4)


def test_a_time_among_claims_is_a_number_and_elsewhere_a_text(tmp_path: Path) -> None:
    text = (
        "def create():\n    now = datetime.now(UTC)\n"
        '    claims = {"iat": now, "seen": now}\n    return jwt.encode(claims, KEY)\n'
    )
    assert '{"iat": int(now.timestamp()), "seen": now.isoformat()}' in patched(tmp_path, tree(text), "datetime", 4)


@pytest.mark.parametrize(
    ("files", "type", "line"),
    [
        pytest.param(claims("str"), "UUID", 5, id="the annotation says otherwise"),
        pytest.param(claims("UUID | None"), "UUID", 5, id="it may be None"),
        pytest.param(claims(), "Decimal", 5, id="another type was refused"),
        pytest.param(claims(), "Widget", 5, id="a type of somebody's own"),
        pytest.param(claims(value="load(user_id)"), "UUID", 5, id="a function of unknown return"),
        pytest.param(claims(value="str(user_id)"), "UUID", 5, id="it is converted already"),
        pytest.param(claims(), "UUID", 40, id="the line is not in a function"),
        pytest.param(
            tree("def create(user_id: UUID):\n    user_id = load(user_id)\n    return dumps({'sub': user_id})\n"),
            "UUID",
            3,
            id="the parameter is set anew",
        ),
        pytest.param(
            tree("def create(a: UUID):\n    return json.dumps({'sub': a}, default=str)\n"), "UUID", 2, id="an encoder"
        ),
        pytest.param(tree("def create(a: UUID):\n    return post({'sub': a})\n"), "UUID", 2, id="no writer is called"),
        pytest.param(tree("def create(a: UUID:\n"), "UUID", 1, id="the file is no Python"),
        pytest.param(tree(Unknown("forbidden")), "UUID", 5, id="the file cannot be read"),
        pytest.param(Tree(claims(), paths=Unknown("truncated")), "UUID", 5, id="not all files are known"),
    ],
)
def test_silent_when(files: Files | Tree, type: str, line: int) -> None:
    assert answer(files, type, line) is None
