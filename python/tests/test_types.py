"""Type checkers agree with the package and with how it is used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SETTINGS = HERE.parent / "pyproject.toml"


@pytest.mark.parametrize(
    "arguments",
    [
        ["mypy", "--config-file", str(SETTINGS), "--warn-unused-ignores", str(HERE / "typed_sample.py")],
        ["mypy", "--config-file", str(SETTINGS), "-p", "deboil"],
        ["mypy.stubtest", "deboil._deboil"],
        ["pyright", str(HERE / "typed_sample.py")],
        ["pyright", "--verifytypes", "deboil", "--ignoreexternal"],
    ],
    ids=["mypy", "mypy-package", "stubtest", "pyright", "pyright-package"],
)
def test_a_checker_has_nothing_to_say(
    arguments: list[str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # Away from the sources, so that what is installed is checked.
    command = [sys.executable, "-m", *arguments]
    # pyright asks the first Python of the path where packages are.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    # What mypy has found out of pyspark in one run it need not find out in the next.
    environment = {**os.environ, "PATH": path, "MYPY_CACHE_DIR": str(tmp_path_factory.getbasetemp() / "mypy")}
    checked = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
