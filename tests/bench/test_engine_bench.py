"""The bench log is the same every time, and a large log costs no large memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import log, memory


def test_the_bench_log_is_the_same_every_time(tmp_path: Path) -> None:
    first, second = tmp_path / "first.log", tmp_path / "second.log"
    log.write(first, 1_000_000)
    log.write(second, 1_000_000)
    assert first.read_bytes() == second.read_bytes()


def test_the_bench_log_is_like_real_ones(tmp_path: Path) -> None:
    log.write(tmp_path / "bench.log", 2_000_000)
    lines = (tmp_path / "bench.log").read_bytes().splitlines()
    assert all(line[28:29] == b" " for line in lines)
    assert 0.02 < sum(b"\x1b" in line for line in lines) / len(lines) < 0.04


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_log_of_100_megabytes_takes_less_than_100_of_memory(tmp_path: Path) -> None:
    log.write(tmp_path / "bench.log", 100_000_000)
    assert memory.measure(tmp_path / "bench.log") < 100
