"""What a sheet holds: its tables, columns and people, recognised by weighing several readings of it."""
