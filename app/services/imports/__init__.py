"""Imports: staging, applying and undoing them."""
