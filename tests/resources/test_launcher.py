"""What each command needs of the system."""

import pytest

from resources.launcher import COMMANDS, libraries_of_window


@pytest.mark.parametrize(
    ("name", "libraries"), [("train", ()), ("shot", ("offscreen",)), ("test", ("offscreen",))]
)
def test_a_command_asks_for_the_libraries_that_it_uses_alone(name: str, libraries: tuple[str, ...]) -> None:
    assert COMMANDS[name].libraries == libraries


def test_the_window_asks_for_those_of_its_display_too() -> None:
    assert libraries_of_window({"DISPLAY": ":0"}) == ["offscreen", "x11"]
    assert libraries_of_window({"WAYLAND_DISPLAY": "wayland-0"}) == ["offscreen"]
