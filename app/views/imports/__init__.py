"""Pages of imports, from the upload to undoing."""
