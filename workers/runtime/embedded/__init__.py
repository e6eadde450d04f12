"""The embedded engine: the pocket model on this machine's CPU, in a process of its own."""
