"""The PicoPanel layer: samples with numbers, a board that tells what it is, answers with an identity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from .._errors import InvalidArgument, InvalidCommand, InvalidPayload
from .._errors.arguments import nearest
from .._protocol import payloads
from .._protocol.payloads import Ack, Telemetry, format_command, unit_label
from .._store import NO_CLOCK, Origin
from .command import EXPIRY, Command, setting_word
from .diagnosis import Facts, failing, gone, not_answered
from .dialect import Columns, Dialect
from .known import SILENT_AT_LEAST, Known
from .messages import Received
from .outbox import Outbox
from .refill import Refill

LONGEST = 4096  # bytes of a command; a board leaves a longer one unanswered

_REMEMBERED = 64
_NO_CONTROL, _NO_VALUE = "this board has no such control", "not a value of this control"
"""What firmware/pico/commands.py says."""


class PicoLayer(Dialect):
    """The PicoPanel layer of one board."""

    blinks, noun = True, "Pico"

    def __init__(self, known: Known, outbox: Outbox, refill: Refill) -> None:
        self._known, self._outbox, self._refill = known, outbox, refill
        self._rows: defaultdict[Origin, Columns] = defaultdict(lambda: ([], [], [], []))
        self._answered_by: dict[str, str] = {}
        self._of_others: dict[str, tuple[str, dict[str, Any]]] = {}  # their commands, until their answers
        topics = known.topics
        self._handlers: dict[str, Callable[[bytes, bool, float], None]] = {
            topics.telemetry: self._on_telemetry,
            topics.ack: self._on_ack,
            topics.status: self._on_status,
            topics.info: self._on_info,
            topics.led_state: self._on_led_state,
            topics.cmd: self._on_command,
        }
        # None is only overheard: its own commands must come back, or the broker delivers nothing.
        self.topics = dict.fromkeys(self._handlers, 0) | {topics.ack: 1}
        self.measured = frozenset([topics.telemetry])
        self.from_board = frozenset([topics.telemetry, topics.ack, topics.led_state])

    def take(self, topic: str, messages: Sequence[Received]) -> None:
        handler = self._handlers[topic]
        for _, payload, retained, arrival, _ in messages:
            try:
                handler(payload, retained, arrival)
            except InvalidPayload as error:
                self._known.refuse(error)
        rows = list(self._rows.items())
        self._rows.clear()
        for origin, columns in rows:
            self._known.store.append(origin, *columns)

    def say(self, command: Command) -> bool:
        (boot, up), info = self._known.samples.now(self._known.clock.unix()), self._known.presence.info
        known: dict[str, Any] = {}
        # A board that has just started anew tells its boot before its first sample.
        if boot is not None and info is not None and info.boot == boot:
            known = {"boot": boot} if up is None else {"boot": boot, "until": up + EXPIRY * 1000}
        action = command.action or ({"read": True} if command.name == "read" else {"led": command.name})
        payload = format_command(command.id, **known, **action)
        if len(payload) > LONGEST:
            raise InvalidCommand(f"{command.name!r} sets too much at once: a board takes {LONGEST} bytes.")
        self._outbox.publish(self._known.topics.cmd, payload, 1)
        return True

    def _on_telemetry(self, payload: bytes, retained: bool, arrival: float) -> None:
        if retained:
            raise InvalidPayload("retained telemetry")
        known, telemetry = self._known, payloads.parse_telemetry(payload)
        known.admit(known.last, telemetry.values)
        end, dt = telemetry.seq + telemetry.count, telemetry.dt
        last_up = telemetry.up + (telemetry.count - 1) * dt
        boot, superseded = known.samples.boot(telemetry.boot, arrival, last_up, end - 1)
        if superseded:
            known.two_boards_at = known.now
        newest = boot.end
        times = boot.time.place_all(telemetry.seq, telemetry.up, dt, telemetry.count)
        new = boot.add(telemetry.seq, end)
        for first, last in new:
            self._keep(telemetry, first - telemetry.seq, last - telemetry.seq, times, arrival)
        if end > newest:
            if known.presence.quiet_for > SILENT_AT_LEAST and known.presence.state == "silent":
                known.attendance.away += 1
            known.presence.sample(empty=not telemetry.values)
            known.learn_led(telemetry.led, last_up)
            for name, values in telemetry.values.items():
                known.last[name] = (times[-1], values[-1])
            self._refill.check()
        elif new and not superseded:
            self._refill.came()

    def _keep(self, telemetry: Telemetry, first: int, end: int, times: list[float], arrival: float) -> None:
        info, ts, dt, count = self._known.presence.info, telemetry.ts, telemetry.dt, end - first
        interval, virtual = dt or (info.interval if info else None), self._known.presence.virtual
        stamps = [NO_CLOCK] * count if ts is None else [ts + at * dt for at in range(first, end)]
        for name, values in telemetry.values.items():
            rows = self._rows[Origin(name, telemetry.boot, interval, telemetry.led, virtual)]
            rows[0].extend(times[first:end])
            rows[1].extend(values[first:end])
            rows[2].extend([arrival] * count)
            rows[3].extend(stamps)

    def _on_ack(self, payload: bytes, retained: bool, arrival: float) -> None:
        ack, known = payloads.parse_ack(payload), self._known
        if retained:
            raise InvalidPayload("a retained ack")
        known.admit(known.last, ack.values)
        known.presence.answer()
        known.samples.answered(ack.boot, arrival, ack.up)
        known.learn_led(ack.led, ack.up)
        known.last |= {name: (arrival, value) for name, value in ack.values.items()}
        known.attendance.answered(ack.experiment_id)
        self._refill.acknowledged(ack)
        if self._answered_by.setdefault(ack.experiment_id, ack.boot) != ack.boot:
            known.two_boards_at = known.now
        if len(self._answered_by) > _REMEMBERED:
            del self._answered_by[next(iter(self._answered_by))]
        self._of_another(ack)
        if ack.ok:
            self._outbox.answered(ack.experiment_id, ack.led, True, ack.values)
        else:
            why = (ack.error or "").removeprefix("set: ").strip() or "no reason given"
            command = self._outbox.sent(ack.experiment_id)
            hint = self._hint(why, command.action.get("set", {})) if command is not None else ""
            self._outbox.declined(ack.experiment_id, f"{why}. {hint}" if hint else why)

    def _hint(self, why: str, wanted: dict[str, Any]) -> str:
        """Say which controls or values there are, as the board has declared them: its words are short."""
        info = self._known.presence.info
        controls = {each.name: each for each in info.controls} if info is not None else {}
        if why == _NO_CONTROL:
            unknown = next((name for name in wanted if name not in controls), None)
            return "" if unknown is None else nearest(unknown, controls)
        from .._protocol.description import Setting

        for name, value in wanted.items() if why == _NO_VALUE else ():
            if name in controls:
                try:
                    Setting(controls[name]).taken(value)
                except InvalidArgument as error:
                    return str(error)
        return ""

    def _on_status(self, payload: bytes, retained: bool, arrival: float) -> None:
        online = payloads.parse_status(payload)
        self._known.told_presence(online, retained, arrival)
        self._see(arrival)
        if not retained:
            (self._refill.reconnected if online else self._refill.board_left)()
        self._outbox.flush()

    def _on_info(self, payload: bytes, retained: bool, arrival: float) -> None:
        info, known = payloads.parse_info(payload), self._known
        former = known.presence.info
        known.admit(known.units, info.units)
        if former is not None and former.boot != info.boot:
            known.settings.clear()
            if not retained:
                known.note("boot", boot=info.boot)
        known.presence.info = info
        if not retained and info.protocol:  # without it, it may be anybody's word
            known.presence.introduced()
        self._see(arrival)
        known.units |= {name: unit_label(unit) for name, unit in info.units.items()}
        self._outbox.flush()

    def _see(self, arrival: float) -> None:
        """Note that the board is there, where its status and its info say so together."""
        if self._known.presence.state == "online":
            self._known.attendance.seen(arrival)

    def _on_led_state(self, payload: bytes, retained: bool, arrival: float) -> None:
        self._known.learn_led(payloads.parse_led_state(payload))

    def _on_command(self, payload: bytes, retained: bool, arrival: float) -> None:
        if not retained:
            self._known.attendance.commanded(payload)
            with suppress(InvalidPayload):  # the board says what is wrong with it
                self._remember(*payloads.parse_command(payload))
        self._outbox.heard_echo()

    def _remember(self, name: str, led: str, setting: dict[str, Any]) -> None:
        """Remember a command of another panel or program, of which only the board's answer can tell us."""
        if self._outbox.sent(name) is not None or not (led or setting):
            return
        self._of_others[name] = led, setting
        if len(self._of_others) > _REMEMBERED:
            del self._of_others[next(iter(self._of_others))]

    def _of_another(self, ack: Ack) -> None:
        """Note what somebody else has set, once the board has confirmed it."""
        led, setting = self._of_others.pop(ack.experiment_id, ("", {}))
        if not ack.ok or not (led or setting):
            return
        info = self._known.presence.info
        declared = {control.name for control in info.controls} if info else set()
        self._known.settings |= {name: value for name, value in setting.items() if name in declared}
        words = ", ".join(filter(None, [led, setting_word(setting)]))
        self._known.note("done", text=f"{words} (elsewhere)")

    def trouble(self, facts: Facts) -> tuple[str, str] | None:
        if (trouble := gone(facts)) is not None:
            return trouble
        if facts.unanswered > 1:
            step = "send one, wait for its answer, then the next. Or its Wi-Fi is weak."
            return not_answered(facts), f"The board's queue overflows when many come at once: {step}"
        if facts.unanswered:
            step = "The board may be busy or its Wi-Fi weak: try it again."
            return not_answered(facts), step
        return failing(facts.failing)
