"""GraphQL is judged by GitHub's own schema."""

from __future__ import annotations

import pytest

from sandbox.graphql import judge

QUERY = "mutation($m: MinimizeCommentInput!) { a: minimizeComment(input: $m) { minimizedComment { isMinimized } } }"
GIVEN = {"subjectId": "x", "classifier": "OUTDATED"}


def test_a_right_mutation_is_let_pass() -> None:
    assert judge(QUERY, {"m": GIVEN}) == []


@pytest.mark.parametrize(
    ("query", "given", "wrong"),
    [
        ("query { viewer { login } }", GIVEN, "not understood"),
        (QUERY.replace("minimizeComment(", "hideComment("), GIVEN, "no such mutation hideComment"),
        (QUERY.replace("(input:", "(comment:"), GIVEN, "comment is no MinimizeCommentInput!"),
        (QUERY.replace("isMinimized", "isHidden"), GIVEN, "no field minimizedComment.isHidden"),
        (QUERY, {"subjectId": "x"}, "classifier is missing"),
        (QUERY, {**GIVEN, "classifier": "OLD"}, "classifier is none of"),
        (QUERY, {**GIVEN, "reason": "old"}, "unknown reason"),
        (QUERY, None, "no object"),
    ],
)
def test_a_wrong_one_is_seen(query: str, given: object, wrong: str) -> None:
    assert any(wrong in line for line in judge(query, {"m": given}))
