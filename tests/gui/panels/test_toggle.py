"""A button that is on or off, and its entry in the menu of the panel."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from gui.panels.frame.toggle import Toggle


def test_the_entry_is_checked_as_the_button_is_and_presses_it(qtbot: QtBot) -> None:
    toggle = Toggle("log", "Logarithmic loss axis", "Show the loss on a logarithmic axis", "Logarithmic axis")
    qtbot.addWidget(toggle)
    told: list[bool] = []
    toggle.toggled.connect(told.append)
    for on in (False, True):
        menu = QMenu(toggle)
        toggle.extend_menu(menu)
        (action,) = menu.actions()
        assert (action.text(), action.isCheckable(), action.isChecked()) == ("Logarithmic axis", True, on)
        action.trigger()
        assert toggle.isChecked() is not on
    assert told == [True, False]


def test_what_no_person_asked_for_is_not_told(qtbot: QtBot) -> None:
    toggle = Toggle("near", "Near view of the step", "Show no more than twice the step that is taken")
    qtbot.addWidget(toggle)
    told: list[bool] = []
    toggle.toggled.connect(told.append)
    toggle.show_on(True)
    assert (toggle.isChecked(), told) == (True, [])
    menu = QMenu(toggle)
    toggle.extend_menu(menu)
    assert menu.actions()[0].text() == toggle.accessibleName()
