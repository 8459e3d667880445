"""Whether isolation can be had on this machine, found out by trying."""

from __future__ import annotations

import sys
from pathlib import Path

from praktikum.grader.sandbox.errors import SandboxError, Unavailable
from praktikum.grader.sandbox.limits import Limits
from praktikum.grader.sandbox.view import View
from praktikum.grader.sandbox.worker import Worker

_HINT = (
    "user namespaces may be forbidden; see the sysctls user.max_user_namespaces, "
    "kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns"
)


def why_unavailable() -> str | None:
    """One line that says what is missing and what to install, or None when the sandbox works.

    It opens a real session with a child that echoes, which takes about a fifth of a second.
    """
    if sys.platform != "linux":
        return f"the sandbox needs Linux, and this is {sys.platform}"
    try:
        import pyseccomp  # noqa: F401 - it looks for libseccomp as it is imported
    except (ImportError, RuntimeError) as error:
        return (
            f"libseccomp cannot be used ({error}): pip install pyseccomp and, on Debian and "
            "Ubuntu, apt install libseccomp2; on Fedora, dnf install libseccomp"
        )
    return _try()


def _try() -> str | None:
    view = View(edition=Path(__file__).parent / "inside")
    try:
        with Worker(view, "inside.echo:serve", Limits()) as worker, worker.open() as session:
            session.ask(b"trial")
    except Unavailable as error:
        return str(error)
    except SandboxError as error:
        return f"the sandbox cannot be set up: {error} ({_HINT})"
    return None
