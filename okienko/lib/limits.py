"""Runs a pure function in a warm child process with limits on time and memory.

Hostile input may make a parser slow, huge or dead; it must not take the worker with it.
"""

import contextlib
import ctypes
import importlib
import os
import pickle
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, Any, BinaryIO, cast

_LENGTH = struct.Struct("!Q")
_PR_SET_PDEATHSIG = 1


class TooLong(Exception):
    """The function did not answer in time; its process was killed."""


class Died(Exception):
    """The function's process ended without an answer."""


class TooBig(Died):
    """The function needed more memory than allowed."""


class Warm:
    """A function, named "package.module:function", called in a child process that is kept between calls.

    `seconds` limits each call, `megabytes` the child's address space. Arguments and result are pickled.
    Threads may share one; their calls take turns.
    """

    def __init__(self, name: str, *, seconds: float = 10.0, megabytes: int = 512) -> None:
        self.name = name
        self.seconds = seconds
        self.megabytes = megabytes
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def call(self, *args: object) -> Any:
        """Return what the function returns, or raise what it raises.

        Raises TooLong, TooBig or Died when a limit was hit; the next call gets a new child.
        """
        message = pickle.dumps(args, pickle.HIGHEST_PROTOCOL)
        with self._lock:
            child = self._sent(message)
            try:
                reply = self._received(child)
            except BaseException:
                self._end()
                raise
        verdict, value = pickle.loads(reply)  # noqa: S301 - from our own child
        if verdict == "memory":
            with self._lock:
                self._end()
            raise TooBig(f"{self.name} needs more than {self.megabytes} MB")
        if verdict == "raised":
            raise value
        return value

    def close(self) -> None:
        """End the child, if there is one."""
        with self._lock:
            self._end()

    def _sent(self, message: bytes) -> subprocess.Popen[bytes]:
        for is_last in (False, True):
            child = self._child or self._start()
            stdin = cast(IO[bytes], child.stdin)
            try:
                stdin.write(_LENGTH.pack(len(message)))
                stdin.write(message)
                stdin.flush()
            except OSError:  # it died since the last call
                self._end()
                if is_last:
                    raise Died(f"{self.name} takes no input") from None
            else:
                return child
        raise AssertionError

    def _received(self, child: subprocess.Popen[bytes]) -> bytes:
        pipe = cast(IO[bytes], child.stdout).fileno()
        deadline = time.monotonic() + self.seconds
        (length,) = _LENGTH.unpack(self._read(pipe, _LENGTH.size, deadline))
        return self._read(pipe, length, deadline)

    def _read(self, pipe: int, length: int, deadline: float) -> bytes:
        data = bytearray()
        while len(data) < length:
            left = deadline - time.monotonic()
            poll = select.poll()
            poll.register(pipe, select.POLLIN)
            if left <= 0 or not poll.poll(left * 1000):
                raise TooLong(f"{self.name} took longer than {self.seconds:g} s")
            chunk = os.read(pipe, min(length - len(data), 1 << 20))
            if not chunk:
                raise Died(f"{self.name} ended without an answer")
            data += chunk
        return bytes(data)

    def _start(self) -> subprocess.Popen[bytes]:
        # The kernel's signal goes out when the *thread* that started the child ends, so only the main thread asks
        # for it; elsewhere the closed pipe and the child's own timer see to it that no orphan stays.
        dies_with_parent = threading.current_thread() is threading.main_thread()
        command = [sys.executable, "-m", "okienko.lib.limits", self.name]
        command += [str(self.megabytes), f"{self.seconds:g}", str(os.getpid() if dies_with_parent else 0)]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                with contextlib.suppress(OSError):
                    cast(IO[bytes], pipe).close()


def _serve(name: str, megabytes: int, seconds: float, parent: int) -> None:
    if parent:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            return
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    source = os.fdopen(os.dup(0), "rb")
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the function prints must not mix with its answers
    module, _, function = name.partition(":")
    work: Callable[..., object] = getattr(importlib.import_module(module), function)
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    while header := source.read(_LENGTH.size):
        reply = _answer(work, source, _LENGTH.unpack(header)[0], seconds)
        _write(target, reply)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(work: Callable[..., object], source: BinaryIO, length: int, seconds: float) -> bytes:
    try:
        args = pickle.loads(source.read(length))  # noqa: S301 - from our own parent
        signal.setitimer(signal.ITIMER_REAL, seconds + 2)  # SIGALRM ends us, even if the parent is gone
        return pickle.dumps(("returned", work(*args)), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps(("memory", None))
    except Exception as error:  # it is raised again where the call was made
        try:
            reply = pickle.dumps(("raised", error))
            pickle.loads(reply)  # noqa: S301 - can the parent read it?
        except Exception:
            return pickle.dumps(("raised", RuntimeError(f"{type(error).__name__}: {error}")))
        return reply


def _write(target: BinaryIO, reply: bytes) -> None:
    target.write(_LENGTH.pack(len(reply)))
    target.write(reply)
    target.flush()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        _serve(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
