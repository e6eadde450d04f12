"""JSON Schemas of the files that traces and comparisons are kept in, generated from the types."""
