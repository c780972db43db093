"""What stands beside the program: presets, fonts, texts, the commands and the set-up of the environment."""
