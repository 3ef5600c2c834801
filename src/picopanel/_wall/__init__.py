"""PicoWall: many boards on one screen, in one notebook cell."""
