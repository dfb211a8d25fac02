"""A few threads in which the hub asks the database through Django, with connections that are given back."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connections

P = ParamSpec("P")
R = TypeVar("R")

COUNT = 2


class Threads:
    """Two threads: sign-ins and rights wait for one another there, never the streams themselves."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(COUNT, thread_name_prefix="hub")

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """The function's answer; broken connections are replaced before it, obsolete ones closed after."""

        def with_connections() -> R:
            close_old_connections()
            try:
                return function(*args, **kwargs)
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._pool, with_connections)

    async def close(self) -> None:
        """A connection of a thread is closed by that thread alone, so every one of them is made to come."""
        meeting = Barrier(COUNT)

        def leave() -> None:
            meeting.wait(timeout=5)
            connections.close_all()

        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self._pool, leave) for _number in range(COUNT)))
        self._pool.shutdown(wait=False)
