"""What a reading would change in the directory."""
