"""A panel's last values, as the page shows them: `PanelState` of `js/src/contract.ts`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._device.device import Device
from .._protocol.payloads import Info, in_unicode

SPEEDS = (1, 2, 5, 10, 20, 50, 100, 1000)
"""How many times as fast a page can have a recording played."""


def panel_state(device: Device) -> dict[str, Any]:
    """Return the last values, as the page shows them; in the loop only."""
    known, diagnosis = device.known, device.diagnosis()
    info, mode, player = known.presence.info, device.mode, device.player
    pico = info if mode == "pico" or known.presence.seen_live else None
    state = {
        "id": device.id,
        "virtual": info is not None and info.virtual,
        "mode": "pico" if pico else mode,
        "board": pico.board or None if pico else None,
        "led": known.led,
        "online": known.online_since,
        "interval": pico.interval if pico else None,
        "stale": _stale_after(device) if pico else None,
        "channels": [_channel(name, unit, info) for name, unit in known.units.items()],
        "controls": [_control(control, known.settings) for control in pico.controls] if pico else [],
        "limits": [_facts(limit, "channel", "low", "high") for limit in device.limits.all],
        "blocked": diagnosis.blocked,
        "lamps": [_facts(lamp, "name", "level", "word") for lamp in diagnosis.lamps],
        "trouble": diagnosis.trouble,
        "next": diagnosis.next,
        "notices": [*known.notices, *_counts(device)],
        "closed": device.closed,
        "recording": device.recorder.says,
        "replay": player and {"speeds": SPEEDS, **_facts(player, "speed", "paused", "ended", "until")},
    }
    return in_unicode(state)


def _stale_after(device: Device) -> float:
    """Milliseconds; a board that has gone leaves only last values."""
    return 0.0 if device.status == "offline" else device.known.presence.stale_after * 1000


def _channel(name: str, unit: str, info: Info | None) -> dict[str, Any]:
    every = info.every.get(name) if info is not None else None
    return {"name": name, "unit": unit, **({} if every is None else {"every": every})}


def _control(control: Any, settings: Mapping[str, object]) -> dict[str, Any]:
    facts = _facts(control, "name", "type", *(("min", "max", "step") if control.type == "range" else ()))
    return {**facts, "value": settings.get(control.name)}


def _facts(of: object, *names: str) -> dict[str, Any]:
    return {name: getattr(of, name) for name in names}


def _counts(device: Device) -> list[str]:
    known = device.known
    counts = []
    if known.refused_payloads:
        counts.append(
            f"{_many(known.refused_payloads, 'message')} made no sense; the last was {known.last_refusal}."
        )
    if known.lost_samples:
        were = "was" if known.lost_samples == 1 else "were"
        counts.append(f"{_many(known.lost_samples, 'sample')} {were} lost for good while the board was away.")
    return counts


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
