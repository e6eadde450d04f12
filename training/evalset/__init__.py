"""Programs that are only ever used to measure a model, as token files that any machine can read."""
