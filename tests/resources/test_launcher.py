"""What each command needs of the system, and where a window can be opened."""

import socket
import sys

import pytest

from resources.launcher import COMMANDS, explain_no_display, libraries_of_window

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")


@LINUX
def test_without_a_display_the_headless_commands_are_named() -> None:
    sentence = explain_no_display({})
    assert sentence is not None
    assert "\n" not in sentence
    for word in ("DISPLAY", "train", "shot", "test"):
        assert word in sentence


@LINUX
def test_a_display_that_does_not_answer_is_named() -> None:
    sentence = explain_no_display({"DISPLAY": ":98765"})
    assert sentence is not None
    assert sentence.startswith("The display :98765 ")


@LINUX
def test_a_display_that_answers_is_enough() -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0/tmp/.X11-unix/X98766")
        server.listen()
        assert explain_no_display({"DISPLAY": ":98766.0"}) is None


@pytest.mark.parametrize(
    "environ",
    [
        {"QT_QPA_PLATFORM": "offscreen"},
        {"QT_QPA_PLATFORM": "vnc:size=800x600"},
        {"WAYLAND_DISPLAY": "wayland-0"},
        {"DISPLAY": "localhost:10.0"},
        {"DISPLAY": "far.example:0"},
    ],
)
def test_a_display_that_only_qt_can_judge_is_left_to_it(environ: dict[str, str]) -> None:
    assert explain_no_display(environ) is None


@LINUX
def test_a_platform_that_needs_a_display_does_not_hide_its_absence() -> None:
    assert explain_no_display({"QT_QPA_PLATFORM": "xcb"}) is not None


@pytest.mark.parametrize(
    ("name", "libraries"), [("train", ()), ("shot", ("offscreen",)), ("test", ("offscreen",))]
)
def test_a_command_asks_for_the_libraries_that_it_uses_alone(name: str, libraries: tuple[str, ...]) -> None:
    assert COMMANDS[name].libraries == libraries


def test_the_window_asks_for_those_of_x11_only_on_a_display_of_it() -> None:
    with_x11 = ("offscreen", "x11")
    assert libraries_of_window({"DISPLAY": ":0"}) == with_x11
    assert libraries_of_window({"QT_QPA_PLATFORM": "xcb"}) == with_x11
    assert libraries_of_window({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}) == ("offscreen",)
    assert libraries_of_window({"WAYLAND_DISPLAY": "wayland-0"}) == ("offscreen",)
