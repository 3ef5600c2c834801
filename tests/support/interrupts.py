"""The stop button: an interrupt of the main thread, as each system has it."""

import _thread
import signal
import threading


def interrupt() -> None:
    """Interrupt the main thread; on Windows it hears that when its wait is over, as in a kernel there."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()
