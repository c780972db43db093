"""Two colours that are seen on every other: together they frame things on a picture."""

INK = "#10151c"
WHITE = "#ffffff"
