"""What a peer's process tells the bench: one line of JSON each, on standard output."""

import json
import resource
import sys
import time

MARK = "@bench "


def tell(event, **facts):
    print(MARK + json.dumps({"event": event, **facts}), flush=True)


class Timed:
    """Tells when the job begins and what it took, libraries loaded and servers found before."""

    def __enter__(self):
        tell("started")
        self.began = time.perf_counter()
        return self

    def __exit__(self, kind, error, trace):
        if error is not None:
            return
        use = resource.getrusage(resource.RUSAGE_SELF)
        tell(
            "ended",
            seconds=time.perf_counter() - self.began,
            cpuSeconds=use.ru_utime + use.ru_stime,
            peakMb=use.ru_maxrss / 1024,
        )


def argument(name, default=None):
    flag = f"--{name}"
    return sys.argv[sys.argv.index(flag) + 1] if flag in sys.argv else default


def is_given(name):
    return f"--{name}" in sys.argv
