"""Where isolation cannot be had, one line says why and what to do."""

from __future__ import annotations

import shutil
import sys

import pytest

from praktikum.grader.sandbox import Unavailable, View, Worker, why_unavailable


def test_without_bubblewrap_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    reason = why_unavailable()
    assert reason is not None
    assert "there is no `bwrap` on PATH" in reason
    assert "apt install bubblewrap" in reason
    assert "\n" not in reason


def test_without_bubblewrap_a_worker_refuses(monkeypatch, tmp_path, edition):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="bubblewrap is not installed"):
        Worker(View(edition), "handlers:run")


def test_without_libseccomp_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyseccomp", None)
    reason = why_unavailable()
    assert reason is not None
    assert "apt install libseccomp2" in reason


def test_on_another_system_it_says_so(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert why_unavailable() == "the sandbox needs Linux, and this is darwin"


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="shadows a real bubblewrap")
def test_what_bubblewrap_says_is_passed_on(monkeypatch, tmp_path):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2; exit 1")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    reason = why_unavailable()
    assert reason is not None
    assert "bwrap: No permissions to create new namespace" in reason
    assert "kernel.apparmor_restrict_unprivileged_userns" in reason
