"""The theory: pure functions over frozen values. No Django, no clock, no I/O; randomness is an argument."""
