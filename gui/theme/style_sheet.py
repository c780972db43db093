"""The style sheet of the window: what each kind of widget looks like in the colours of a theme."""

from __future__ import annotations

from PySide6.QtGui import QColor

from gui.theme.colours import Theme
from gui.theme.fonts import BODY, SMALL


def style_sheet(theme: Theme) -> str:
    """What Qt is given; objects that look otherwise than their kind are named by ``setObjectName``."""
    t = theme
    faded = t.faint(t.muted, 0.55).name(QColor.NameFormat.HexArgb)
    return f"""
    QMainWindow, QDialog {{ background: {t.background}; }}
    QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border}; padding: 4px; }}
    QFrame#panel {{ background: {t.surface}; border: 1px solid {t.border}; border-radius: 8px; }}
    QFrame#panel:focus {{ border: 1px solid {t.accent}; }}
    QFrame#rule {{ background: {t.border}; border: none; }}
    QLabel {{ background: transparent; }}
    #title {{ font-weight: 600; font-size: {BODY}px; }}
    #figure {{ font-weight: 600; }}
    #caption, #muted {{ color: {t.muted}; font-size: {SMALL}px; }}
    QLabel#section {{ color: {t.muted}; font-weight: 600; font-size: {SMALL}px; }}
    QLabel#failed {{ color: {t.bad}; }}
    QLabel#refusal {{ color: {t.bad}; font-size: {SMALL}px; }}
    QPushButton {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border}; border-radius: 6px;
                   padding: 5px 12px; }}
    QPushButton:hover {{ border: 1px solid {t.muted}; }}
    QPushButton:focus {{ border: 1px solid {t.accent}; }}
    QPushButton:disabled {{ color: {t.muted}; background: transparent; }}
    QPushButton#primary {{ background: {t.accent}; color: {t.on_accent}; border: 1px solid {t.accent};
                           font-weight: 600; }}
    QPushButton#primary:focus {{ border: 1px solid {t.text}; }}
    QPushButton#primary:disabled {{ background: {t.raised}; color: {t.muted}; border: 1px solid {t.border}; }}
    QToolButton {{ background: transparent; color: {t.muted}; border: 1px solid transparent;
                   border-radius: 4px; padding: 1px 6px; font-size: {SMALL}px; }}
    QToolButton:hover {{ color: {t.text}; border: 1px solid {t.border}; }}
    QToolButton:focus {{ color: {t.text}; border: 1px solid {t.accent}; }}
    QToolButton:checked {{ color: {t.text}; background: {t.raised}; }}
    QToolButton#left, QToolButton#right {{ border: 1px solid {t.border}; }}
    QToolButton#left {{ border-top-right-radius: 0; border-bottom-right-radius: 0; }}
    QToolButton#right {{ border-top-left-radius: 0; border-bottom-left-radius: 0; border-left: none; }}
    QToolButton#left:checked, QToolButton#right:checked {{ background: {t.raised}; color: {t.text};
        font-weight: 600; }}
    QToolButton::menu-indicator {{ image: none; width: 0; }}
    QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox {{ background: {t.background}; color: {t.text};
        border: 1px solid {t.border}; border-radius: 4px; padding: 2px 6px; min-height: 17px; }}
    QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus {{ border: 1px solid {t.accent}; }}
    QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QLabel:disabled {{ color: {faded}; }}
    QLineEdit[refused="true"], QComboBox[refused="true"] {{ border: 1px solid {t.bad}; }}
    QComboBox {{ padding-right: 2px; }}
    QComboBox::drop-down {{ border: none; width: 16px; }}
    QComboBox::down-arrow {{ image: url(icons:down.svg); width: 10px; height: 10px; }}
    QSpinBox::up-button, QDoubleSpinBox::up-button {{ subcontrol-position: top right; }}
    QSpinBox::down-button, QDoubleSpinBox::down-button {{ subcontrol-position: bottom right; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ subcontrol-origin: border; width: 18px;
        border: none; }}
    QAbstractSpinBox::up-arrow {{ image: url(icons:up.svg); width: 9px; height: 9px; }}
    QAbstractSpinBox::down-arrow {{ image: url(icons:down.svg); width: 9px; height: 9px; }}
    QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {t.muted}; border-radius: 4px;
                            background: {t.background}; }}
    QCheckBox::indicator:checked {{ background: {t.accent}; border: 1px solid {t.accent};
                                    image: url(icons:check.svg); }}
    QCheckBox::indicator:focus {{ border: 1px solid {t.text}; }}
    QCheckBox::indicator:disabled {{ background: {t.raised}; border: 1px solid {t.border}; }}
    QPushButton#browse {{ padding: 3px 0; min-width: 24px; border-radius: 4px; }}
    QPushButton#square {{ padding: 5px 8px; }}
    QPushButton#menu {{ padding: 5px 10px; }}
    QPushButton::menu-indicator {{ image: none; width: 0; }}
    QPushButton#flat {{ background: transparent; border: 1px solid transparent; padding: 3px; }}
    QPushButton#flat:focus, QPushButton#flat:hover {{ border: 1px solid {t.border}; }}
    QFrame#message {{ background: {t.surface}; border: 1px solid {t.bad}; border-radius: 6px; }}
    QFrame#message QLabel {{ color: {t.bad}; }}
    QFrame#message[kind="done"] {{ border: 1px solid {t.border}; }}
    QFrame#message[kind="done"] QLabel {{ color: {t.text}; }}
    QPlainTextEdit#sample {{ background: transparent; color: {t.text}; border: none;
        selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
    QLabel#program {{ font-weight: 600; font-size: 17px; }}
    QComboBox QAbstractItemView {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border};
        selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
    QMenu {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border}; padding: 4px; }}
    QMenu::item {{ padding: 4px 18px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {t.accent}; color: {t.on_accent}; }}
    QMenu::item:disabled {{ color: {t.muted}; }}
    QSlider::groove:horizontal {{ height: 4px; background: {t.border}; border-radius: 2px; }}
    QSlider::sub-page:horizontal {{ background: {t.accent}; border-radius: 2px; }}
    QSlider::handle:horizontal {{ background: {t.accent}; width: 14px; margin: -5px 0; border-radius: 7px; }}
    QSlider::handle:horizontal:focus {{ background: {t.text}; }}
    QProgressBar {{ background: {t.border}; border: none; border-radius: 3px; max-height: 6px; }}
    QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ background: transparent; width: 8px; }}
    QScrollBar:horizontal {{ background: transparent; height: 8px; }}
    QScrollBar::handle:vertical {{ background: {t.raised}; border-radius: 4px; min-height: 24px; }}
    QScrollBar::handle:horizontal {{ background: {t.raised}; border-radius: 4px; min-width: 24px; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
        background: none; height: 0; width: 0; }}
    QSplitter::handle {{ background: {t.background}; }}
    QMainWindow::separator {{ background: {t.background}; width: 8px; height: 7px; }}
    QDockWidget {{ background: {t.background}; }}
    QTabBar {{ qproperty-drawBase: 0; }}
    QTabBar::tab {{ background: transparent; color: {t.muted}; border: 1px solid transparent;
        border-radius: 6px; padding: 4px 12px; margin: 0 2px 3px 0; }}
    QTabBar::tab:hover {{ color: {t.text}; border: 1px solid {t.border}; }}
    QTabBar::tab:selected {{ color: {t.text}; background: {t.surface}; border: 1px solid {t.border}; }}
    QFrame#explanation {{ background: {t.raised}; border: 1px solid {t.border}; }}
    """
