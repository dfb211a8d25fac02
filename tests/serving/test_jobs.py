"""A killed worker's jobs are handed out again and done, whatever was left behind (TR-J7)."""

import random
import signal
import sys
import time
from collections.abc import Iterator
from functools import partial

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.serving import jobs
from tests.serving.processes import Process, wait_until

pytestmark = [pytest.mark.serving, pytest.mark.requirement("TR-J7")]

JOBS = 100
KILLS = 10


@pytest.fixture
def queue(database: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(jobs.TABLES)
        connection.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, begun, mark CASCADE")
        yield connection


def defer(queue: psycopg.Connection[tuple[object, ...]], numbers: range, seconds: float) -> None:
    with queue.transaction():
        for number in numbers:
            queue.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
                " VALUES ('default', 'tests.mark', %s)",
                [Jsonb({"number": number, "seconds": seconds})],
            )


def count(queue: psycopg.Connection[tuple[object, ...]], statement: str) -> int:
    row = queue.execute(statement).fetchone()
    assert row is not None
    assert isinstance(row[0], int)
    return row[0]


def more_than(queue: psycopg.Connection[tuple[object, ...]], least: int) -> bool:
    return count(queue, "SELECT count(*) FROM begun") > least


def worker(database: str) -> Process:
    return Process([sys.executable, "-m", "tests.serving.jobs"], {"DATABASE_URL": database})


def test_a_hundred_jobs_survive_ten_killed_workers(
    database: str, queue: psycopg.Connection[tuple[object, ...]]
) -> None:
    defer(queue, range(JOBS), 0.02)
    seed = time.time_ns()
    chance = random.Random(seed)
    for kill in range(KILLS):
        begun = count(queue, "SELECT count(*) FROM begun")
        running = worker(database)
        # In the middle of the work: at least one job further than at the kill before.
        wait_until(
            partial(more_than, queue, begun),
            40,
            f"the worker does nothing, seed {seed}",
        )
        time.sleep(chance.uniform(0, 0.1))
        running.popen.send_signal(signal.SIGKILL)
        running.popen.wait(10)
        if kill % 2:
            # The dead worker's row pruned, so that its jobs belong to nobody (known trap of the library).
            queue.execute("DELETE FROM procrastinate_workers")
    with worker(database):
        wait_until(
            lambda: count(queue, "SELECT count(*) FROM mark") == JOBS, 60, f"jobs are stuck, seed {seed}"
        )
        wait_until(
            lambda: count(queue, "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'") == 0,
            20,
            "jobs are not finished",
        )
    again = count(queue, "SELECT count(*) FROM begun") - JOBS
    assert 0 < again <= KILLS, "only what a killed worker had in hand is begun again"


def test_another_living_worker_takes_over_at_once(
    database: str, queue: psycopg.Connection[tuple[object, ...]]
) -> None:
    defer(queue, range(1), 3)
    with worker(database) as first:
        wait_until(lambda: count(queue, "SELECT count(*) FROM begun") == 1, 40, "not begun")
        with worker(database) as second:
            second.wait_for("begins", 40)
            first.popen.send_signal(signal.SIGKILL)
            wait_until(lambda: count(queue, "SELECT count(*) FROM begun") == 2, 15, "not taken over")
            wait_until(lambda: count(queue, "SELECT count(*) FROM mark") == 1, 15, "not done")


def test_a_slow_job_of_a_living_worker_is_left_alone(
    database: str, queue: psycopg.Connection[tuple[object, ...]]
) -> None:
    defer(queue, range(1), 6)
    with worker(database):
        wait_until(lambda: count(queue, "SELECT count(*) FROM begun") == 1, 40, "not begun")
        # Even when its heartbeat looks long dead.
        queue.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 day'")
        with worker(database) as other:
            other.wait_for("begins", 40)
            wait_until(lambda: count(queue, "SELECT count(*) FROM mark") == 1, 20, "not done")
            assert count(queue, "SELECT count(*) FROM begun") == 1


def test_a_worker_that_loses_its_lease_ends_before_others_do_its_job_twice(
    database: str, queue: psycopg.Connection[tuple[object, ...]]
) -> None:
    with worker(database) as losing:
        losing.wait_for("begins", 40)
        queue.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s",
            [0x4D494B41],
        )
        assert losing.popen.wait(15) == 1


def test_a_job_that_ends_every_worker_is_set_aside(
    database: str, queue: psycopg.Connection[tuple[object, ...]]
) -> None:
    defer(queue, range(2), 0.01)
    queue.execute("UPDATE procrastinate_jobs SET status = 'doing', attempts = 25 WHERE args->>'number' = '0'")
    with worker(database):
        wait_until(lambda: count(queue, "SELECT count(*) FROM mark") == 1, 40, "the other job is not done")
    assert count(queue, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'") == 1
