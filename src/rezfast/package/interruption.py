"""Ends code that runs for too long.

In the main thread a timer's signal does it, which also ends a call that waits (POSIX, unless the
program uses that signal itself). Elsewhere a thread waits for the deadline and has Python raise an
exception in the thread that is late. Both do it again, ten times a second, until `stop`.
"""

from __future__ import annotations

import ctypes
import signal
import threading
from time import monotonic
from types import FrameType
from typing import Any

from rezfast.package.deadline import TimeUp

_AGAIN = 0.1


class Watch:
    """Watches the thread that makes it.

    Args:
        deadline: By `time.monotonic`. When it has passed, a moment is left: who set it is to
            find out first.
    """

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._is_armed = False
        self._has_signal = False
        self._thread = threading.get_ident()
        self._handler_before: Any = None
        self._lock = threading.Lock()
        self._done = threading.Event()

    def start(self) -> None:
        """Watch from now on.

        Raises:
            TimeUp: At any later time before `stop` is done.
        """
        left = max(_AGAIN, self._deadline - monotonic())
        self._is_armed = True
        if _signal_is_free():
            self._handler_before = signal.signal(signal.SIGALRM, self._on_signal)
            self._has_signal = True
            signal.setitimer(signal.ITIMER_REAL, left, _AGAIN)
        else:
            threading.Thread(target=self._wait, args=(left,), daemon=True).start()

    def stop(self) -> None:
        """Watch no more; may be called again."""
        self._is_armed = False
        if self._has_signal:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._handler_before)
            self._has_signal = False
        else:
            self._done.set()
            with self._lock:
                # one that is on its way has nothing to end any more
                _raise_in(self._thread, None)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._is_armed:
            raise TimeUp

    def _wait(self, left: float) -> None:
        while not self._done.wait(left):
            with self._lock:
                if not self._is_armed:
                    return
                _raise_in(self._thread, TimeUp)
            left = _AGAIN


def _signal_is_free() -> bool:
    return (
        hasattr(signal, "setitimer")
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
        and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    )


def _raise_in(thread: int, exception: type[BaseException] | None) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), None if exception is None else ctypes.py_object(exception)
    )
