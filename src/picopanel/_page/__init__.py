"""Between kernel and page: what is sent and heard, and the snapshot that stays."""
