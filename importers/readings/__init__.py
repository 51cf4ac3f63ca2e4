"""Everything one file says: sheets recognised, people brought together, marks graded."""
