"""What a program starts ends with it, however that ends: kill -9 leaves nobody to clean up."""
import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def ends_with(parent):
    """What a new process does first (preexec_fn): SIGTERM comes to it when the thread that started it is gone."""
    def before_exec():
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)
    return before_exec
