"""Users, the App, installations and repositories as GitHub shows them."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

from sandbox.state.world import EVENTS, Installation, Repository, World

Shape = dict[str, Any]

USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
REPOSITORY_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def email(login: str) -> str:
    """An address as commits have it. An App's real one has `[bot]` in it, which GitHub's description calls none."""
    return f"{login.replace('[bot]', '-bot')}@users.noreply.github.com"


def node_id(kind: str, number: object) -> str:
    """An opaque name that differs by kind."""
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


def user(world: World, login: str) -> Shape:
    """The short form of a user."""
    record = world.user(login)
    link = f"{world.api}/users/{quote(record.login)}"
    page = f"apps/{record.login.removesuffix('[bot]')}" if record.type == "Bot" else record.login
    return {
        "login": record.login,
        "id": record.id,
        "node_id": node_id("User", record.id),
        "avatar_url": f"{world.url}/avatars/u/{record.id}",
        "gravatar_id": "",
        "url": link,
        "html_url": f"{world.url}/{page}",
        **{key: link + rest for key, rest in USER_LINKS.items()},
        "type": record.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def public_user(world: World, login: str) -> Shape:
    """The long form of a user."""
    return {
        **user(world, login),
        **dict.fromkeys(("name", "company", "location", "email", "hireable", "bio", "twitter_username")),
        "blog": "",
        **dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0),
        "created_at": "2024-01-01T00:00:00Z",
        "updated_at": "2024-01-01T00:00:00Z",
    }


def app(world: World) -> Shape:
    """The App itself."""
    return {
        "id": world.app_id,
        "client_id": f"Iv23li{world.app_id:014d}",
        "slug": world.app_slug,
        "node_id": node_id("App", world.app_id),
        "owner": user(world, "whyred-developers"),
        "name": world.app_slug,
        "description": None,
        "external_url": f"{world.url}/apps/{world.app_slug}",
        "html_url": f"{world.url}/apps/{world.app_slug}",
        "created_at": "2024-01-01T00:00:00Z",
        "updated_at": "2024-01-01T00:00:00Z",
        "permissions": {
            "actions": "read",
            "checks": "write",
            "contents": "read",
            "issues": "write",
            "metadata": "read",
        },
        "events": EVENTS,
    }


def installation(world: World, record: Installation) -> Shape:
    """The App on an account."""
    link = f"{world.api}/app/installations/{record.id}"
    return {
        "id": record.id,
        "account": user(world, record.account),
        "repository_selection": "selected",
        "access_tokens_url": f"{link}/access_tokens",
        "repositories_url": f"{world.api}/installation/repositories",
        "html_url": f"{world.url}/organizations/{record.account}/settings/installations/{record.id}",
        "app_id": world.app_id,
        "app_slug": world.app_slug,
        "target_id": world.user(record.account).id,
        "target_type": world.user(record.account).type,
        "permissions": record.permissions,
        "events": EVENTS,
        "created_at": record.created_at,
        "updated_at": record.created_at,
        "single_file_name": None,
        "suspended_by": user(world, record.account) if record.suspended_at else None,
        "suspended_at": record.suspended_at,
    }


def minimal_repository(world: World, record: Repository) -> Shape:
    """The form that stands inside runs."""
    link = f"{world.api}/repos/{record.full_name}"
    return {
        "id": record.id,
        "node_id": node_id("Repository", record.id),
        "name": record.name,
        "full_name": record.full_name,
        "private": record.private,
        "owner": user(world, record.owner),
        "html_url": f"{world.url}/{record.full_name}",
        "description": None,
        "fork": record.parent is not None,
        "url": link,
        **{key: link + rest for key, rest in REPOSITORY_LINKS.items()},
    }


def repository(world: World, record: Repository) -> Shape:
    """The form that stands in webhooks and pull requests."""
    page = f"{world.url}/{record.full_name}"
    open_issues = sum(issue.state == "open" for issue in record.issues.values())
    return {
        **minimal_repository(world, record),
        "git_url": f"{page}.git",
        "ssh_url": f"git@localhost:{record.full_name}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        **dict.fromkeys(("homepage", "language", "license", "mirror_url"), None),
        **dict.fromkeys(("archived", "disabled", "has_pages", "has_projects", "has_wiki", "has_discussions"), False),
        "has_downloads": True,
        "has_issues": record.issues_enabled,
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": [],
        "visibility": "private" if record.private else "public",
        **dict.fromkeys(("stargazers_count", "watchers_count", "forks_count", "size", "forks", "watchers"), 0),
        **dict.fromkeys(("open_issues_count", "open_issues"), open_issues),
        "default_branch": record.default_branch,
        **dict.fromkeys(("created_at", "updated_at", "pushed_at"), record.created_at),
    }


def full_repository(world: World, record: Repository) -> Shape:
    """The form that GET /repos/{owner}/{repo} gives."""
    shape = {**repository(world, record), "network_count": 0, "subscribers_count": 0}
    parent = world.repositories.get(record.parent) if record.parent else None
    if parent:
        shape["parent"] = shape["source"] = repository(world, parent)
    return shape
