"""The set-up: all that lies between a fresh machine and a running program; standard library only.

Beside it lie lists of what it installs: packages with their versions and checksums for the program and for
its tests, and system libraries with their Debian packages that Qt loads without a window and adds on X11.
"""

doubts: list[str] = []  # what a command went on without, to be looked at when it has ended


class SetupError(Exception):
    """Why a command cannot start, in one sentence; the exit code is 2 where the command was wrong, else 1."""

    def __init__(self, sentence: str, exit_code: int = 1) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
