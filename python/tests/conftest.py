"""What the tests share: the program to compare with, rules of their own, texts."""

import os
from collections.abc import Iterator
from pathlib import Path

import generated
import pytest
import standalone
from hypothesis import settings
from pyspark.sql import SparkSession

import deboil

# No clock: a busy machine must not fail a test.
settings.register_profile("deboil", deadline=None, database=None)
settings.load_profile("deboil")

ROOT = Path(__file__).parents[2]

PACK = """\
schema = 1

[[line]]
id = "test.label"
category = "ad"
any = ["Advertisement"]
why = "label of an ad slot"
strips = ["Advertisement"]

[[phrase]]
id = "test.share"
category = "share"
any = ["Share this"]
why = "stands between sentences"
strips = ["It rained. Share this It snowed."]

[[regex]]
id = "test.half"
category = "footer"
pattern = "end of file(?P<junk>.).*"
why = "sees a lone surrogate byte by byte"
"""

PUBLISHER = """\
schema = 1

[source]
id = "harbour"
role = "publisher"
name = "The Harbour Times"
hosts = ["harbour.example"]

[[line]]
id = "harbour.label"
category = "ad"
any = ["Of the harbour"]
why = "is junk if the Harbour Times printed it"
"""

GERMAN = """\
schema = 1
langs = ["de"]

[[line]]
id = "german.label"
category = "ad"
any = ["Anzeige"]
why = "is junk unless the language is known to be another"
"""


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def binary() -> Path:
    """The program."""
    return Path(os.environ["DEBOIL"])


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A rule file."""
    path = tmp_path / "test.toml"
    path.write_text(PACK)
    return path


@pytest.fixture
def cleaner(pack: Path) -> deboil.Cleaner:
    """A cleaner with the rules of that file alone."""
    return deboil.Cleaner(pack, bundled=False, threads=2)


@pytest.fixture(scope="session")
def bundled() -> deboil.Cleaner:
    """A cleaner with the bundled rules."""
    return deboil.Cleaner(threads=2)


@pytest.fixture
def telling(tmp_path: Path) -> deboil.Cleaner:
    """A cleaner that deletes `Of the harbour` and `Anzeige` or not, by the source and the language that it is told."""
    (tmp_path / "harbour.toml").write_text(PUBLISHER)
    (tmp_path / "german.toml").write_text(GERMAN)
    return deboil.Cleaner([tmp_path / "harbour.toml", tmp_path / "german.toml"], bundled=False, threads=2)


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> deboil.Cleaner:
    """As `cleaner`, one for all tests."""
    path = tmp_path_factory.mktemp("rules") / "test.toml"
    path.write_text(PACK)
    return deboil.Cleaner(path, bundled=False, threads=2)


@pytest.fixture(scope="session")
def documents(root: Path) -> list[generated.Made]:
    """Documents from a seed; DEBOIL_DOCUMENTS says how many, as an unoptimised build takes its time."""
    return generated.documents(root, int(os.environ.get("DEBOIL_DOCUMENTS", "1000")))


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[standalone.Cluster]:
    """A cluster of Spark with two workers, of which one has two executors."""
    if obstacle := standalone.obstacle():
        pytest.skip(f"SPARK IS NOT TESTED: {obstacle}")
    with standalone.cluster(tmp_path_factory.mktemp("cluster"), cores=(2, 1)) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def spark(cluster: standalone.Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """A session on it, whose batches are small."""
    options = {"spark.sql.execution.arrow.maxRecordsPerBatch": "40", "spark.task.maxFailures": "2"}
    with standalone.session(cluster.url, tmp_path_factory.mktemp("session"), options) as session:
        yield session
