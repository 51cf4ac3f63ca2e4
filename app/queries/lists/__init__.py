"""Long lists, piece by piece."""
