"""The course layer: an answer is certain only when it can be no other's."""

from __future__ import annotations

from picopanel._device.course_layer import CourseReplies


def test_one_command_one_answer_is_certain() -> None:
    replies = CourseReplies()
    replies.sent(b"toggle", 0.9)
    replies.heard_command(b"toggle", 0.9)
    assert replies.heard_reading(1.0)


def test_an_answer_is_certain_before_the_echo_of_its_command_as_well() -> None:
    replies = CourseReplies()
    replies.sent(b"on", 0.9)
    assert replies.heard_reading(1.0)
    replies.heard_command(b"on", 1.1)
    replies.sent(b"off", 1.9)
    assert replies.heard_reading(2.0)


def test_a_classmates_command_makes_the_answer_doubtful() -> None:
    replies = CourseReplies()
    replies.sent(b"toggle", 0.8)
    replies.heard_command(b"toggle", 0.8)
    replies.heard_command(b"off", 0.9)
    assert not replies.heard_reading(1.0)
    assert replies.heard_reading(1.1)
    replies.sent(b"on", 1.9)
    assert replies.heard_reading(2.0)


def test_a_classmates_command_to_a_board_that_was_off_is_forgotten_in_the_end() -> None:
    replies = CourseReplies()
    replies.heard_command(b"on", 1.0)
    replies.sent(b"on", 5.0)
    assert not replies.heard_reading(5.1), "it may be the classmate's"
    replies.heard_command(b"on", 5.0)
    replies.heard_command(b"on", 6.0)
    replies.sent(b"on", 17.0)
    assert replies.heard_reading(17.1), "ten quiet seconds have passed"


def test_a_command_under_way_when_the_link_broke_spoils_ten_seconds_and_no_more() -> None:
    replies = CourseReplies()
    replies.sent(b"on", 1.0)
    replies.disconnected(2.0)
    replies.sent(b"on", 5.0)
    assert not replies.heard_reading(5.1), "it may be the late answer"
    replies.sent(b"on", 20.0)
    assert replies.heard_reading(20.1)


def test_a_link_that_breaks_while_nothing_is_due_spoils_nothing() -> None:
    replies = CourseReplies()
    replies.disconnected(2.0)
    replies.sent(b"on", 3.0)
    assert replies.heard_reading(3.1)


def test_an_echo_that_the_broken_link_swallowed_is_not_awaited() -> None:
    replies = CourseReplies()
    replies.sent(b"on", 1.0)
    assert replies.heard_reading(1.1)
    replies.disconnected(2.0)
    replies.heard_command(b"off", 20.0)
    replies.sent(b"on", 20.1)
    assert not replies.heard_reading(20.2), "a classmate's command was under way as well"


def test_after_an_overdue_answer_ten_quiet_seconds_make_certain_again() -> None:
    replies = CourseReplies()
    replies.sent(b"on", 0.0)
    replies.timed_out(10.0)
    replies.sent(b"on", 10.9)
    assert not replies.heard_reading(11.0), "it may be the overdue one"
    replies.sent(b"on", 20.8)
    assert not replies.heard_reading(20.9)
    replies.sent(b"on", 30.9)
    assert replies.heard_reading(31.0)


def test_two_answers_to_each_command_mean_two_boards() -> None:
    replies = CourseReplies()
    for at in range(2):
        replies.sent(b"on", at * 5.0)
        replies.heard_reading(at * 5.0)
        assert not replies.two_boards
        replies.heard_reading(at * 5.0 + 0.1)
    assert replies.two_boards
    for at in range(2):
        replies.sent(b"on", 20.0 + at * 5.0)
        replies.heard_reading(20.0 + at * 5.0)
    assert not replies.two_boards, "the other one is gone"
