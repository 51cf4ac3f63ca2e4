"""What leaves Muster as tables that read back."""
