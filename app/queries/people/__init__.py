"""People, their profiles and skills."""
