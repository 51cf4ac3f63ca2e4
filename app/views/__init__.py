"""Pages: access, find, form, one service call, commit, redirect. One module a noun; they do not import each other."""
