"""A picture of a comment comes out of the real browser, with the comment in it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from sandbox import gallery
from sandbox.gallery import PICTURES, WIDTH

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def test_a_picture_shows_the_comment(tmp_path: Path) -> None:
    if gallery.chromium() is None:
        pytest.skip("Chromium is not installed: no picture was taken")
    gallery.take([one for one in PICTURES if one.name == "unknown"], tmp_path)
    picture = (tmp_path / "unknown.png").read_bytes()
    assert struct.unpack(">II", picture[16:24]) == (WIDTH, 440)
    # A page without a word takes 3 kB.
    assert len(picture) > 15_000
