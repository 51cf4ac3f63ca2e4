"""The way out: tables that the importer reads back, and the annotated copy of a file."""
