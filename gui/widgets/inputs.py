"""Buttons, boxes and sliders that live beside the window's plain keys.

Used with the mouse they take the keyboard, so that a text under way elsewhere is finished, and give it
back at once: Space then runs. Reached with the Tab key they keep the keys that they use themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QPushButton,
    QSizePolicy,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionSlider,
    QStylePainter,
)

_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class PushButton(QPushButton):
    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if self.menu() is not None:  # which has been closed again by now
            self.clearFocus()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.clearFocus()


class CheckBox(QCheckBox):
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.clearFocus()


class ComboBox(QComboBox):
    """A combo box that narrows with its column, and that the wheel changes only while it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self._by_mouse = False
        self._passed_over: frozenset[str] = frozenset()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def pass_over(self, names: Iterable[str]) -> None:
        """Let the keys ↑ and ↓ and the wheel step over what has these names; the list still offers it."""
        self._passed_over = frozenset(names)

    def showPopup(self) -> None:
        metrics = self.fontMetrics()
        titles = (metrics.horizontalAdvance(self.itemText(place)) for place in range(self.count()))
        self.view().setMinimumWidth(max(titles, default=0) + 32)
        super().showPopup()

    def hidePopup(self) -> None:
        super().hidePopup()
        if self._by_mouse:
            self._by_mouse = False
            self.clearFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        text = self.currentText() or self.placeholderText()
        text = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        option.currentText = text  # type: ignore[attr-defined]  # PySide6 has it, its stubs do not
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            if plain and (event.text().isalnum() or event.key() == Qt.Key.Key_Space):
                event.accept()
                return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_mouse = True
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if self._passed_over and plain and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._step(1 if event.key() == Qt.Key.Key_Down else -1)
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        """On to the next one in this direction that is not passed over."""
        place = self.currentIndex() + by
        while self.itemData(place) in self._passed_over:
            place += by
        if 0 <= place < self.count():
            self.setCurrentIndex(place)
            self.activated.emit(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() and self._passed_over:
            self._step(1 if event.angleDelta().y() < 0 else -1)
        elif self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Slider(QSlider):
    """A level slider."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the mouse is pressed; Qt would go a page towards it."""
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
        handle = self.style().subControlRect(control, option, part, self)
        if event.button() == Qt.MouseButton.LeftButton and not handle.contains(event.position().toPoint()):
            left, room = event.position().x() - 0.5 * handle.width(), self.width() - handle.width()
            low, high = self.minimum(), self.maximum()
            self.setValue(QStyle.sliderValueFromPosition(low, high, round(left), room))
        super().mousePressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            if event.key() in _ARROWS:
                event.accept()
                return True
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.clearFocus()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SpinBox(QDoubleSpinBox):
    """A number with arrows, a whole one unless ``decimals`` are set.

    What is typed counts when it is finished, with Enter or by leaving; an Enter is for the box alone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setDecimals(0)
        self.setLocale(QLocale.c())  # with a point, whatever the system writes
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.accept()
            self.clearFocus()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.clearFocus()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
