"""One board: its commands and their answers, its readings, and what is known of it."""
