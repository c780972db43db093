"""Whose gradient is sent back: that of the last time step's loss, or of all of them."""

LOSSES, SHORT_LOSSES = ("last time step", "all time steps"), ("last", "all")
OF_ALL = "Gradient of the losses of all time steps"
WHICH_LOSSES = "Send back the last time step's loss alone, or the losses of all time steps"
