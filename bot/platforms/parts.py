"""Cuts a long text into parts that a platform takes."""

_CUTS = ("\n\n", "\n", "。", "；", "，", " ")


def split_text(text: str, limit: int) -> list[str]:
    """Parts of at most `limit` characters, cut after a paragraph, line or sentence where there is one."""
    parts = []
    while len(text) > limit:
        at = next((at + len(cut) for cut in _CUTS if (at := text.rfind(cut, limit // 2, limit)) >= 0), limit)
        parts.append(text[:at].rstrip())
        text = text[at:].lstrip("\n")
    return [part for part in (*parts, text) if part and not part.isspace()]
