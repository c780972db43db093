"""Where a window can be shown, and what to say where it cannot."""

import re
import socket
import sys
from collections.abc import Mapping

HEADLESS = "the commands train, inspect, shot and test need none"


def explain_no_display(environ: Mapping[str, str]) -> str | None:
    """Return one sentence if no window can be opened here, None if one can or another platform is chosen."""
    if sys.platform != "linux" or not _wants_display(environ) or environ.get("WAYLAND_DISPLAY"):
        return None
    display = environ.get("DISPLAY")
    if not display:
        return (
            f"There is no display to open a window on (DISPLAY and WAYLAND_DISPLAY are not set); {HEADLESS}."
        )
    if not _answers(display):
        return f"The display {display} (DISPLAY) does not answer, so no window can be opened; {HEADLESS}."
    return None


def needs_x11(environ: Mapping[str, str]) -> bool:
    """Tell whether Qt is going to load its X11 plugin for a window: on request, or on a display."""
    if environ.get("QT_QPA_PLATFORM"):
        return "xcb" in environ["QT_QPA_PLATFORM"]
    return bool(environ.get("DISPLAY"))


def _wants_display(environ: Mapping[str, str]) -> bool:
    platform = environ.get("QT_QPA_PLATFORM", "")
    return not platform or "xcb" in platform or "wayland" in platform


def _answers(display: str) -> bool:
    """Knock at a display of this machine, such as :0; any other kind is left to Qt."""
    local = re.match(r":(\d+)", display)
    if local is None:
        return True
    path = f"/tmp/.X11-unix/X{local[1]}"
    return any(map(_accepts, (path, "\0" + path)))


def _accepts(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as knock:
        try:
            knock.connect(address)
        except OSError:
            return False
    return True
