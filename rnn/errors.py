"""One family of errors; the text of each is one sentence that a person can act on."""


class ScopeError(Exception):
    """Anything that a person can mend; ``str(error)`` is one sentence."""


class ConfigError(ScopeError):
    """A setting has a value that it cannot have.

    Attributes:
        key: the setting's full name, such as ``task.noise``.
        reason: what it may be, and what it was.
    """

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key} {reason}")
        self.key = key
        self.reason = reason


class DataError(ScopeError):
    """A file that a person brought cannot be used.

    Attributes:
        file: its name.
        place: where in it; empty for all of it.
        expected: what was expected, and what was found.
    """

    def __init__(self, file: object, place: str, expected: str) -> None:
        where = f"{file}, {place}" if place else f"{file}"
        super().__init__(f"{where}: {expected}")
        self.file = file
        self.place = place
        self.expected = expected


class Undecided(DataError):
    """A file may be read in several ways, and a setting says which is meant.

    Attributes:
        reason: why that is open.
        what: what is to be named.
        setting: the full key of the setting that names it, such as ``model.head``.
    """

    def __init__(self, file: object, place: str, reason: str, what: str, setting: str) -> None:
        super().__init__(file, place, f"{reason}; name {what} with {setting}")
        self.reason, self.what, self.setting = reason, what, setting

    def told(self, way: str) -> DataError:
        """The same with another ``way`` to name it."""
        return DataError(self.file, self.place, f"{self.reason}; {way.format(self.what)}")


class Divergence(ScopeError):
    """A NaN or an infinity appeared while training; the parameters before it are kept.

    Attributes:
        epoch: the epoch it happened in, counted from 1.
        update: the update it happened in, counted from 1 over the whole run.
        time_step: the time step it was first seen at, counted from 1; None where the tensor has no time.
        tensor: what held it, such as ``output`` or ``gradient of head.W``.
    """

    def __init__(self, epoch: int, update: int, time_step: int | None, tensor: str) -> None:
        at = f", time step {time_step}" if time_step is not None else ""
        super().__init__(
            f"Training diverged in epoch {epoch}, update {update}{at}: "
            f"the {tensor} is not finite; the last finite weights are kept."
        )
        self.epoch = epoch
        self.update = update
        self.time_step = time_step
        self.tensor = tensor
