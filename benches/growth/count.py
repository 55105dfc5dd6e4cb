"""Counts the instructions that a command takes, which are the same each time, whatever else the machine does."""
import os
import re
import subprocess
import tempfile

TOOL = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]


def instructions(deboil, rules, *inputs, cache=None):
    """How many deboil takes to clean some files on one thread with the rules of some options; the outputs are thrown away.

    The rules are compiled anew, unless an earlier count left them in the folder `cache`.
    """
    with tempfile.TemporaryDirectory() as folder:
        # The length of the path counts, too, as does the environment.
        command = [*TOOL, deboil, "clean", "-q", "-j", "1", "--isolated", *rules, *inputs, "-o", os.path.join(folder, "out")]
        command += [] if cache else ["--no-cache"]
        environment = {"PATH": os.environ["PATH"], "DEBOIL_CACHE_DIR": cache or folder}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    counted = re.search(r"I +refs: +([\d,]+)", done.stderr)
    if done.returncode or not counted:
        raise SystemExit(f"{' '.join(command)}\nended with status {done.returncode}:\n{done.stderr}")
    return int(counted[1].replace(",", ""))
