"""Model runtimes: one protocol, several engines. No Django here."""
