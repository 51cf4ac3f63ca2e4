"""The shape and wording of what people type. Meaning is checked in services, integrity in the database."""
