"""What is seen: the window and the rooms that its parts live in, one of them for the runs behind it."""
