"""What is seen: the window, its panels, and the thread that trains behind them."""
