"""The domain: Django apps with the same file names in each. Imports `traces`, never `workers`."""
