"""The group robots of WeCom, DingTalk and Feishu (Lark), spoken to directly and not through apprise.

All three answer HTTP 200 to a message that they refuse and put the reason into a JSON code. apprise's plugins for
WeCom and DingTalk do not look at it, so a wrong key or a message above the rate counts as sent; its DingTalk plugin
encodes the signature twice, which the robot refuses; its Feishu plugin cannot sign, and tells the code only in words.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from bot.messages import FileKind, Outbound, OutboundFile
from bot.platforms.channels.quiet import silence
from bot.platforms.channels.robot_address import Address, Maker
from bot.platforms.channels.service import Part, behind_proxy, text_parts
from bot.platforms.channels.settings import ChannelsSettings
from bot.platforms.channels.verdict import Failure, later, never, of_error, of_status, too_fast
from bot.platforms.contract import Trouble

if TYPE_CHECKING:
    import httpx

LIMITS = {
    Maker.WECOM: 2048,
    Maker.DINGTALK: 18_000,
    Maker.FEISHU: 18_000,
}  # bytes of text; the latter allow 20 KB in all
IMAGE_LIMIT = 2 * 2**20  # bytes, of WeCom

# What the codes say, as far as it is more than "refused". Pauses are in seconds, None: the one of the settings.
TOO_FAST: Mapping[Maker, Mapping[int, float | None]] = {
    Maker.WECOM: {45009: None, 45033: None},
    Maker.DINGTALK: {130101: 120.0, 410100: 120.0},  # above 20 a minute a robot is shut out for ten
    Maker.FEISHU: {11232: None, 99991400: None},
}
BUSY = {Maker.WECOM: {-1}, Maker.DINGTALK: {-1}, Maker.FEISHU: {2200}}
WRONG_KEY = {
    Maker.WECOM: {93000},
    Maker.DINGTALK: {300001, 400101, 400102, 400106},
    Maker.FEISHU: {19001, 19021},
}
OF_THE_MESSAGE = {Maker.WECOM: {45002}, Maker.DINGTALK: {430101, 430102, 430103, 430104}, Maker.FEISHU: {19024}}


class Robot:
    """One robot in one group."""

    def __init__(self, address: Address, settings: ChannelsSettings, now: Callable[[], float] = time.time) -> None:
        import httpx

        silence()
        self.host = None if behind_proxy(address.host[0]) else address.host
        self._address = address
        self._settings = settings
        self._now = now
        self._context = httpx.create_ssl_context()  # reads all authorities, so only once

    def parts(self, message: Outbound) -> list[Part]:
        """The text in parts; before it the file, which only WeCom's robots can send."""
        maker, file = self._address.maker, message.file
        if file is None or maker is not Maker.WECOM:
            return text_parts(message, LIMITS[maker], in_bytes=True)
        texts = text_parts(message, LIMITS[maker], in_bytes=True) if message.text.strip() else []
        return [Part("", file=file), *texts]

    async def deliver(self, part: Part, done: set[str]) -> Failure | None:
        """Send one part."""
        import httpx

        s = self._settings
        patience = httpx.Timeout(s.answer_timeout, connect=s.connect_timeout)
        try:
            async with httpx.AsyncClient(timeout=patience, verify=self._context) as client:
                return await self._send(client, part)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return of_error(error)
        except (orjson.JSONEncodeError, UnicodeError):
            return never(None, "the message cannot be encoded")

    async def _send(self, client: "httpx.AsyncClient", part: Part) -> Failure | None:
        if part.file is None:
            return self._judge(await self._post(client, self._text(part.text)))[0]
        if part.file.kind is FileKind.PNG and len(part.file.content) <= IMAGE_LIMIT:
            return self._judge(await self._post(client, _wecom_image(part.file)))[0]
        failure, answer = self._judge(await self._upload(client, part.file))
        if failure is not None:
            return failure
        return self._judge(await self._post(client, {"msgtype": "file", "file": {"media_id": answer.get("media_id")}}))[
            0
        ]

    async def _post(self, client: "httpx.AsyncClient", body: Mapping[str, Any]) -> "httpx.Response":
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return await client.post(self._address.url, params=self._query(), content=orjson.dumps(body), headers=headers)

    async def _upload(self, client: "httpx.AsyncClient", file: OutboundFile) -> "httpx.Response":
        return await client.post(
            self._address.upload_url,
            params={**self._query(), "type": "file"},
            files={"media": (file.name, file.content, "application/octet-stream")},
        )

    def _text(self, text: str) -> dict[str, Any]:
        address = self._address
        if address.maker is Maker.FEISHU:
            return {**self._feishu_signature(), "msg_type": "text", "content": {"text": text}}
        body: dict[str, Any] = {"msgtype": "text", "text": {"content": text}}
        if address.mobiles:
            body["at"] = {"atMobiles": list(address.mobiles), "isAtAll": False}
        return body

    def _query(self) -> dict[str, str]:
        query, secret = dict(self._address.query), self._address.secret
        if secret and self._address.maker is Maker.DINGTALK:
            at = str(round(self._now() * 1000))
            query |= {"timestamp": at, "sign": _signature(secret.encode(), f"{at}\n{secret}".encode())}
        return query

    def _feishu_signature(self) -> dict[str, str]:
        secret = self._address.secret
        if not secret:
            return {}
        at = str(int(self._now()))
        return {"timestamp": at, "sign": _signature(f"{at}\n{secret}".encode(), b"")}  # the text is the key here

    def _judge(self, answer: "httpx.Response") -> tuple[Failure | None, dict[str, Any]]:
        """What an answer says, and its content."""
        pause = self._settings.too_fast_pause
        by_status = of_status(answer.status_code, answer.headers.get("Retry-After"), pause)
        if by_status is not None:
            return by_status, {}
        code, content = _code(answer.content)
        return of_code(self._address.maker, code, content, pause), content


def of_code(maker: Maker, code: int | None, content: Mapping[str, Any], pause: float) -> Failure | None:
    """What a code says; None if the message was taken."""
    if code == 0:
        return None
    if code is None:  # a page of somebody in between; whether the robot has seen the message, nobody can say
        return later(Trouble.FAILING, "answer without a code", maybe_sent=True)
    detail = f"code {code}"
    if code in TOO_FAST[maker]:
        return too_fast(detail, TOO_FAST[maker][code] or pause)
    if maker is Maker.FEISHU and code == 9499 and "too many" in str(content.get("msg")).lower():
        return too_fast(detail, pause)  # else the same code means a malformed request
    if code in BUSY[maker]:
        return later(Trouble.FAILING, detail)
    if code in WRONG_KEY[maker]:
        return never(Trouble.REFUSED, detail)
    return never(None if code in OF_THE_MESSAGE[maker] else Trouble.FAILING, detail)


def _code(body: bytes) -> tuple[int | None, dict[str, Any]]:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None, {}
    if not isinstance(content, dict):
        return None, {}
    found = next((content[key] for key in ("errcode", "code", "StatusCode") if key in content), None)
    try:
        return int(found), content  # type: ignore[arg-type]  # what is no number is told by the exception
    except (TypeError, ValueError):
        return None, content


def _wecom_image(file: OutboundFile) -> dict[str, Any]:
    checksum = hashlib.md5(file.content, usedforsecurity=False).hexdigest()
    return {"msgtype": "image", "image": {"base64": base64.b64encode(file.content).decode(), "md5": checksum}}


def _signature(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
