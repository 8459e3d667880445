"""What the host learns of a submission that answers, and of one that does not."""

from __future__ import annotations

import signal
import time

import pytest

from praktikum.grader.sandbox import (
    Crashed,
    Garbled,
    Limits,
    Overflow,
    TimedOut,
    View,
)


def test_a_session_remembers_nothing_of_another(worker):
    with worker.open() as first, worker.open() as second:
        first.ask(b"import builtins; builtins.planted = 1")
        answer = second.ask(b"import builtins; answer = hasattr(builtins, 'planted')")
    assert answer == b"false"


def test_questions_of_one_session_are_answered_in_order(worker):
    with worker.open() as session:
        answers = [session.ask(f"answer = {n}".encode()) for n in range(5)]
    assert answers == [b"0", b"1", b"2", b"3", b"4"]


@pytest.mark.parametrize("size", [0, 1, 65_536, 900_000])
def test_an_answer_of_any_allowed_size_arrives_whole(run, size):
    assert run(f"answer = 'x' * {size}") == b'"' + b"x" * size + b'"'


def test_a_request_larger_than_the_socket_arrives_whole(run):
    padding = "#" * 3_000_000
    assert run(f"{padding}\nanswer = 'read'") == b'"read"'


def test_an_endless_loop_times_out_and_the_next_session_answers(worker, run):
    with (
        worker.open() as session,
        pytest.raises(TimedOut, match=r"no answer within 0\.2 s of wall time"),
    ):
        session.ask(b"while True: pass", wall_seconds=0.2)
    assert run("answer = 1") == b"1"


def test_c_code_that_holds_the_interpreter_lock_times_out(worker):
    code = b"import ctypes; ctypes.PyDLL(None).pause()"
    start = time.monotonic()
    with worker.open() as session, pytest.raises(TimedOut):
        session.ask(code, wall_seconds=0.2)
    assert time.monotonic() - start < 2


def test_a_submission_that_does_not_read_times_out(worker):
    with worker.open() as session, pytest.raises(TimedOut):
        session.ask(b"import time; time.sleep(60)" + b"#" * 3_000_000, wall_seconds=0.2)


def test_the_questions_of_a_session_share_its_wall_time(isolated, edition):
    limits = Limits(submission_wall_seconds=0.2)
    with (
        isolated(View(edition), "handlers:run", limits) as worker,
        worker.open() as session,
        pytest.raises(TimedOut, match="no answer within 0"),
    ):
        session.ask(b"import time; time.sleep(60)", wall_seconds=60)


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        ("import os; os._exit(0)", 0),
        ("import os; os._exit(5)", 5),
        ("import sys; sys.exit(3)", 1),
        ("raise RuntimeError", 1),
    ],
    ids=["os._exit(0)", "os._exit(5)", "sys.exit", "exception"],
)
def test_leaving_without_an_answer_is_told_with_its_exit_code(run, code, exit_code):
    with pytest.raises(Crashed, match=f"left with exit code {exit_code} and no answer") as crash:
        run(code)
    assert (crash.value.reason, crash.value.exit_code) == ("exit", exit_code)


def test_a_segmentation_fault_is_told_by_its_signal(run):
    with pytest.raises(Crashed, match="was ended by SIGSEGV") as crash:
        run("import ctypes; ctypes.string_at(0)")
    assert (crash.value.reason, crash.value.signal_number) == ("signal", signal.SIGSEGV)


def test_an_answer_beyond_the_limit_is_not_read(worker, limits):
    with worker.open() as session, pytest.raises(Overflow) as overflow:
        session.ask(b"answer = 'x' * 5_000_000")
    assert str(overflow.value) == (
        f"an answer of 5,000,002 bytes, where at most {limits.result_bytes:,} are allowed"
    )
    assert not session.is_open


def test_gigabytes_on_the_channel_are_not_read(run):
    with pytest.raises(Overflow):
        run("import os\nwhile True: os.write(3, bytes(2**20) if 0 else b'\\xff' * 2**20)")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("os.write(3, b'\\0\\0\\0\\x09half'); os._exit(0)", "in the middle of an answer"),
        ("os.close(3)\nwhile True: pass", "closed by a process that went on running"),
    ],
    ids=["half an answer", "closed channel"],
)
def test_a_broken_stream_is_garbled(run, code, reason):
    with pytest.raises(Garbled, match=reason):
        run(f"import os; {code}")


def test_an_answer_given_before_the_question_is_garbled(worker):
    with worker.open() as session:
        session.ask(b"import os; os.write(3, b'\\0\\0\\0\\x01A' + b'\\0\\0\\0\\x01B'); answer = 0")
        with pytest.raises(Garbled, match="before anything was asked"):
            session.ask(b"answer = 1")


def test_a_closed_session_says_to_open_another(worker):
    session = worker.open()
    session.close()
    session.close()
    with pytest.raises(RuntimeError, match="the session is closed: open another one"):
        session.ask(b"answer = 1")
