"""What explains colours and strokes."""
