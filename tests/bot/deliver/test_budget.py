"""Bodies that are too long: cut at a line, with everything closed that the cut left open."""

from __future__ import annotations

import cmarkgfm
import pytest

from bot.deliver.budget import CUT, cut, fit


def test_what_is_within_the_budget_stays_as_it_is() -> None:
    assert cut("one\ntwo", 7) == "one\ntwo"


def test_the_cut_is_at_the_end_of_a_line() -> None:
    text = "\n".join(f"line {number}" for number in range(1000))
    kept = cut(text, 1000).split("\n")
    assert len("\n".join(kept).encode()) <= 1000
    assert kept[-1] == CUT
    assert all(line in text for line in kept[:-2])


@pytest.mark.parametrize("fence", ["```", "`````", "~~~", "```sh"])
def test_a_fence_and_a_fold_are_closed_behind_the_cut(fence: str) -> None:
    text = f"<details><summary>More</summary>\n\n{fence}\n" + "log <b>line</b>\n" * 500 + f"{fence[:3]}\n\n</details>"
    shown = cmarkgfm.github_flavored_markdown_to_html(f"{cut(text, 2000)}\n\n# Behind")
    assert shown.count("</code></pre>") == 1
    assert "<h1>Behind</h1>" in shown.partition("</code></pre>")[2]
    assert cut(text, 2000).count("</details>") == 1


def test_a_shorter_fence_inside_a_longer_one_does_not_count() -> None:
    text = "````\n```\n" + "line\n" * 500
    assert cut(text, 1000).split("\n")[-3:] == ["````", "", CUT]


def test_letters_of_several_bytes_are_counted_as_bytes() -> None:
    assert len(cut("日本語\n" * 1000, 1200).encode()) <= 1200


def test_the_longest_text_pays_for_all() -> None:
    short, long = "short\n" * 10, "long line\n" * 2000
    first, second = fit([short, long], 5000)
    assert first == short
    assert len((first + second).encode()) <= 5000
    assert second.endswith(CUT)
