"""From bytes to a workbook of plain values, whatever the format, and nothing unsafe on the way."""
