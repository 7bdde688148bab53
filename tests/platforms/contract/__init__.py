"""One suite that every platform passes: what `bot.platforms.contract` promises, tried over a real line."""
