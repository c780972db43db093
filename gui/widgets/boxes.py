"""Rows and columns of widgets, each made in one go."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

Margins = tuple[int, int, int, int]
# A widget or a layout, or one with its stretch; so many pixels of room; or all the room that is left.
Part = QWidget | QLayout | tuple[QWidget | QLayout, int] | int | None
Box = TypeVar("Box", bound=QBoxLayout)


def in_row(
    *parts: Part, of: QWidget | None = None, spacing: int = 4, margins: Margins = (0, 0, 0, 0)
) -> QHBoxLayout:
    """``parts`` from left to right, as the layout of a widget or to be added to one."""
    return _filled(QHBoxLayout(), of, parts, spacing, margins)


def in_column(
    *parts: Part, of: QWidget | None = None, spacing: int = 4, margins: Margins = (0, 0, 0, 0)
) -> QVBoxLayout:
    """``parts`` from top to bottom; the rest is as in `in_row`."""
    return _filled(QVBoxLayout(), of, parts, spacing, margins)


def _filled(box: Box, of: QWidget | None, parts: tuple[Part, ...], spacing: int, margins: Margins) -> Box:
    if of is not None:
        of.setLayout(box)
    box.setContentsMargins(*margins)
    box.setSpacing(spacing)
    for part in parts:
        each, stretch = part if isinstance(part, tuple) else (part, 0)
        if each is None:
            box.addStretch(1)
        elif isinstance(each, int):
            box.addSpacing(each)
        elif isinstance(each, QLayout):
            box.addLayout(each, stretch)
        else:
            box.addWidget(each, stretch)
    return box
