"""Teaching the pocket model to solve: documents, answers of its own, and what passed its tests."""
