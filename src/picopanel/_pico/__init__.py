"""What a user holds in Python: verbs, channels, values, and how they are connected."""
