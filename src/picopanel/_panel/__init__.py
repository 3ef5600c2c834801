"""The widget of one board, and its view for the lecture hall."""
