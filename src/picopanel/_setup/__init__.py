"""Puts the firmware on a board, looks whether it is whole, and takes it off again."""
