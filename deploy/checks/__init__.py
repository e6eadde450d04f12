"""`make check` and `make test`: the project's own rules, each as one named check."""
