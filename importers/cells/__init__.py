"""One cell, one meaning: values, dates, headings."""
