"""Students who hand in over HTTP, each at a moment of its own; run by `test_load`.

    python uploads.py URL SECONDS < PEOPLE > TIMES

PEOPLE is a line for each student: a session's key, and the path of the file to hand in. They come
evenly over SECONDS, whatever became of those before. TIMES is a line for each of them, in that
order: the answer's status, when the upload began and how many seconds it took.
"""

from __future__ import annotations

import http.client
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

_TOKEN = "t" * 32  # of the form and of the cookie: equal, as a browser's are
_BORDER = "----------------------------praktikum"


def body(content: bytes) -> bytes:
    head = (
        f"--{_BORDER}\r\n"
        'Content-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n'
        f"{_TOKEN}\r\n--{_BORDER}\r\n"
        'Content-Disposition: form-data; name="file"; filename="task1.ipynb"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{_BORDER}--\r\n".encode()


def upload(url: str, session: str, file: str, at: float) -> tuple[int, float, float]:
    """Wait until ``at``, hand in; return the status, when it began, and the seconds it took."""
    content = body(Path(file).read_bytes())
    time.sleep(max(0.0, at - time.time()))
    address = urlsplit(url)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={_BORDER}",
        "Cookie": f"sessionid={session}; csrftoken={_TOKEN}",
    }
    began, start = time.time(), time.perf_counter()
    connection = http.client.HTTPConnection(address.netloc, timeout=60)
    connection.request("POST", address.path, content, headers)
    status = connection.getresponse().status
    connection.close()
    return status, began, time.perf_counter() - start


def main(url: str, seconds: float) -> None:
    people = [line.split() for line in sys.stdin]
    start = time.time() + 1.0
    with ThreadPoolExecutor(64) as pool:
        waiting = [
            pool.submit(upload, url, *person, start + number * seconds / len(people))
            for number, person in enumerate(people)
        ]
    for each in waiting:
        print(*each.result())


main(sys.argv[1], float(sys.argv[2]))
