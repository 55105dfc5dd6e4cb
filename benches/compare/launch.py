"""Runs one command and prints its seconds, its peak memory in KiB and its status, as JSON.

usage: python3 -I -S launch.py SECONDS OUTPUT ERRORS COMMAND...

It is a process of its own since Linux counts what its parent held as memory of a new process: this one holds little.
What is below that, about 10 MB, cannot be told apart. A command that takes longer than the given time is killed.
"""
import os
import resource
import signal
import sys
import time


def main():
    seconds, output, errors, *command = sys.argv[1:]
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, output, write, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, errors, write, 0o600),
    ]
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=files, setpgroup=0)
    # A command may be a shell with children: all of them end.
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, float(seconds))
    try:
        _, status = os.waitpid(child, 0)
    except KeyboardInterrupt:
        # The command has a process group of its own, which the terminal does not interrupt.
        os.killpg(child, signal.SIGKILL)
        raise
    taken = time.perf_counter() - start
    signal.setitimer(signal.ITIMER_REAL, 0)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f'{{"seconds": {taken:.6f}, "peak_kib": {peak}, "status": {os.WEXITSTATUS(status) or os.WTERMSIG(status)}}}')


if __name__ == "__main__":
    main()
