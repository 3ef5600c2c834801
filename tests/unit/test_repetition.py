"""All is sent again to a page that may not have been there yet: ever more rarely, and not for ever."""

from picopanel._page.feed import Repetition

from .hand import Hand


def due_within(repetition: Repetition, hand: Hand, seconds: int) -> list[float]:
    """Return after how many seconds it was time, looked at twice a second."""
    begin, due = hand.seconds, []
    for _ in range(2 * seconds):
        hand.seconds += 0.5
        if repetition.is_due():
            due.append(hand.seconds - begin)
    return due


def test_all_is_sent_again_ever_more_rarely_and_not_for_ever(hand: Hand) -> None:
    repetition = Repetition(hand.clock)
    assert due_within(repetition, hand, 10) == [], "nothing has been shown"
    repetition.begin()
    assert due_within(repetition, hand, 600) == [0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5]


def test_a_page_that_asks_ends_it_and_the_next_display_begins_it_anew(hand: Hand) -> None:
    repetition = Repetition(hand.clock)
    repetition.begin()
    repetition.end()
    assert due_within(repetition, hand, 10) == []
    repetition.begin()
    assert due_within(repetition, hand, 2) == [0.5, 1.5]
