"""What was asked and what is answered, in every address alike."""
