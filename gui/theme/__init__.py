"""What the window wears: colours, fonts and a style sheet, in a light and a dark theme."""

from gui.theme.colours import DARK, LIGHT, THEMES, Theme, system_theme
from gui.theme.dressing import apply
from gui.theme.fonts import BODY, FAMILY, FORM, SMALL, font, load_fonts, mono
