"""How a person's own files are opened: chosen in a dialog or dropped, and looked into."""
