"""What several rooms are furnished with: buttons and boxes, the signs on them, a column that scrolls."""
