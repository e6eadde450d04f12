"""One machine, one command: set-up (`bootstrap`) and the running site (`run`)."""
