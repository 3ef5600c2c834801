"""The one loop, and what waits for it."""
