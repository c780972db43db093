"""A panel on paper: its picture as PNG or SVG, its numbers as CSV."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from PySide6.QtCore import QBuffer, QPoint, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from gui.panels.plots.plot import Plot
from rnn.files import write_all

Table = Mapping[str, Sequence[object]]


def csv_text(table: Table) -> str:
    """Columns by header as CSV, a short column padded with blanks."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table)
    writer.writerows(itertools.zip_longest(*table.values(), fillvalue=""))
    return text.getvalue()


def save_picture(widget: QWidget, file: str | Path) -> None:
    """Write ``widget`` as it looks; vectors where the file ends in .svg, else PNG.

    Raises:
        DataError: the file cannot be written.
    """
    file = Path(file)
    content = _svg(widget) if file.suffix.lower() == ".svg" else _png(widget)
    write_all({file: content})


def save_numbers(table: Table, file: str | Path) -> None:
    """Write ``table`` as CSV.

    Raises:
        DataError: the file cannot be written.
    """
    file = Path(file)
    write_all({file: csv_text(table).encode()})


def _png(widget: QWidget) -> bytes:
    buffer = QBuffer()
    widget.grab().save(buffer, "PNG")
    return bytes(buffer.data().data())


def _svg(widget: QWidget) -> bytes:
    # WORKAROUND for pyqtgraph 0.14.0: its own SVG exporter fails on every plot.
    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(QRectF(widget.rect()))
    painter = QPainter(generator)
    with ExitStack() as stack:
        stack.callback(painter.end)
        for plot in widget.findChildren(Plot):
            stack.enter_context(plot.in_vectors())
        widget.render(painter, QPoint(0, 0))
    return bytes(buffer.data().data())
