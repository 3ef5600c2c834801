"""The course layer: an answer is certain only when it can be no other's."""

from __future__ import annotations

from picopanel._device.course import CourseReplies


def test_one_command_one_answer_is_certain() -> None:
    replies = CourseReplies()
    replies.sent(b"toggle")
    replies.heard_command(b"toggle")
    assert replies.heard_reading(1.0)


def test_an_answer_is_certain_before_the_echo_of_its_command_as_well() -> None:
    replies = CourseReplies()
    replies.sent(b"on")
    assert replies.heard_reading(1.0)
    replies.heard_command(b"on")
    replies.sent(b"off")
    assert replies.heard_reading(2.0)


def test_a_classmates_command_makes_the_answer_doubtful() -> None:
    replies = CourseReplies()
    replies.sent(b"toggle")
    replies.heard_command(b"toggle")
    replies.heard_command(b"off")
    assert not replies.heard_reading(1.0)
    assert replies.heard_reading(1.1)
    replies.sent(b"on")
    assert replies.heard_reading(2.0)


def test_after_an_overdue_answer_ten_quiet_seconds_make_certain_again() -> None:
    replies = CourseReplies()
    replies.sent(b"on")
    replies.timed_out(10.0)
    replies.sent(b"on")
    assert not replies.heard_reading(11.0), "it may be the overdue one"
    replies.sent(b"on")
    assert not replies.heard_reading(20.9)
    replies.sent(b"on")
    assert replies.heard_reading(31.0)


def test_two_answers_to_each_command_mean_two_boards() -> None:
    replies = CourseReplies()
    for at in range(2):
        replies.sent(b"on")
        replies.heard_reading(at * 5.0)
        assert not replies.two_boards
        replies.heard_reading(at * 5.0 + 0.1)
    assert replies.two_boards
    for at in range(2):
        replies.sent(b"on")
        replies.heard_reading(20.0 + at * 5.0)
    assert not replies.two_boards, "the other one is gone"
