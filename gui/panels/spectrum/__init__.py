"""The spectrum of W_h and of the steps."""
