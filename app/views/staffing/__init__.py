"""Pages of projects, proposals, decisions and bookings."""
