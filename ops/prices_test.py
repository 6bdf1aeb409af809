"""Which prices of the public file the table takes, and under which names."""

import unittest
from decimal import Decimal

from prices import amount, table


def lines(prices: dict) -> list[str]:
    head, body = [], []
    for line in table(prices, "1.2.3", "2026-01-31").splitlines():
        (head if line.startswith("#") else body).append(line)
    assert head[1:] == ["# source litellm 1.2.3 (MIT)", "# date 2026-01-31"], head
    return body


def row(provider: str, **more) -> dict:
    return {"litellm_provider": provider, "mode": "chat", "input_cost_per_token": Decimal("2.5e-06"), **more}


class Table(unittest.TestCase):
    def test_amounts_are_per_million_and_plain(self):
        self.assertEqual(amount(Decimal("1.25e-07")), "0.125")
        self.assertEqual(amount(Decimal("0.0001")), "100")
        self.assertEqual([amount(value) for value in (None, True, {}, "1", Decimal(-1))], [None] * 5)

    def test_a_model_stands_under_its_vendor_without_prefix(self):
        self.assertEqual(
            lines(
                {
                    "gpt": row("openai"),
                    "gemini/pro": row("gemini"),
                    "pro": row("vertex_ai-language-models"),
                    "claude@1": row("vertex_ai-anthropic_models"),
                    "azure/eu/gpt": row("azure"),
                    "us.claude": row("bedrock_converse"),
                }
            ),
            [
                "anthropic_vertexai\tclaude@1\tin=2.5",
                "azure\teu/gpt\tin=2.5",
                "bedrock\tus.claude\tin=2.5",
                "google_ai\tpro\tin=2.5",
                "google_vertexai\tpro\tin=2.5",
                "openai\tgpt\tin=2.5",
            ],
        )

    def test_tiers_follow_the_lowest_rates_by_length(self):
        more = {
            "output_cost_per_token_above_272k_tokens": Decimal("4e-05"),
            "input_cost_per_token_above_200k_tokens": Decimal("5e-06"),
            "input_cost_per_token_above_200k_tokens_priority": Decimal(1),
            "cache_read_input_token_cost": Decimal("1e-06"),
        }
        self.assertEqual(lines({"gpt": row("openai", **more)}), ["openai\tgpt\tin=2.5 read=1 >200000 in=5 >272000 out=40"])

    def test_ranges_become_tiers(self):
        steps = [
            {"range": [0, 32000], "input_cost_per_token": Decimal("1e-06")},
            {"range": [32000, 64000], "input_cost_per_token": Decimal("2e-06")},
        ]
        prices = {"qwen": {"litellm_provider": "dashscope", "tiered_pricing": steps}}
        self.assertEqual(lines(prices), ["dashscope\tqwen\tin=1 >32000 in=2"])

    def test_what_costs_nothing_or_has_no_vendor_is_left_out(self):
        free = {"litellm_provider": "ollama", "input_cost_per_token": 0, "output_cost_per_token": 0}
        image = {"litellm_provider": "openai", "output_cost_per_image": Decimal("0.04")}
        self.assertEqual(lines({"llama": free, "dall-e": image, "x": row(""), "sample_spec": row("openai")}), [])

    def test_the_vendors_own_name_of_a_model_comes_first(self):
        other = row("openai", input_cost_per_token=Decimal("9e-06"))
        self.assertEqual(lines({"openai/gpt": other, "gpt": row("openai")}), ["openai\tgpt\tin=2.5"])

    def test_seconds_are_of_videos_and_characters_of_speech(self):
        video = {"litellm_provider": "openai", "mode": "video_generation", "output_cost_per_second": Decimal("0.1")}
        speech = {"litellm_provider": "openai", "mode": "audio_speech", "input_cost_per_character": Decimal("1.5e-05")}
        music = {"litellm_provider": "openai", "mode": "chat", "output_cost_per_second": Decimal("0.1")}
        expected = ["openai\tsora\tvsec=100000", "openai\ttts\tchar=15"]
        self.assertEqual(lines({"sora": video, "tts": speech, "song": music}), expected)


if __name__ == "__main__":
    unittest.main()
