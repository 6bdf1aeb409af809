#!/usr/bin/env python3
"""Makes `core/data/prices.txt`, the public prices that the binary carries, from the prices that LiteLLM publishes.

    .venv/bin/python ops/prices.py > core/data/prices.txt

It reads the file of the installed package (pinned in tests/sdk/python/requirements.txt) and no network. One line is
one model of one provider; amounts are US dollars per million. `core/src/prices/table.rs` says how lines are read.
"""

import argparse
import datetime
import importlib.metadata
import json
import pathlib
import re
import sys
from decimal import Decimal

PACKAGE = "litellm"
FILE = "model_prices_and_context_window_backup.json"
# Names of providers as Cairn has them; a provider that is not here keeps its name.
PROVIDERS = {
    "gemini": "google_ai",
    "vertex_ai": "google_vertexai",
    "vertex_ai-anthropic_models": "anthropic_vertexai",
    "bedrock_converse": "bedrock",
    "microsoft": "azure",
    "azure_text": "azure",
    "text-completion-openai": "openai",
    "text-completion-codestral": "codestral",
    "text-completion-inception": "inception",
    "cohere_chat": "cohere",
    "fireworks_ai-embedding-models": "fireworks_ai",
}
# What is paid for, under the first of the names that a row has.
ITEMS = {
    "in": ["input_cost_per_token"],
    "out": ["output_cost_per_token"],
    "read": ["cache_read_input_token_cost", "input_cost_per_token_cache_hit"],
    "write": ["cache_creation_input_token_cost"],
    "write1h": ["cache_creation_input_token_cost_above_1hr"],
    "reason": ["output_cost_per_reasoning_token"],
    "audioin": ["input_cost_per_audio_token"],
    "audioout": ["output_cost_per_audio_token"],
    "char": ["input_cost_per_character"],
    "vsec": ["output_cost_per_video_per_second"],
}
VIDEO = {**ITEMS, "vsec": [*ITEMS["vsec"], "output_cost_per_second"]}
TIER = re.compile(r"_above_(\d+)k_tokens$")
MILLION = Decimal(1_000_000)


def provider_of(row: dict) -> str:
    name = row.get("litellm_provider") or ""
    if name in PROVIDERS:
        return PROVIDERS[name]
    return "google_vertexai" if name.startswith("vertex_ai-") else name


def model_of(key: str, prefixes: set[str]) -> str:
    """The name without the provider that LiteLLM puts before some."""
    head, slash, rest = key.partition("/")
    return rest if slash and head in prefixes else key


def amount(value) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or value < 0:
        return None
    return format((Decimal(value) * MILLION).normalize(), "f")


def rates(row: dict, items: dict, suffix: str = "") -> dict[str, str]:
    found = {}
    for code, names in items.items():
        amounts = (amount(row.get(name + suffix)) for name in names)
        if (first := next((text for text in amounts if text is not None), None)) is not None:
            found[code] = first
    return found


def tiers(row: dict, items: dict) -> dict[int, dict[str, str]]:
    """Prices of prompts with more tokens than the key says."""
    suffixes = {match.group(0): int(match.group(1)) * 1000 for name in row if (match := TIER.search(name))}
    found = {above: rates(row, items, suffix) for suffix, above in suffixes.items()}
    for step in row.get("tiered_pricing") or []:
        begin = (step.get("range") or [None])[0]
        if isinstance(begin, (int, Decimal)) and begin > 0:
            found[int(begin)] = rates(step, items)
    return {above: found[above] for above in sorted(found) if found[above]}


def base(row: dict, items: dict) -> dict[str, str]:
    first = next((step for step in row.get("tiered_pricing") or [] if not (step.get("range") or [0])[0]), {})
    return {**rates(first, items), **rates(row, items)}


def line(row: dict) -> str | None:
    """All amounts of a row; nothing if it has none, for what costs nothing is not known to cost anything."""
    items = VIDEO if row.get("mode") == "video_generation" else ITEMS
    lowest, higher = base(row, items), tiers(row, items)
    if not any(Decimal(text) for step in [lowest, *higher.values()] for text in step.values()):
        return None
    written = [f"{code}={text}" for code, text in lowest.items()]
    for above, step in higher.items():
        written.append(f">{above}")
        written.extend(f"{code}={text}" for code, text in step.items())
    return " ".join(written)


def table(prices: dict[str, dict], version: str, date: str) -> str:
    prefixes = {row.get("litellm_provider") for row in prices.values()} | {"vertex_ai", "bedrock"}
    lines: dict[tuple[str, str], str] = {}
    # A name without a provider before it is the vendor's own; it comes first and stays.
    for key in sorted(prices, key=lambda key: (key.count("/"), key)):
        row = prices[key]
        place = (provider_of(row), model_of(key, prefixes))
        text = line(row) if key != "sample_spec" and all(place) else None
        if text is not None and not any(re.search(r"\s", part) for part in place):
            lines.setdefault(place, text)
    head = [
        "# Public prices of language models, US dollars per million tokens (characters, seconds). Made by ops/prices.py.",
        f"# source {PACKAGE} {version} (MIT)",
        f"# date {date}",
    ]
    body = [f"{provider}\t{model}\t{lines[provider, model]}" for provider, model in sorted(lines)]
    return "\n".join([*head, *body]) + "\n"


def installed() -> tuple[dict[str, dict], str]:
    """The prices as the package has them, to the digit, and its version. Nothing of it is run."""
    distribution = importlib.metadata.distribution(PACKAGE)
    path = pathlib.Path(str(distribution.locate_file(f"{PACKAGE}/{FILE}")))
    return json.loads(path.read_text(), parse_float=Decimal), distribution.version


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--date", default=datetime.date.today().isoformat(), help="the day that the table tells")
    prices, version = installed()
    sys.stdout.write(table(prices, version, parser.parse_args().date))


if __name__ == "__main__":
    main()
