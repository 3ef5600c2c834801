"""The course layer: which answer belongs to which command, when answers carry no identity. Pure."""

from __future__ import annotations

QUIET = 10.0
"""Seconds without traffic after which an overdue answer no longer makes the next one doubtful."""

_SURPLUS_WITHIN = 2.0


class CourseReplies:
    """Counts commands and answers on the course's two topics. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._unanswered = self._echoes_due = self._surplus = 0
        self._doubt_until = 0.0
        self._last_reply = self._last_command_at = float("-inf")
        self._surplus_noted = True
        self.last_command: bytes = b""

    def sent(self, command: bytes, now: float) -> None:
        self._echoes_due += 1
        self._passed(command, now)

    def heard_command(self, command: bytes, now: float) -> None:
        """A command passed on the topic: the echo of ours, or somebody else's."""
        if self._echoes_due:
            self._echoes_due -= 1
        else:
            self._passed(command, now)

    def _passed(self, command: bytes, now: float) -> None:
        if now - self._last_command_at > QUIET:
            self._unanswered = 0  # whom it was for is not there
        self._unanswered += 1
        self._last_command_at = now
        self.last_command = command

    def heard_reading(self, now: float) -> bool:
        """A number came; return whether it surely answers the one command under way."""
        certain = self._unanswered == 1 and now >= self._doubt_until
        if self._unanswered == 0 and now - self._last_reply < _SURPLUS_WITHIN and not self._surplus_noted:
            self._surplus += 1
            self._surplus_noted = True
        elif self._unanswered:
            if not self._surplus_noted:
                self._surplus = 0
            self._surplus_noted = False
            self._last_reply = now
        self._unanswered = max(0, self._unanswered - 1)
        if now < self._doubt_until:
            self._doubt_until = now + QUIET
        return certain

    def timed_out(self, now: float) -> None:
        """Our command was not answered in time; what comes next may be its late answer."""
        self._unanswered = self._echoes_due = 0
        self._doubt_until = now + QUIET

    def disconnected(self, now: float) -> None:
        """We hear nothing for a while; an answer that is due may come later, or not at all."""
        self._echoes_due = 0
        if self._unanswered:
            self.timed_out(now)

    @property
    def two_boards(self) -> bool:
        """Whether one command keeps getting two answers."""
        return self._surplus >= 2
