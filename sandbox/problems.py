"""The refusals of the API, in GitHub's own words and shape."""

from __future__ import annotations

from typing import Any

DOCUMENTATION = "https://docs.github.com/rest"


class ApiError(Exception):
    """An answer other than success."""

    def __init__(self, status: int, message: str, errors: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors

    def body(self) -> dict[str, Any]:
        """What GitHub sends with it."""
        told: dict[str, Any] = {"message": self.message, "documentation_url": DOCUMENTATION, "status": str(self.status)}
        if self.errors is not None:
            told["errors"] = self.errors
        return told


def not_found() -> ApiError:
    """GitHub does not tell a missing thing from a forbidden one."""
    return ApiError(404, "Not Found")


def forbidden() -> ApiError:
    """A token that lacks the permission."""
    return ApiError(403, "Resource not accessible by integration")


def invalid(resource: str, field: str, code: str, value: object = None) -> ApiError:
    """A body that GitHub understood and refused."""
    error = {"resource": resource, "field": field, "code": code}
    if value is not None:
        error["value"] = str(value)
    return ApiError(422, "Validation Failed", [error])
