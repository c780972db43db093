"""The lower part of the text panel: what the network writes, and at which temperature."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui.panels.text.sample import Sample
from gui.theme import Theme
from gui.widgets.boxes import in_column, in_row
from gui.widgets.inputs import SpinBox
from gui.widgets.plain import PlainLabel
from rnn.observing.snapshot import SnapshotRequest

NOT_FINITE = "\nThe network's answers are not finite."
ONLY_SPACES = "· spaces alone, nothing to see"
HIGHEST = 2.0


class Writing(QWidget):
    """A line with the temperature, and the sample under it.

    Signals:
        temperature_changed: the next samples should be drawn at this one.
    """

    temperature_changed = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._words, self._remark = PlainLabel(objectName="muted"), PlainLabel(objectName="muted")
        self.temperature = SpinBox()
        self.temperature.setRange(0.0, HIGHEST)
        self.temperature.setSingleStep(0.1)
        self.temperature.setDecimals(1)
        self.temperature.setValue(SnapshotRequest().temperature)
        self.temperature.setAccessibleName("Temperature of the sample")
        self.temperature.setToolTip(
            "The logits are divided by it before each character is drawn: below 1 likely ones come "
            "more often, at 0 it is always the likeliest"
        )
        self.temperature.valueChanged.connect(self.temperature_changed)
        self.sample = Sample()
        line = in_row(self._words, self.temperature, self._remark, None, spacing=6)
        in_column(line, (self.sample, 1), of=self, spacing=3)
        self.clear()

    def clear(self) -> None:
        """Nothing has been written yet."""
        self._words.setText("the network writes at temperature")
        self._remark.clear()
        self.sample.show_text("", "")

    def show_text(self, prompt: str, written: str) -> None:
        """Show what the network read first, and what it wrote then."""
        self._words.setText(f"after {len(prompt)} characters it writes on at temperature")
        self._remark.setText(ONLY_SPACES if written and not written.strip() else "")
        self.sample.show_text(prompt, written or NOT_FINITE)

    def apply_theme(self, theme: Theme) -> None:
        self.sample.apply_theme(theme)
