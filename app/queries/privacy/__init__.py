"""What is stored about one person, for how long, and who may see it."""
