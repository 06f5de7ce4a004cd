"""The process tree of ``okienko run``: a lean parent that keeps two web processes and a worker alive.

The parent imports no Django. It holds the listening socket, starts the worker when the web process is ready (and has
migrated), starts again what dies, and stops all on SIGINT and SIGTERM. Children die with their parent.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from okienko.config.env import BadSetting
from okienko.config.failed import Failed
from okienko.work.process import call, die_with, stay_small

STOP = (signal.SIGINT, signal.SIGTERM)
PATIENCE = 9.0
BACK_OFF = (0.1, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
WELL = 60.0
CAN_NOT_START = 1, 2

Ready = Callable[[], None]


@dataclass
class Child:
    """One role of the tree: ``main(ready)`` is what its process does."""

    name: str
    main: Callable[[Ready], None]
    pid: int = 0
    ready: int = -1
    was_ready: bool = False
    started_at: float = 0.0
    start_at: float = 0.0
    deaths: int = 0

    def start(self) -> None:
        """Forks the process; ``ready`` becomes readable when it is ready, or dead."""
        parent = os.getpid()
        reading, writing = os.pipe()
        self.started_at = time.monotonic()
        # A signal that came between fork and the child's own handlers would be lost on it.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reading)
            _be_child(self, parent, writing)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)
        os.close(writing)
        self.ready = reading

    def is_ready_now(self) -> bool:
        """Reads what came through the pipe; whether the process said that it is ready."""
        said = os.read(self.ready, 1)
        self.forget_pipe()
        self.was_ready = self.was_ready or bool(said)
        return bool(said)

    def forget_pipe(self) -> None:
        if self.ready >= 0:
            os.close(self.ready)
            self.ready = -1

    def died(self) -> None:
        """Plans the next start: at once the first time, later and later when it keeps dying."""
        now = time.monotonic()
        self.deaths = 0 if now - self.started_at > WELL else self.deaths
        self.start_at = now + BACK_OFF[min(self.deaths, len(BACK_OFF) - 1)]
        self.deaths += 1
        self.pid = 0
        self.forget_pipe()


def _be_child(child: Child, parent: int, ready: int) -> None:
    code = 1
    try:
        die_with(parent)
        call(f"okienko-{child.name}")
        stay_small()
        signal.set_wakeup_fd(-1)
        for number in (*STOP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the parent tells when to stop
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)
        child.main(lambda: _tell(ready))
        code = 0
    except (Failed, BadSetting, OSError) as error:
        _complain(str(error))
        code = 2 if isinstance(error, BadSetting) else getattr(error, "code", 1)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _complain(sentence: str) -> None:
    with suppress(OSError):  # who started us may have stopped listening
        print(f"okienko: {sentence}", file=sys.stderr, flush=True)


def _tell(ready: int) -> None:
    with suppress(OSError):
        os.write(ready, b"!")


class Tree:
    """Keeps the children alive; ``children`` are started one after the other, each when the one before is ready."""

    def __init__(self, *children: Child) -> None:
        self.children = children
        self.stopping = 0
        self.code = 0

    def run(self) -> int:
        """Runs until it is told to stop; returns the exit code: 0, or that of a child that can't start."""
        call("okienko")
        woken, waking = socket.socketpair()
        for end in (woken, waking):
            end.setblocking(False)
        signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
        for number in STOP:
            signal.signal(number, self._stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup(1) wants us to outlive the terminal
            signal.signal(signal.SIGHUP, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        while not self.stopping:
            self._start_due()
            pipes = {child.ready: child for child in self.children if child.ready >= 0}
            readable, _, _ = select.select([woken.fileno(), *pipes], [], [], self._until_next_start())
            if woken.fileno() in readable:
                with suppress(BlockingIOError):
                    woken.recv(4096)
            for descriptor in readable:
                if descriptor in pipes:
                    pipes[descriptor].is_ready_now()
            self._bury()
        self._end()
        return self.code

    def _stop(self, *_: object) -> None:
        self.stopping += 1

    def _start_due(self) -> None:
        for child in self.children:
            if child.pid == 0 and child.start_at <= time.monotonic():
                child.start()
            if not child.was_ready:
                return

    def _until_next_start(self) -> float:
        waits = [
            child.start_at - time.monotonic() for child in self.children if child.pid == 0 and child.deaths
        ]
        return max(0.0, min(waits, default=60.0))

    def _bury(self) -> None:
        """Looks who died. One that says it can't start, and never did, ends the tree."""
        for child in self.children:
            if not child.pid:
                continue
            pid, status = os.waitpid(child.pid, os.WNOHANG)
            if not pid:
                continue
            code = os.waitstatus_to_exitcode(status)
            child.died()
            if self.stopping:
                continue
            if not child.was_ready and code in CAN_NOT_START:
                self.code, self.stopping = code, 1
            else:
                how = f"signal {-code}" if code < 0 else f"exit code {code}"
                _complain(f"the {child.name} process ended ({how}) and is started again")

    def _end(self) -> None:
        until = time.monotonic() + PATIENCE
        signals = self.stopping
        self._signal(signal.SIGTERM)
        while any(child.pid for child in self.children):
            # Whoever asks a second time does not want to wait.
            if time.monotonic() > until or self.stopping > signals:
                self._signal(signal.SIGKILL)
            time.sleep(0.02)
            self._bury()

    def _signal(self, number: signal.Signals) -> None:
        for child in self.children:
            if child.pid:
                with suppress(ProcessLookupError):
                    os.kill(child.pid, number)
