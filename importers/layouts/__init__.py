"""One module per layout of a skills sheet, all behind `layout.Layout`."""
