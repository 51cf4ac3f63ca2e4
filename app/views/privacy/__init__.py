"""Pages of what is stored about people, and of its end."""
