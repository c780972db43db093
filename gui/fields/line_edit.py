"""A line of text that is offered when it is finished, and that can be stepped."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit

from gui.widgets.plain import PlainLabel

NOTCH = 120
_LEAVING = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
_NUMBER = set("0123456789.")
_UNDOING = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
UNIT_GAP, PADDING = 4, 16


class LineEdit(QLineEdit):
    """Offers its text on Enter and when the focus leaves it, if a person has changed it.

    Space runs as long as nothing was typed. After Enter it is at rest until something is: plain keys mean
    what they mean elsewhere in the window, so that a number, Enter and Space set a value and run. A unit
    gives way where it would cover the text, or where the text is no number.

    Signals:
        finished: the text is complete; the text.
        stepped: up or down, and whether finely.
        abandoned: Escape was pressed.
        confirmed: Enter was pressed, with nothing new in it.
    """

    finished = Signal(str)
    stepped = Signal(bool, bool)
    abandoned = Signal()
    confirmed = Signal()

    def __init__(self, unit: str = "") -> None:
        super().__init__()
        self._resting = False
        self._turned = 0
        self._unit = PlainLabel(unit, self, objectName="muted")
        self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._unit.hide()
        self.textEdited.connect(self._on_edited)
        self.textChanged.connect(self._place_unit)

    def show_text(self, text: str) -> None:
        """Show ``text`` as finished."""
        if text == self.text() and not self.isModified():
            return
        self.setText(text)
        self.setModified(False)
        if self._resting:
            self.selectAll()
        else:
            self.setCursorPosition(0)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self._resting:
            assert isinstance(event, QKeyEvent)
            if event.text() not in _NUMBER:
                event.ignore()
                return False
        if event.type() == QEvent.Type.ShortcutOverride and not self.isModified():
            assert isinstance(event, QKeyEvent)
            is_space = event.key() == Qt.Key.Key_Space  # what begins with one is no setting
            if is_space or any(event.matches(keys) for keys in _UNDOING):  # there is nothing to undo in here
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            is_new = self.isModified()
            self._resting = True
            self._finish()
            if not is_new:
                self.confirmed.emit()
        elif key == Qt.Key.Key_Escape:
            event.setAccepted(self.isModified())  # where nothing was written, it is for the dialog around it
            self.abandoned.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._finish()
            self.stepped.emit(
                key == Qt.Key.Key_Up, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            )
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()
            return
        self._turned += event.angleDelta().y()
        if abs(self._turned) >= NOTCH:
            up, self._turned = self._turned > 0, 0
            self._finish()
            self.stepped.emit(up, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._resting = False
        if event.reason() not in _LEAVING:
            self._finish()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_unit()

    def _place_unit(self) -> None:
        if not self._unit.text():
            return
        size, text = self._unit.sizeHint(), self.text()
        room = self.width() - size.width() - PADDING - UNIT_GAP
        fits = text[-1:] in _NUMBER and self.fontMetrics().horizontalAdvance(text) <= room
        self._unit.setVisible(fits)
        self.setTextMargins(0, 0, size.width() + UNIT_GAP if fits else 0, 0)
        self._unit.move(self.width() - size.width() - PADDING // 2, (self.height() - size.height()) // 2)

    def _finish(self) -> None:
        if self.isModified():
            self.finished.emit(self.text())

    def _on_edited(self) -> None:
        self._resting = False
