"""Commits, trees, blobs and files."""

from __future__ import annotations

import base64

from sandbox.client import Sandbox
from sandbox.git import blob_sha
from tests.sandbox.conftest import FILES, SHOP, Api

HOME = f"/repos/{SHOP}"
PRICE = "shop/price.py"


def test_a_file_is_read_at_a_commit(sandbox: Sandbox, bot: Api) -> None:
    sha = sandbox.push(SHOP, "discounts", {PRICE: "PRICE = 2\n"}, author="mona")
    at_head, at_main = (bot.get(f"{HOME}/contents/{PRICE}", ref=ref) for ref in (sha, "main"))
    assert base64.b64decode(at_head["content"]) == b"PRICE = 2\n"
    assert base64.b64decode(at_main["content"]) == b"PRICE = 1\n"
    blob = bot.get(f"{HOME}/git/blobs/{at_head['sha']}")
    assert (blob["size"], base64.b64decode(blob["content"])) == (10, b"PRICE = 2\n")


def test_a_folder_is_listed_and_a_missing_file_is_404(sandbox: Sandbox, bot: Api) -> None:
    assert [(one["type"], one["path"]) for one in bot.get(f"{HOME}/contents/shop")] == [("file", PRICE)]
    assert bot.call("GET", f"{HOME}/contents/shop/missing.py").status_code == 404


def test_a_file_above_a_megabyte_comes_without_its_content(sandbox: Sandbox, bot: Api) -> None:
    sandbox.push(SHOP, "main", {"big.txt": "x" * 1_000_001})
    assert [bot.get(f"{HOME}/contents/big.txt")[name] for name in ("encoding", "content")] == ["none", ""]


def test_a_tree_holds_all_files_under_the_names_that_git_gives(sandbox: Sandbox, bot: Api) -> None:
    tree = bot.get(f"{HOME}/git/trees/main", recursive=1)
    assert tree["truncated"] is False
    found = {entry["path"]: entry["sha"] for entry in tree["tree"] if entry["type"] == "blob"}
    assert found == {path: blob_sha(text.encode()) for path, text in FILES.items()}
    assert {entry["path"] for entry in tree["tree"] if entry["type"] == "tree"} == {
        ".github",
        ".github/workflows",
        "shop",
    }


def test_blob_names_are_git_s_own() -> None:
    assert blob_sha(b"") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


def test_two_commits_are_compared(sandbox: Sandbox, bot: Api) -> None:
    sha = sandbox.push(SHOP, "discounts", {PRICE: "PRICE = 2\n", "README.md": None, "new.py": ""}, author="mona")
    found = bot.get(f"{HOME}/compare/main...{sha}")
    assert (found["status"], found["ahead_by"], found["behind_by"]) == ("ahead", 1, 0)
    assert [(one["filename"], one["status"]) for one in found["files"]] == [
        ("README.md", "removed"),
        ("new.py", "added"),
        (PRICE, "modified"),
    ]
    assert found["files"][2]["patch"] == "@@ -1 +1 @@\n-PRICE = 1\n+PRICE = 2"


def test_a_commit_names_its_author_and_what_it_changed(sandbox: Sandbox, bot: Api) -> None:
    sha = sandbox.push(SHOP, "main", {PRICE: "PRICE = 3\n"}, author="mona", message="Raise the price")
    found = bot.get(f"{HOME}/commits/{sha}")
    assert (found["author"]["login"], found["commit"]["message"]) == ("mona", "Raise the price")
    assert [one["filename"] for one in found["files"]] == [PRICE]


def test_a_repository_answers_to_its_number_too(sandbox: Sandbox, bot: Api) -> None:
    number = bot.get(HOME)["id"]
    assert bot.get(f"/repositories/{number}/contents/README.md")["path"] == "README.md"
