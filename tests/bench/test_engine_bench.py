"""The bench log is the same every time, and a large log costs no large memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import engine as bench
from bench import log, memory
from bot import known
from diagnosis import catalogue


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


@pytest.fixture(scope="module")
def small_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "bench.log"
    log.write(path, 3_000_000)
    return path


@pytest.mark.slow
def test_the_engine_is_far_faster_than_every_pattern_over_every_line(
    small_log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "NAIVE_BYTES", 20_000)
    every = catalogue.load()
    bench.diagnose(small_log, every, tmp_path)
    fast = bench.rate(small_log, lambda: bench.diagnose(small_log, every, tmp_path))
    assert fast / bench.naive(small_log, every) > 30


def test_the_command_whose_start_is_measured_is_known_by_its_record(tmp_path: Path) -> None:
    assert known.installed(bench.installed(tmp_path / "site-packages"))


def test_a_figure_says_whether_its_goal_was_missed() -> None:
    assert str(bench.Figure("times", 3.0, least=2)).endswith("3          >= 2     met")
    assert str(bench.Figure("times", 1.0, least=2)).endswith("1          >= 2     missed")
    assert bench.Figure("memory", 101, "MB", most=100).missed
    assert not bench.Figure("only shown", 1e9).missed


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_log_of_a_gigabyte_takes_less_than_100_megabytes_of_memory(tmp_path: Path) -> None:
    log.write(tmp_path / "bench.log", 1_000_000_000)
    assert memory.measure(tmp_path / "bench.log") < 100


@pytest.mark.slow
def test_the_memory_that_is_measured_includes_what_a_log_takes(tmp_path: Path) -> None:
    (tmp_path / "passing.log").write_bytes(b"nothing\n")
    log.write(tmp_path / "bench.log", 10_000_000)
    small, large = memory.measure(tmp_path / "passing.log"), memory.measure(tmp_path / "bench.log")
    assert 0 < small < large


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_megabyte_of_a_large_log_costs_no_more_than_one_of_a_small_log(tmp_path: Path) -> None:
    *_, last = bench.linearity(tmp_path, catalogue.load(), (10, 30))
    assert not last.missed, str(last)
