"""The sample organisation: its data, and the messy legacy workbook written from it."""
