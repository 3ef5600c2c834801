"""Puts the firmware and its certificates on a board, looks whether it is whole, and takes it off again."""
