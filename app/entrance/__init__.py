"""Who comes in, by which way, and what every endpoint lets in."""
