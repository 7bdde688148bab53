"""Renders the pages and words every refusal: all Chinese stands in `templates/pages/`."""

from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from web.desk import RESIDENT, STRANGER, Persona


@dataclass(frozen=True, slots=True)
class Circle:
    """One heading of the "write as" list with its people."""

    key: str
    people: tuple[Persona, ...]


def circles(personas: list[Persona]) -> tuple[Circle, ...]:
    """Residents, staff and strangers, in this order and each in the order given."""
    sorted_by_circle: dict[str, list[Persona]] = {"residents": [], "staff": [], "strangers": []}
    for persona in personas:
        key = {RESIDENT: "residents", STRANGER: "strangers"}.get(persona.role, "staff")
        sorted_by_circle[key].append(persona)
    return tuple(Circle(key, tuple(people)) for key, people in sorted_by_circle.items() if people)


class Pages:
    """The templates, loaded by package so that the working directory does not matter."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=PackageLoader("templates", "pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def sandbox(self, personas: list[Persona]) -> str:
        """The sandbox page; conversations and bubbles are fetched by its script."""
        return self._templates.get_template("sandbox.html").render(
            circles=circles(personas), known=frozenset(persona.id for persona in personas)
        )

    def problem(self, code: str, **details: object) -> str:
        """One plain sentence for a refusal, as text."""
        return self._templates.get_template("problem.txt").render(code=code, **details).strip()

    def problem_page(self, words: str, reference: str = "") -> str:
        """The same sentence as a page for people who opened an address by hand."""
        return self._templates.get_template("problem.html").render(words=words, reference=reference)
