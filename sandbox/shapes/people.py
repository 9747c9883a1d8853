"""Reactions and people's permissions as GitHub shows them."""

from __future__ import annotations

from typing import Final

from sandbox.shapes.common import Shape, node_id, user
from sandbox.state.conversation import Reaction
from sandbox.state.world import Repository, World

ROLES: Final = {"admin": "admin", "maintain": "write", "write": "write", "triage": "read", "read": "read"}
"""What the older field calls each role."""


def reaction(world: World, record: Reaction) -> Shape:
    """A reaction."""
    return {
        "id": record.id,
        "node_id": node_id("Reaction", record.id),
        "user": user(world, record.author),
        "content": record.content,
        "created_at": record.created_at,
    }


def permission(world: World, home: Repository, login: str) -> Shape:
    """What somebody may do in a repository; everybody may read a public one."""
    role = "admin" if login == home.owner else home.roles.get(login, "none" if home.private else "read")
    names = ("pull", "triage", "push", "maintain", "admin")
    reach = ("read", "triage", "write", "maintain", "admin")
    place = reach.index(role) if role in reach else -1
    may = {name: number <= place for number, name in enumerate(names)}
    return {
        "permission": ROLES.get(role, "none"),
        "role_name": role,
        "user": {**user(world, login), "permissions": may, "role_name": role},
    }
