"""WeChat: the translator against a real Wechaty gateway over real sockets."""
