"""Silences the loggers of the HTTP libraries: they write addresses, in which the tokens of robots and hooks stand."""

import logging

_CHATTY = (
    *("urllib3", "urllib3.connection", "urllib3.connectionpool", "urllib3.response", "urllib3.util.retry"),
    *("requests", "charset_normalizer"),
    *("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy", "httpcore.socks"),
)


class _Nothing(logging.Filter):
    """Lets nothing through; unlike a level, no logging configuration sets it back."""

    def filter(self, record: logging.LogRecord) -> bool:
        return False


_NOTHING = _Nothing()


def silence() -> None:
    """Do it; doing it again changes nothing."""
    for name in _CHATTY:
        logging.getLogger(name).addFilter(_NOTHING)
