"""One family of errors; the text of each is one sentence of one line that a person can act on."""

import re

LONGEST = 299  # characters; a full stop makes them 300
_PATH, _PLACE, _WORD = 100, 60, 60
_ITEM = r"(?!(?:and|but|found|not|or|since|so)\b)[^\s,;]+"
_LIST = re.compile(rf"({_ITEM}(?:, {_ITEM}){{3,}})(?: and ([0-9][0-9,]{{0,11}}) more)?")
_LONG_WORD = re.compile(rf"\S{{{_WORD + 1},}}")


class ScopeError(Exception):
    """Anything that a person can mend; ``str(error)`` is one sentence of one line, without its full stop."""

    def __init__(self, sentence: str) -> None:
        super().__init__(squeezed(sentence, LONGEST))


class ConfigError(ScopeError):
    """A setting has a value that it cannot have.

    Attributes:
        key: the setting's full name, such as ``task.noise``.
        reason: what it may be, and what it was.
    """

    def __init__(self, key: str, reason: str) -> None:
        self.key = key
        name = cut(one_line(key), _PLACE)
        self.reason = squeezed(reason, LONGEST - len(name) - 1)
        super().__init__(f"{name} {self.reason}")


class DataError(ScopeError):
    """A file that a person brought cannot be used.

    Attributes:
        file: its name.
        place: where in it; empty for all of it.
        expected: what was expected, and what was found.
    """

    def __init__(self, file: object, place: str, expected: str) -> None:
        self.file = file
        self.place = cut(one_line(place), _PLACE)
        name = cut(one_line(str(file)), _PATH)
        where = f"{name}, {self.place}" if place else name
        self.expected = squeezed(expected, LONGEST - len(where) - 2)
        super().__init__(f"{where}: {self.expected}")


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


def one_line(text: str) -> str:
    """``text`` with what is no letter, sign or space written out, such as a line's end as \\n."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def cut(text: str, most: int) -> str:
    """``text`` without its middle where it is longer than ``most``; the end of a path names the file."""
    if len(text) <= most:
        return text
    begin = most // 3
    return f"{text[:begin]}…{text[len(text) - (most - begin - 1) :]}"


def squeezed(text: str, most: int) -> str:
    """A sentence in one line of at most ``most`` characters.

    Where it is longer, long words lose their middle; then of its longest list only the first names stay that
    fit, and how many more there are.
    """
    text = one_line(text)
    if len(text) > most:
        text = _LONG_WORD.sub(lambda word: cut(word[0], _WORD), text)
    if len(text) > most and (found := max(_LIST.finditer(text), key=lambda one: len(one[0]), default=None)):
        names = found[1].split(", ")
        room = most - (len(text) - len(found[0])) - len(" and 100,000 more")
        kept = 1
        while kept < len(names) - 1 and len(", ".join(names[: kept + 1])) <= room:
            kept += 1
        more = len(names) - kept + int((found[2] or "0").replace(",", ""))
        text = f"{text[: found.start()]}{', '.join(names[:kept])} and {more:,} more{text[found.end() :]}"
    return cut(text, most)
