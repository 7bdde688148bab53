"""Where the reviewed content lies, and how the knowledge base is read; light, so that `lianfang ask` starts quickly."""

from bot.settings import ROOT
from community.answers import Answers, load_answers

KNOWLEDGE = ROOT / "content" / "knowledge"
CONCEPTS = ROOT / "content" / "words" / "concepts.yaml"
TOPIC_WEIGHTS = ROOT / "parsing" / "learned" / "topics.json"


def answers() -> Answers:
    """The knowledge base with its matcher, read once; raises `KnowledgeError`."""
    return load_answers(KNOWLEDGE, CONCEPTS, TOPIC_WEIGHTS)
