"""What residents write, turned into meaning: pure functions, no clock, no store, no chat types."""

from parsing.address import parse_address
from parsing.dangers.fire import is_fire
from parsing.dangers.hearing import danger
from parsing.guesses import guess
from parsing.health.symptoms import SYMPTOM_LABELS
from parsing.health.temperature import parse_temperature
from parsing.model import Chain, ChainLine, CheckIn, Context, Trace, Understanding
from parsing.moments import Moment, parse_moment
from parsing.parser import find_symptoms, parse, to_json
from parsing.wording import as_text
from parsing.writing.text import normalise

__all__ = [
    "SYMPTOM_LABELS", "Chain", "ChainLine", "CheckIn", "Context", "Moment", "Trace", "Understanding", "as_text", "danger", "find_symptoms", "guess", "is_fire",
    "normalise", "parse", "parse_address", "parse_moment", "parse_temperature", "to_json",
]  # fmt: skip
