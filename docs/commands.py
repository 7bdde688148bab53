"""Writes docs/commands.md from the registration: `python -m docs.commands` (`make docs`).

Example:
    python -m docs.commands

"""

from pathlib import Path

import bot.router  # noqa: F401  (importing the router registers every command)
from handlers.guide import who_label
from handlers.registry import COMMANDS

TARGET = Path(__file__).parent / "commands.md"
HEAD = """# 命令

由 `make docs` 从程序的登记表生成，不要手改。`/` 和 `／`、全角半角、有没有空格都行；每个命令都有英文别名。
凡是要写编号的地方，`12`、`#12`、或直接回复机器人的那条消息都可以。

| 命令 | 英文 | 谁可以用 | 做什么 | 例子 |
|---|---|---|---|---|
"""


def table() -> str:
    """The whole page."""
    rows = []
    for entry in COMMANDS.values():
        cells = (entry.usage, f"/{entry.aliases[0]}", who_label(entry), entry.about, "；".join(entry.examples))
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    TARGET.write_text(table(), encoding="utf-8")
    print(f"{TARGET.name}: {len(COMMANDS)} commands")
