"""QQ: the translator against a OneBot peer over a real socket."""
