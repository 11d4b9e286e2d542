"""One line about what was done and what comes next, in two languages."""

import unicodedata
from datetime import date
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caudal.core.quicklog import DIRECTIONS, KINDS, MINUTES_MAX, OUTCOMES, Line, Next, read_day, read_line

MONDAY: Final = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("call", Line(kind="call")),
        ("Llamada, sin respuesta", Line(kind="call", outcome="no_answer")),
        ("meeting, no-show", Line(kind="meeting", outcome="no_show")),
        ("llamada, entrante, 5 min", Line(kind="call", direction="in", minutes=5)),
        ("Call Marta about the pilot, 1h", Line(kind="call", minutes=60, subject="Call Marta about the pilot")),
        (
            "call, reached, they want 12 seats, and a demo",
            Line("call", "reached", subject="they want 12 seats, and a demo"),
        ),
        ("call, the offer tomorrow", Line("call", subject="the offer", planned=True, due_date=date(2026, 3, 3))),
        ("Tarea, enviar contrato", Line("task", subject="enviar contrato", planned=True)),
        ("they decide tomorrow", Line(subject="they decide tomorrow")),  # a note about a day
        ("call, reached, they decide tomorrow", Line("call", "reached", subject="they decide tomorrow")),
        ("they want 12", Line(subject="they want 12")),
        ("", Line()),
    ],
)
def test_a_line_says_kind_outcome_direction_length_and_subject(text: str, line: Line) -> None:
    assert read_line(text, today=MONDAY) == line


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("call, next: send offer Friday", Next("task", "send offer", date(2026, 3, 6))),
        ("llamada, próximo paso: enviar oferta el viernes", Next("task", "enviar oferta", date(2026, 3, 6))),
        ("demo, luego: llamar a Ana mañana", Next("call", "llamar a Ana", date(2026, 3, 3))),
        ("nota, next: demo in 2 weeks", Next("demo", "demo", date(2026, 3, 16))),
        ("next: ask for the budget", Next("task", "ask for the budget", None)),
    ],
)
def test_what_follows_next_is_the_next_step_with_its_day(text: str, step: Next) -> None:
    assert read_line(text, today=MONDAY).next == step


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", MONDAY),
        ("pasado mañana", date(2026, 3, 4)),
        ("next week", date(2026, 3, 9)),
        ("Monday", date(2026, 3, 9)),  # never today
        ("el próximo martes", date(2026, 3, 3)),
        ("dentro de 3 días", date(2026, 3, 5)),
        ("by 2026-12-01", date(2026, 12, 1)),
        ("2026-02-31", None),
    ],
)
def test_a_day_is_read_from_how_people_say_it(text: str, day: date | None) -> None:
    assert read_day(text, today=MONDAY)[0] == day


def test_no_word_stands_for_two_things() -> None:
    words = [word for table in (KINDS, OUTCOMES, DIRECTIONS) for spellings in table.values() for word in spellings]
    assert len(words) == len(set(words))


@given(st.text(max_size=80))
def test_any_text_is_read_and_nothing_of_a_subject_is_invented(text: str) -> None:
    line = read_line(text, today=MONDAY)
    assert line.minutes is None or 0 < line.minutes <= MINUTES_MAX
    assert set(line.subject) <= {*unicodedata.normalize("NFC", text), ",", " "}
