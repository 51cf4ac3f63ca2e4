"""The child process in which files are read, and how a reading comes back from it."""
