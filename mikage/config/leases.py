"""The lease of a worker: which jobs are in living hands, and which must be handed out again (TR-J7).

A killed worker leaves its jobs in the state "doing" for ever. So each worker holds an advisory lock of
PostgreSQL on a connection of its own for as long as it lives; the database lets go of it the moment the
process is gone, whatever became of heartbeats, names or the worker's row. Any worker that finds a job in
"doing" whose lock is free puts it back. Jobs are therefore done at least once and must be idempotent.
"""

import logging
import os
import threading

import psycopg

log = logging.getLogger(__name__)

LOCK_CLASS = 0x4D494B41
LOOK_SECONDS = 2.0
# A job that has taken this many workers down with it is set aside for a person to look at.
MOST_ATTEMPTS = 25

OWNERS_OF_JOBS_AT_WORK = "SELECT DISTINCT worker_id FROM procrastinate_jobs WHERE status = 'doing'"
TRY_THE_LOCK = "SELECT pg_try_advisory_xact_lock(%s)"
# The row lock lets two reapers pass each other, and a job that finishes meanwhile is left alone.
JOBS_OF_THE_DEAD = """
    SELECT id, attempts FROM procrastinate_jobs
    WHERE status = 'doing' AND worker_id IS NOT DISTINCT FROM %s
    ORDER BY id FOR UPDATE SKIP LOCKED
"""
HAND_OUT_AGAIN = "SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)"
SET_ASIDE = "SELECT procrastinate_finish_job_v1(%s, 'failed', false)"
FORGET_THE_DEAD = """
    DELETE FROM procrastinate_workers w
    WHERE last_heartbeat < now() - interval '5 minutes'
      AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.worker_id = w.id AND j.status = 'doing')
      AND w.id IS DISTINCT FROM %s
      AND pg_try_advisory_xact_lock(%s::bigint + w.id)
"""


def key(worker_id: int) -> int:
    """The advisory lock of this worker."""
    return (LOCK_CLASS << 32) + worker_id


class Lease:
    """Holds this worker's lock and looks after the jobs of workers that hold theirs no more."""

    def __init__(self, conninfo: dict[str, object]) -> None:
        self._connection = psycopg.connect(autocommit=True, **conninfo)  # type: ignore[arg-type]
        self._guard = threading.Lock()
        self._worker_id: int | None = None

    def take(self, worker_id: int) -> None:
        """From now on this worker is alive in the eyes of all others."""
        with self._guard:
            self._connection.execute("SELECT pg_advisory_lock(%s)", [key(worker_id)])
            self._worker_id = worker_id
        log.info("worker %s begins", worker_id)

    def reap(self) -> int:
        """Put back the jobs of dead workers; gives how many."""
        with self._guard:
            owners = [row[0] for row in self._connection.execute(OWNERS_OF_JOBS_AT_WORK)]
            count = sum(self._reap_worker(owner) for owner in owners if not self._is_me(owner))
            self._connection.execute(FORGET_THE_DEAD, [self._worker_id, key(0)])
            return count

    def watch(self) -> None:
        """Reap every few seconds, on a thread of its own: the queue it heals may be what is ill."""
        threading.Thread(target=self._watch, daemon=True, name="lease").start()

    def _watch(self) -> None:
        pause = threading.Event()
        while not pause.wait(LOOK_SECONDS):
            try:
                self.reap()
            except psycopg.OperationalError as error:
                # Without its lock this worker counts as dead and its jobs go to others: it must not
                # finish them as well. The supervisor starts a new one.
                log.critical("the lease is lost, this worker ends at once: %s", error)
                os._exit(1)

    def _is_me(self, owner: int | None) -> bool:
        # To its own session a lock is always free.
        return owner is not None and owner == self._worker_id

    def _reap_worker(self, owner: int | None) -> int:
        with self._connection.transaction():
            # A job without an owner had one whose row was removed: nobody has it in hand.
            if owner is not None:
                free = self._connection.execute(TRY_THE_LOCK, [key(owner)]).fetchone()
                if free is None or not free[0]:
                    return 0
            jobs = self._connection.execute(JOBS_OF_THE_DEAD, [owner]).fetchall()
            for job_id, attempts in jobs:
                if attempts >= MOST_ATTEMPTS:
                    log.error("job %s ended its worker %s times and is set aside", job_id, attempts)
                    self._connection.execute(SET_ASIDE, [job_id])
                else:
                    log.warning("job %s was left by a dead worker and is handed out again", job_id)
                    self._connection.execute(HAND_OUT_AGAIN, [job_id])
            return len(jobs)
