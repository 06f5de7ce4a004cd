"""run, web, worker, drain."""

from __future__ import annotations

import argparse
import os
import socket
import sys

from okienko.config import env
from okienko.config.failed import Failed


def run(asked: argparse.Namespace) -> int:
    """The whole tree; see tree.py."""
    from okienko.config.listening import listen
    from okienko.config.tree import Child, Ready, Tree

    _check(env.data_directory())
    listening = listen(asked.host, asked.port)

    def web(ready: Ready) -> None:
        from okienko.config.web import serve

        serve(listening, ready=ready, migrates=True)

    def worker(ready: Ready) -> None:
        listening.close()
        from okienko.config.worker import work

        work(ready=ready)

    def web_beside(ready: Ready) -> None:
        from okienko.config.web import serve_beside

        serve_beside(listening, ready=ready)

    children = [Child("web", web), Child("worker", worker)]
    if len(os.sched_getaffinity(0)) > 1:
        children.append(Child("web-2", web_beside))
    return Tree(*children).run()


def _check(data: env.DataDirectory) -> None:
    """Raises BadSetting for what can be seen to be wrong before anything is started."""
    data.prepare()
    env.database(data)
    env.choice("OKIENKO_LOG", "text", "json", "text")


def web(asked: argparse.Namespace) -> None:
    """Pages and live updates, for those who run their processes themselves."""
    from okienko.config.listening import listen
    from okienko.config.web import serve
    from okienko.work.process import stay_small

    stay_small()
    listening: socket.socket = listen(asked.host, asked.port)
    serve(listening, ready=lambda: None, migrates=False)


def worker(asked: argparse.Namespace) -> None:
    """Mail and work, for those who run their processes themselves."""
    from okienko.config.worker import work
    from okienko.work.process import stay_small

    stay_small()
    work(ready=lambda: None)
    _leave()


def _leave() -> None:
    # A thread that still waits for a mail server must not hold the exit up; what it does survives being killed.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def drain(asked: argparse.Namespace) -> None:
    """All work that is due now; then prints what remains."""
    from okienko.config import boot

    with boot.database():
        from okienko.config import worker
        from okienko.config.leases import beside_a_worker

        with beside_a_worker():
            errors = worker.drain_all()
            print("\n".join(worker.remaining()) or "waiting: nothing")
            if errors:
                raise Failed(f"Some work failed: {'; '.join(map(repr, errors))}")
