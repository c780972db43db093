"""Whatever is written behind an option of any command: what is refused is refused in one short line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gui import app, shot
from rnn.commands import inspect, train

LONGEST = 300
ODD = {
    "nothing": "",
    "a long name": "x" * 300,
    "a long path": "folder/" * 900 + "file.npz",
    "many digits": "9" * 5000,
    "a comma and much": ",".join(map(str, range(2000))),
    "a list of names": ", ".join(f"name{number}" for number in range(500)),
    "many words": "word " * 1000,
    "lines": "one\ntwo\r\nthree\u2028four",
    "a terminal's colours": "\x1b[31mred\x1b[0m",
    "a half character": "\udcff",
    "a lone surrogate": "\ud800",
    "a zero": "a\0b",
    "markup": "<b>bold</b><img src=x>",
    "the other way round": "\u202egpj.exe",
    "a bracket": "[" * 3000,
    "many equals": "=" * 3000,
}
AS_NAMES = ("a long path", "a zero")  # no file can be called so


def lines_of(value: str, kind: str) -> Iterator[tuple[str, Callable[[list[str]], int], list[str]]]:
    """Arguments of every command, with this value in one of its places."""
    for name, main, rest in (
        ("train", train.main, ["--out", "out"]),
        ("shot", shot.main, ["out.png"]),
        ("window", app.main, []),
    ):
        for option in ("--preset", "--config", "--epochs", "--seed", "--set"):
            yield name, main, [*rest, option, value]
        for setting in ("seed={}", "{}=1", "task.name={}", "model.layers={}"):
            yield name, main, [*rest, "--set", setting.format(value)]
        yield name, main, [*rest, value or "extra"]
    for option in ("--data", "--weights"):
        yield "train", train.main, ["--out", "out", option, value]
    for option in ("--size", "--theme"):
        yield "shot", shot.main, ["out.png", option, value]
    for option in ("--scale", "--theme"):
        yield "window", app.main, [option, value]
    for option in ("--data", "--cell", "--nonlinearity", "--loss", "--head", "--sequence"):
        yield "inspect", inspect.main, ["none.npz", "--out", "r.npz", option, value]
    yield "inspect", inspect.main, [value, "--out", "r.npz"]
    yield "inspect", inspect.main, ["none.npz", "--out", value]
    if kind in AS_NAMES:
        yield "train", train.main, ["--out", value]
        yield "shot", shot.main, [f"{value}.png", "--epochs", "0"]


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_value_is_refused_in_one_short_line(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for command, main, arguments in lines_of(ODD[kind], kind):
        code, said = main(arguments), capsys.readouterr()
        what = f"{command} {ascii(arguments)[:200]}: {said.err[:900]!r}"
        assert (code, said.out) == (2, ""), what
        assert said.err.endswith(".\n"), what
        assert said.err.count("\n") == 1, what
        assert said.err.removesuffix("\n").isprintable(), what
        assert len(said.err) <= LONGEST + 1, what
    assert list(tmp_path.iterdir()) == []
