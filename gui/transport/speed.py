"""How fast the training goes: a slider from one update a second to as fast as it can, and words beside it."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.bench.pace import A_DECADE, FASTEST, speed
from gui.theme import SMALL, font
from gui.widgets.boxes import in_row
from gui.widgets.inputs import Slider
from gui.widgets.plain import PlainLabel

DECADE = 100  # places of the slider from one speed to ten times that speed
STEP = DECADE // A_DECADE
HIGHEST = FASTEST * DECADE  # 10,000 updates a second
USUAL, LONG = 222, 300  # pixels
FULL = HIGHEST + 4 * STEP  # every place above the fastest is full speed, to be hit easily


class Speed(QWidget):
    """A slider that is logarithmic in updates a second, its upper end full speed.

    Attributes:
        value: updates a second, or None for full speed.

    Signals:
        changed: a person chose another ``value``.
    """

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.value: float | None = None
        self.slider = Slider()
        self.slider.setRange(0, FULL)
        self.slider.setSingleStep(STEP)
        self.slider.setPageStep(DECADE)
        self.slider.setMinimumWidth(70)
        self.slider.setAccessibleName("Speed")
        self.slider.setToolTip(
            "From one update a second to as fast as it goes; + and − do the same, and so do ] and ["
        )
        label = PlainLabel("Speed")
        label.setBuddy(self.slider)
        self._words = PlainLabel(objectName="muted", font=font(SMALL))
        self._words.setFixedWidth(self._words.fontMetrics().horizontalAdvance(speed_text(10_000)) + 2)
        in_row(label, (self.slider, 1), self._words, of=self, spacing=8)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.setValue(FULL)
        self._set(None)

    def sizeHint(self) -> QSize:
        return QSize(USUAL, super().sizeHint().height())

    @property
    def words(self) -> str:
        """The speed as it is written beside the slider."""
        return self._words.text()

    def show_speed(self, value: float | None) -> None:
        """Show updates a second, or None for full speed; nothing is emitted."""
        if value == self.value:
            return  # the slider may stand between two places of this value
        self.slider.blockSignals(True)
        self.slider.setValue(place_of(value))
        self.slider.blockSignals(False)
        self._set(value)

    def _set(self, value: float | None) -> None:
        self.value = value
        self._words.setText(speed_text(value))
        self.slider.setAccessibleDescription(speed_text(value))

    def _on_moved(self, place: int) -> None:
        value = speed_at(place)
        if value != self.value:
            self._set(value)
            self.changed.emit(value)


def speed_at(place: int) -> float | None:
    """Updates a second at a place of the slider, to two digits; None is full speed."""
    return None if place > HIGHEST else speed(place / DECADE)


def place_of(value: float | None) -> int:
    """The place of the slider that is nearest to so many updates a second."""
    if value is None:
        return FULL
    return min(HIGHEST, max(0, round(DECADE * math.log10(max(value, 1.0)))))


def speed_text(value: float | None) -> str:
    """Updates a second in words."""
    if value is None:
        return "full"
    digits = 0 if value >= 10.0 or value == round(value) else 1
    return f"{value:,.{digits}f} {'update' if value == 1.0 else 'updates'}/s"
