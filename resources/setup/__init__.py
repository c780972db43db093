"""The set-up: all that lies between a fresh machine and a running program; standard library only."""


class SetupError(Exception):
    """Why a command cannot start, in one sentence.

    The exit code is 1 where the machine is at fault and 2 where the command was wrong.
    """

    def __init__(self, sentence: str, exit_code: int = 1) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code
