"""Files by checksum, and downloads from a server on this machine."""

import gzip
import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from praktikum.data.errors import BrokenFile, MissingData
from praktikum.data.published_files import PublishedFile, fetch, find, read_checked

CONTENT = b"pictures " * 1000


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path):
    """Serve the folder `served`; return it and its address."""
    served = tmp_path / "served"
    served.mkdir()
    handler = partial(Quiet, directory=str(served))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield served, f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def published(*mirrors, gzipped=False):
    return PublishedFile(
        "data.gz", len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), mirrors, gzipped
    )


def test_a_download_is_put_in_its_place_and_read(server, tmp_path):
    served, address = server
    (served / "data.gz").write_bytes(gzip.compress(CONTENT))
    file = published(f"{address}/absent", f"{address}/data.gz", gzipped=True)
    path = fetch(file, tmp_path / "new" / "folder")
    assert path == find(file, [tmp_path, path.parent])
    assert read_checked(file, path) == CONTENT
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("level", [1, 9])
def test_packed_by_whomever_the_content_is_what_counts(level, tmp_path):
    (tmp_path / "data.gz").write_bytes(gzip.compress(CONTENT, level, mtime=level))
    assert read_checked(published(gzipped=True), tmp_path / "data.gz") == CONTENT


@pytest.mark.parametrize(
    ("sent", "gzipped", "said"),
    [
        pytest.param(CONTENT[:-1], False, "must hold 9000 bytes, came 8999", id="short"),
        pytest.param(CONTENT + b"!", False, "came more than 9000", id="long"),
        pytest.param(CONTENT[:-1] + b"!", False, "its SHA-256 must be", id="changed"),
        pytest.param(CONTENT, True, "does not unpack", id="not packed"),
        pytest.param(gzip.compress(CONTENT)[:-9], True, "does not unpack", id="torn"),
        pytest.param(gzip.compress(b"0" * 10**7), True, "came more than 9000", id="bomb"),
    ],
)
def test_a_download_of_other_bytes_leaves_nothing(sent, gzipped, said, server, tmp_path):
    served, address = server
    (served / "data.gz").write_bytes(sent)
    folder = tmp_path / "folder"
    with pytest.raises(BrokenFile, match=said):
        fetch(published(f"{address}/data.gz", gzipped=gzipped), folder)
    assert list(folder.iterdir()) == []


def test_without_a_network_the_error_says_where_the_file_belongs(tmp_path):
    file = published("http://127.0.0.1:9/one", "http://127.0.0.1:9/two")
    with pytest.raises(MissingData, match=r"is there a network\?.*/one.*/two.*put it into"):
        fetch(file, tmp_path)


def test_a_failed_download_keeps_the_file_that_was_there(server, tmp_path):
    served, address = server
    (served / "data.gz").write_bytes(b"other")
    (tmp_path / "data.gz").write_bytes(CONTENT)
    with pytest.raises(BrokenFile):
        fetch(published(f"{address}/data.gz"), tmp_path)
    assert (tmp_path / "data.gz").read_bytes() == CONTENT


def test_a_file_without_any_checksum_is_refused():
    with pytest.raises(ValueError, match="data.gz needs a checksum"):
        PublishedFile("data.gz", 1, None, ())
