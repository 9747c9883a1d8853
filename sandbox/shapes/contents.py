"""Commits, trees, blobs and files as GitHub shows them."""

from __future__ import annotations

from urllib.parse import quote

from sandbox.git import Change, Commit, Entry, changes, wrapped_base64
from sandbox.shapes.common import Shape, email, node_id, user
from sandbox.state.world import Repository, World

LARGEST_INLINE = 1_000_000
"""Bytes above which the contents API leaves `content` empty."""


def commit(world: World, home: Repository, record: Commit, *, with_files: bool = False) -> Shape:
    """A commit, with what it changed if asked."""
    link = f"{world.api}/repos/{home.full_name}"
    page = f"{world.url}/{home.full_name}/commit"
    person = {"name": record.author, "email": email(record.author), "date": record.date}
    verification = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}
    shape: Shape = {
        "sha": record.sha,
        "node_id": node_id("Commit", record.sha),
        "commit": {
            "author": person,
            "committer": person,
            "message": record.message,
            "tree": {"sha": record.tree_sha, "url": f"{link}/git/trees/{record.tree_sha}"},
            "url": f"{link}/git/commits/{record.sha}",
            "comment_count": 0,
            "verification": verification,
        },
        "url": f"{link}/commits/{record.sha}",
        "html_url": f"{page}/{record.sha}",
        "comments_url": f"{link}/commits/{record.sha}/comments",
        "author": user(world, record.author),
        "committer": user(world, record.author),
        "parents": [
            {"sha": sha, "url": f"{link}/commits/{sha}", "html_url": f"{page}/{sha}"} for sha in record.parents
        ],
    }
    if with_files:
        before = home.commits[record.parents[0]].files if record.parents else {}
        changed = changes(before, record.files)
        added, removed = sum(one.additions for one in changed), sum(one.deletions for one in changed)
        shape["stats"] = {"additions": added, "deletions": removed, "total": added + removed}
        shape["files"] = [diff_entry(world, home, record.sha, one) for one in changed]
    return shape


def diff_entry(world: World, home: Repository, sha: str, record: Change) -> Shape:
    """A changed file."""
    path = quote(record.path)
    shape = {
        "sha": record.sha,
        "filename": record.path,
        "status": record.status,
        "additions": record.additions,
        "deletions": record.deletions,
        "changes": record.additions + record.deletions,
        "blob_url": f"{world.url}/{home.full_name}/blob/{sha}/{path}",
        "raw_url": f"{world.url}/{home.full_name}/raw/{sha}/{path}",
        "contents_url": f"{world.api}/repos/{home.full_name}/contents/{path}?ref={sha}",
    }
    return shape if record.patch is None else {**shape, "patch": record.patch}


def tree(world: World, home: Repository, sha: str, entries: list[Entry]) -> Shape:
    """A folder by git's names."""
    link = f"{world.api}/repos/{home.full_name}/git"
    return {
        "sha": sha,
        "url": f"{link}/trees/{sha}",
        "tree": [tree_line(link, entry) for entry in entries],
        "truncated": False,
    }


def tree_line(link: str, entry: Entry) -> Shape:
    """A file or a folder of a tree."""
    if entry.size is None:
        return {
            "path": entry.path, "mode": "040000", "type": "tree", "sha": entry.sha, "url": f"{link}/trees/{entry.sha}"
        }  # fmt: skip
    return {
        "path": entry.path, "mode": "100644", "type": "blob", "sha": entry.sha, "size": entry.size,
        "url": f"{link}/blobs/{entry.sha}",
    }  # fmt: skip


def blob(world: World, home: Repository, sha: str, content: bytes) -> Shape:
    """A file by git's name."""
    return {
        "sha": sha,
        "node_id": node_id("Blob", sha),
        "size": len(content),
        "url": f"{world.api}/repos/{home.full_name}/git/blobs/{sha}",
        "content": wrapped_base64(content),
        "encoding": "base64",
    }


def entry_shape(world: World, home: Repository, ref: str, entry: Entry) -> Shape:
    """A file or a folder as the contents API lists it."""
    kind, git_kind = ("file", "blobs") if entry.size is not None else ("dir", "trees")
    path, ref = quote(entry.path), quote(ref)
    link = f"{world.api}/repos/{home.full_name}/contents/{path}?ref={ref}"
    git = f"{world.api}/repos/{home.full_name}/git/{git_kind}/{entry.sha}"
    page = f"{world.url}/{home.full_name}/{'blob' if kind == 'file' else 'tree'}/{ref}/{path}"
    return {
        "name": entry.path.rsplit("/", 1)[-1],
        "path": entry.path,
        "sha": entry.sha,
        "size": entry.size or 0,
        "url": link,
        "html_url": page,
        "git_url": git,
        "download_url": f"{world.url}/{home.full_name}/raw/{ref}/{path}" if kind == "file" else None,
        "type": kind,
        "_links": {"self": link, "git": git, "html": page},
    }


def file(world: World, home: Repository, ref: str, entry: Entry, content: bytes) -> Shape:
    """A file with its content, which is empty above 1 MB as on GitHub."""
    inline = len(content) <= LARGEST_INLINE
    return {
        **entry_shape(world, home, ref, entry),
        "content": wrapped_base64(content) if inline else "",
        "encoding": "base64" if inline else "none",
    }
