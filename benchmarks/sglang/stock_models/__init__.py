"""CWM as SGLang's own models are written: wrong on its Triton backend, for `correctness.py`."""
