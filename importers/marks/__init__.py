"""What a mark in a cell says: scales, legends, level words, colours."""
