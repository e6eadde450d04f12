"""How people dress up a problem: greetings, requests, bare notes, missing full stops and backticks.

The families' wordings say what is to be done. Around them, in training only, goes what a person
adds or leaves out, so that a model does not depend on textbook sentences.
"""

from __future__ import annotations

import random
import re

_BEFORE = (
    "Please help me with this: Hello! Hi, Task: Exercise: Homework: Problem: Question: Python: "
    "Python exercise: My teacher asks this: I have to do this for school: For my course:"
)
_GREETINGS = tuple(part.strip() for part in re.findall(r"[^:!,]+[:!,]", _BEFORE))
_AFTER = (
    "Thanks!",
    "Thank you.",
    "Please use Python.",
    "In Python, please.",
    "Use Python 3.",
    "Keep it simple.",
    "It should be short.",
    "I am a beginner.",
    "Please write tests as well.",
    "How do I do that?",
)
_ORDERS = re.compile(
    r"(?:Write|Create|Implement|Define|Make|Complete|Solve|Give)(?= (?:a|an|the|this|me|`))"
)
_REQUESTS = (
    "Please {}",
    "Can you {}",
    "Could you {}",
    "I want you to {}",
    "I need you to {}",
    "Help me {}",
    "How can I {}",
    "We have to {}",
    "Your task is to {}",
    "{}",
)
_FUNCTION = re.compile(r"^Write (?:a|a Python) function(?= (?:that|which|to|for|`))")
_FUNCTIONS = (
    "I need a function",
    "Give me a function",
    "Make me a function",
    "write a function",
    "Python function",
    "function",
    "Code a function",
    "Write me a function",
    "write a python function",
    "Can I get a function",
    "Show me a function",
    "A function",
)


def dressed(text: str, rng: random.Random) -> str:
    """The problem as somebody might put it. What it demands stays as it is."""
    is_plain = "```" not in text and "\n" not in text
    if rng.random() < 0.35:
        text = _FUNCTION.sub(lambda _: rng.choice(_FUNCTIONS), text)
    if rng.random() < 0.2 and _ORDERS.match(text):
        text = rng.choice(_REQUESTS).format(text[0].lower() + text[1:])
    if rng.random() < 0.15:
        text = text[0].lower() + text[1:]
    if is_plain and rng.random() < 0.2 and text.endswith("."):
        text = text[:-1]
    if "```" not in text and rng.random() < 0.25:
        text = text.replace("`", "")
    if rng.random() < 0.12:
        text = f"{rng.choice(_GREETINGS)} {text}"
    if is_plain and rng.random() < 0.12:
        stop = "" if text.endswith((".", "?", "!", ":")) else "."
        text = f"{text}{stop} {rng.choice(_AFTER)}"
    return text
