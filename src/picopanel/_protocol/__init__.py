"""The wire: topics, payloads in, commands out. Pure functions and frozen facts."""
