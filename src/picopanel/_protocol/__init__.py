"""The wire: topics, payloads in, commands out. Pure functions and frozen facts."""

from .ids import Topics, check_device_id, spelling_trap
from .payloads import (
    COURSE_COMMANDS,
    Ack,
    Control,
    Info,
    Telemetry,
    format_command,
    parse_ack,
    parse_info,
    parse_led_state,
    parse_reading,
    parse_status,
    parse_telemetry,
    unit_label,
)

__all__ = [
    "COURSE_COMMANDS",
    "Ack",
    "Control",
    "Info",
    "Telemetry",
    "Topics",
    "check_device_id",
    "format_command",
    "parse_ack",
    "parse_info",
    "parse_led_state",
    "parse_reading",
    "parse_status",
    "parse_telemetry",
    "spelling_trap",
    "unit_label",
]
