"""The words that captions hold, for the warning about words that training never saw."""

import re


def words_of(texts: list[str]) -> list[str]:
    """Sorted lower-case words; hyphens part words."""
    return sorted({word for text in texts for word in re.findall(r"[a-z]+", text.lower())})
