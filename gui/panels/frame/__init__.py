"""What every panel has around its body: title, figure, caption, explanation, menu, copies."""
