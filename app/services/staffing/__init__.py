"""Projects, proposals, decisions and bookings."""
