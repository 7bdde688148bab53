"""Mail, web hooks and every other service that `apprise` knows, through its plugins.

Only a plugin is used, not `Apprise.notify`: that starts thread pools which keep the program from stopping. A plugin is
made anew for each part, because it is not meant for several threads and sleeps between two of its sends. apprise keeps
nothing on disk (`MEMORY`), makes no keys, reads no configuration and loads no plugins but its own; redirects are off
because `requests` follows one with a GET, so that the message is lost and counts as sent.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, Final

from bot.messages import FileKind, Outbound, OutboundFile
from bot.platforms.channels.quiet import silence
from bot.platforms.channels.service import Part, Unusable, behind_proxy, text_parts
from bot.platforms.channels.settings import ChannelsSettings
from bot.platforms.channels.tap import Evidence, Tap
from bot.platforms.channels.threads import Threads
from bot.platforms.channels.verdict import Failure, never, of_error, of_smtp, of_status, worst
from bot.platforms.contract import Trouble

if TYPE_CHECKING:  # nearly 800 modules: loaded with the first channel, never by an import
    from apprise import AppriseAttachment, NotifyBase

MEDIA_TYPES = {
    FileKind.PNG: "image/png",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_READ_FROM_MEMORY = frozenset({"mailto", "mailtos", "json", "jsons", "xml", "xmls"})  # the others open a path
_HOOKS = frozenset({"json", "jsons", "form", "forms", "xml", "xmls"})
_TAP: Final = Tap()


class ByApprise:
    """One channel behind one plugin."""

    def __init__(self, url: str, settings: ChannelsSettings) -> None:
        self._url = url
        self._settings = settings
        self._threads = Threads(settings.at_once)
        self._listen()
        plugin = self._plugin()
        self.host = _host(plugin)
        self._takes_files = bool(plugin.attachment_support)
        # Elsewhere it would be put above the same words.
        self._has_title = plugin.title_maxlen > 0 and not plugin.overflow_amalgamate_title
        self._limit = plugin.body_maxlen

    def parts(self, message: Outbound) -> list[Part]:
        """The text in parts, the first of them with the file where the service takes files."""
        parts = text_parts(message, self._limit)
        if not self._has_title:
            parts = [Part(part.text) for part in parts]
        if parts and message.file and self._takes_files:
            parts[0] = Part(parts[0].text, parts[0].title, message.file)
        return parts

    async def deliver(self, part: Part, done: set[str]) -> Failure | None:
        """Send one part in a thread."""
        return await (await self._threads.start(lambda: self._notify(part, done)))

    def _notify(self, part: Part, done: set[str]) -> Failure | None:
        from apprise import NotifyFormat
        from apprise.common import OverflowMode

        self._listen()  # again: a configuration of the log may have come between
        with _TAP.taken() as evidence:
            try:
                plugin = self._plugin()
                _remember(plugin, done)
                with _attached(part.file, plugin) as attachment:
                    went = plugin.notify(
                        body=part.text,
                        title=part.title,
                        attach=attachment,
                        body_format=NotifyFormat.TEXT,
                        overflow=OverflowMode.UPSTREAM,
                    )
            except UnicodeError:
                return never(None, "the message cannot be encoded")
            except Exception as error:  # noqa: BLE001 - any of more than a hundred plugins
                return of_error(error) if isinstance(error, OSError) else never(Trouble.FAILING, type(error).__name__)
        return None if went else self._judge(evidence)

    def _judge(self, evidence: Evidence) -> Failure:
        pause = self._settings.too_fast_pause
        answers = [
            of_status(answer.status_code, answer.headers.get("Retry-After"), pause) for answer in evidence.answers
        ]
        found = [
            *(failure for failure in answers if failure is not None),
            *(of_smtp(code) for code in evidence.smtp_codes),
            *(of_error(error) for error in evidence.errors),
        ]
        # Without a sign of trouble on the way it is the plugin that does not want the message, now and for ever.
        return worst(found) if found else never(Trouble.FAILING, "refused by the plugin")

    def _plugin(self) -> "NotifyBase":
        from apprise import Apprise, AppriseAsset, PersistentStoreMode

        asset = AppriseAsset(
            app_id="lianfang",
            app_desc="lianfang",
            async_mode=False,
            secure_logging=True,
            storage_mode=PersistentStoreMode.MEMORY,
            pgp_autogen=False,
            pem_autogen=False,
            http_redirects=False,
            image_url_mask="",
        )
        try:
            plugin = Apprise.instantiate(self._url, asset=asset, suppress_exceptions=False)
        except Exception as error:  # noqa: BLE001 - each plugin has its own; their words quote the address
            raise Unusable(f"the address lacks something ({type(error).__name__})") from None
        if plugin is None:
            raise Unusable("the address is not understood, or its service needs a library that is not installed")
        if _is_mail(plugin) and not _attribute(plugin, "targets"):
            raise Unusable("the address names nobody who gets the mail")
        self._set_patience(plugin)
        return plugin

    def _set_patience(self, plugin: "NotifyBase") -> None:
        """The times of the settings, unless the address has its own (`?cto=…&rto=…`)."""
        s, kind = self._settings, type(plugin)
        own = plugin.socket_connect_timeout != kind.socket_connect_timeout
        if not own:  # of a mail, it is the time for every single step
            plugin.socket_connect_timeout = s.answer_timeout if _is_mail(plugin) else s.connect_timeout
        if plugin.socket_read_timeout == kind.socket_read_timeout:
            plugin.socket_read_timeout = s.answer_timeout

    @staticmethod
    def _listen() -> None:
        """Before anything of apprise logs; at every level, as it tells most of its reasons at DEBUG."""
        silence()
        logger = logging.getLogger("apprise")
        logger.addFilter(_TAP)
        logger.setLevel(logging.DEBUG)


def _remember(plugin: "NotifyBase", done: set[str]) -> None:
    """Plugins ask before each of several recipients; apprise itself answers only for its own kind of retry."""

    def is_delivered(key: object, per_message: bool = False) -> bool:
        return repr(key) in done

    def mark_delivered(key: object, per_message: bool = False) -> None:
        done.add(repr(key))

    vars(plugin).update(is_delivered=is_delivered, mark_delivered=mark_delivered)


@contextmanager
def _attached(file: OutboundFile | None, plugin: "NotifyBase") -> "Iterator[AppriseAttachment | None]":
    """A file as apprise takes it: from memory where the plugin can, else in a file that only this user can read."""
    if file is None:
        yield None
        return
    from apprise import AppriseAttachment
    from apprise.attachment.file import AttachFile
    from apprise.attachment.memory import AttachMemory

    media_type = MEDIA_TYPES[file.kind]
    if plugin.schema in _READ_FROM_MEMORY:
        memory = AttachMemory(content=file.content, name=file.name, mimetype=media_type)  # type: ignore[no-untyped-call]
        yield AppriseAttachment(memory)
        return
    with NamedTemporaryFile(prefix="lianfang-", suffix=f".{file.kind}") as copy:  # mode 0600, gone with the block
        copy.write(file.content)
        copy.flush()
        read = AttachFile(copy.name, name=file.name, mimetype=media_type)  # type: ignore[no-untyped-call]
        yield AppriseAttachment(read)


def _is_mail(plugin: "NotifyBase") -> bool:
    return hasattr(plugin, "smtp_host")


def _attribute(plugin: "NotifyBase", name: str) -> Any:
    return getattr(plugin, name, None)


def _host(plugin: "NotifyBase") -> tuple[str, int] | None:
    """Where the service listens; None if the plugin does not tell, or if a proxy stands between."""
    if _is_mail(plugin):
        return str(_attribute(plugin, "smtp_host")), int(plugin.port or 25)
    # Of many others, `host` is a token, which must not be asked of a name server, or the port is not that of HTTP.
    if plugin.schema not in _HOOKS or behind_proxy(plugin.host):
        return None
    return plugin.host, plugin.port or (443 if plugin.secure else 80)
