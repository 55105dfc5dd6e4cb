"""What bytes are there: a digest of a file or of a tree, which two outputs share only if they are equal."""
import hashlib
import os

BLOCK = 1 << 20


class Digest:
    """The digest of bytes that come piece by piece, and their number."""

    def __init__(self):
        self.hash, self.bytes = hashlib.sha256(), 0

    def add(self, data):
        self.hash.update(data)
        self.bytes += len(data)

    def add_name(self, name):
        """Tells apart trees whose files hold the same bytes under other names."""
        self.hash.update(b"\0" + name.encode() + b"\0")

    def state(self):
        return {"bytes": self.bytes, "sha256": self.hash.hexdigest()}


def of_file(path):
    digest = Digest()
    add_file(digest, path)
    return digest.state()


def of_tree(folder):
    digest = Digest()
    for path in files_below(folder):
        digest.add_name(os.path.relpath(path, folder))
        add_file(digest, path)
    return digest.state()


def files_below(folder):
    """All files below a folder, in the order of their paths."""
    for path, folders, names in os.walk(folder):
        folders.sort()
        yield from (os.path.join(path, name) for name in sorted(names))


def add_file(digest, path):
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            digest.add(block)
