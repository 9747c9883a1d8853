"""The file that a linter names above what it found in it."""

from __future__ import annotations

from diagnosis.readers import READERS

LINES = """\
> eslint .

/home/runner/work/shop/shop/src/cart.js
  1:5   warning  Unexpected console statement  no-console
  4:12  error    'x' is not defined            no-undef

/home/runner/work/shop/shop/src/a page.tsx
  4:12  error  Missing semicolon     semi
##[error]  9:1   error  'y' is not defined    no-undef

✖ 4 problems (3 errors, 1 warning)
""".splitlines()


def test_the_file_above_and_the_other_spots_of_the_rule() -> None:
    told = READERS["file_above"](LINES, {"line": "4", "column": "12", "rule": "no-undef"})
    assert told == {"file": "src/cart.js", "spots": ["src/cart.js:4", "src/a page.tsx:9"]}


def test_of_two_files_with_the_same_place_the_rule_decides() -> None:
    told = READERS["file_above"](LINES, {"line": "4", "column": "12", "rule": "semi"})
    assert told == {"file": "src/a page.tsx", "spots": ["src/a page.tsx:4"]}


def test_silent_without_a_file_above() -> None:
    assert READERS["file_above"](["  4:12  error  x  semi"], {"line": "4", "column": "12", "rule": "semi"}) == {}
    assert READERS["file_above"](LINES, {"line": "5", "column": "12", "rule": "no-undef"}) == {}
