"""Answers of a word or two, which mean something only as the answer to a question."""

from dataclasses import dataclass

from parsing.writing.lexicon import Pattern

_WELL = Pattern(
    r"(?:(?:我|俺|嗯+|恩|哦|报告|今[天日儿]|目前|现在|还是|老样子|一切|体温|身体|感觉|都|全家|家里人?|一家人?|我们|大家|你好|您好|这边|[,、 ]))*"
    r"(?:正常|没事儿?|都好|还好|挺好的?|很好|蛮好的?|好着[呢哩咧]|没有?(?:什么|啥|任何|哪里)?(?:不舒服|不适|症状|异常|毛病|问题|状况|情况)(?:的)?|无(?:不适|异常|症状)|一切(?:正常|都好|安好|良好)|健康|平安|无恙|安好|安康|无碍|好得很|好好的|棒棒[的哒]|倍儿?棒|得劲着呢|中着嘞|蛮好|没毛病|没(?:啥|什么)?问题|没(?:啥|什么)事儿?|莫得事|没得事|木事|冇事|OK|ok)"
    r"(?:[的呢哈啊呀了哦啦,、 ]|谢谢|放心|感谢|关心|一切|正常|没事|都好|健康|平安)*"
)
_ALL = Pattern("都|全家|一家|家里|我们|大家")
_STRONG = Pattern("一切(?:都)?(?:正常|安好|良好|都好)|全家|一家|家里")
_SYMBOLS = Pattern(r"[\s.。,!~…、?^_-]|[\U0001F000-\U0001FAFF☀-➿]|@\S+ ?")
_CONFIRMED = Pattern(r"(?:收到|好的?|嗯+|哦|1|ok|OK|知道了?|明白|了解|谢谢|已阅|行|可以)+")


@dataclass(frozen=True, slots=True)
class Bare:
    """A bare statement of being well: of the sender, or of the whole household."""

    person: str
    strong: bool  # clear also where nobody asked


def read(text: str) -> Bare | None:
    """The bare statement, or None where the message is more than one, or only a confirmation."""
    if len(text) > 24:
        return None
    core = _SYMBOLS.sub("", text)
    if not core or _CONFIRMED.fullmatch(core) or not _WELL.fullmatch(core):
        return None
    return Bare("all" if _ALL.search(core.replace("一切都", "")) else "self", bool(_STRONG.search(core)))
