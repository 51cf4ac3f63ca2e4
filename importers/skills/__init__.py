"""The skill catalogue as a value, and how a written name finds its skill."""
