"""When two names are the same name: people's, projects' and skills' names are compared in one normal form."""

import re
import unicodedata
from functools import lru_cache


@lru_cache(maxsize=50_000)
def normal_form(name: str) -> str:
    """Case, accents, width, spaces and punctuation away; `+` and `#` stay, since C, C++ and C# are three skills."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    text = "".join(letter for letter in text if not unicodedata.combining(letter)).replace("&", "and")
    return re.sub(r"[^\w+#]|_", "", text)
