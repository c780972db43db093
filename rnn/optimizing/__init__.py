"""By which step: optimizers and schedules, which get numbers and know no setting."""
