"""`python -m tests.workers.worker_of_test_jobs`: a real worker process, whose jobs are those of tests.workers.jobs."""

from __future__ import annotations

from tests.workers.jobs import stand_in
from workers import worker

if __name__ == "__main__":
    stand_in()
    worker.main()
