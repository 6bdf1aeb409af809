"""A project after some days of work: conversations, failures, scores, prompts. Everything is sent by the SDK."""

import datetime
import random
import sys

import opik
from opik.evaluation.metrics import base_metric, score_result

project = sys.argv[1]
client = opik.Opik(project_name=project)
draw = random.Random(7)
now = datetime.datetime.now(datetime.timezone.utc)

QUESTIONS = [
    ("Where is my parcel?", "It left Hamburg this morning and should reach you tomorrow before noon."),
    ("Can I return shoes that I have worn once?", "Yes, within 30 days, if the soles show no wear."),
    ("Do you ship to Norway?", "We do. Shipping takes 4 to 6 days and costs 12 euros."),
    ("I was charged twice for order 88412", "I am sorry about that. The second charge was released and will vanish within 3 days."),
    ("What is the difference between the two grinders?", "The larger one has steel burrs and holds 250 g of beans."),
]
MODELS = [("gpt-4o", "openai", 2.5e-6, 1e-5), ("gpt-4o-mini", "openai", 1.5e-7, 6e-7), ("claude-sonnet-4", "anthropic", 3e-6, 1.5e-5)]


def conversation(number: int) -> None:
    question, answer = QUESTIONS[number % len(QUESTIONS)]
    model, provider, price_in, price_out = MODELS[number % len(MODELS)]
    start = now - datetime.timedelta(minutes=40 * number + draw.randint(0, 30))
    seconds = draw.lognormvariate(0.6, 0.7)
    end = start + datetime.timedelta(seconds=seconds)
    fails = number % 9 == 4
    trace = client.trace(
        name="support agent",
        start_time=start,
        end_time=end,
        input={"messages": [{"role": "system", "content": "You help customers of a shop for coffee and shoes. Be brief."},
                            {"role": "user", "content": question}]},
        output=None if fails else {"answer": answer},
        metadata={"customer": {"plan": draw.choice(["free", "pro", "team"]), "country": draw.choice(["de", "no", "fr"])}},
        tags=["beta"] if number % 4 == 0 else ["shop", "web"],
        thread_id=f"conversation-{number // 3}",
        error_info={"exception_type": "RateLimitError", "message": "429: slow down", "traceback": "Traceback (most recent call last):\n  File \"agent.py\", line 42, in answer\nRateLimitError: 429: slow down"} if fails else None,
    )
    search = trace.span(
        name="search articles", type="tool", start_time=start, end_time=start + datetime.timedelta(seconds=seconds * 0.3),
        input={"query": question.lower()}, output={"articles": [{"id": 17, "title": "Shipping"}, {"id": 20, "title": "Returns"}]},
    )
    search.span(name="embed", start_time=start, end_time=start + datetime.timedelta(seconds=seconds * 0.1), input={"text": question})
    tokens = (draw.randint(300, 1200), draw.randint(30, 240))
    trace.span(
        name="answer", type="llm", start_time=start + datetime.timedelta(seconds=seconds * 0.3), end_time=end,
        model=model, provider=provider, total_cost=tokens[0] * price_in + tokens[1] * price_out,
        usage={"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)},
        input={"messages": [{"role": "user", "content": question}]},
        output=None if fails else {"choices": [{"message": {"role": "assistant", "content": answer}}]},
        error_info={"exception_type": "RateLimitError", "message": "429: slow down", "traceback": "RateLimitError: 429: slow down"} if fails else None,
    )
    if not fails:
        trace.log_feedback_score("helpfulness", round(draw.uniform(0.4, 1.0), 2), reason="Says what comes next.")
        trace.log_feedback_score("tone", draw.choice([0, 1]))


def prompts() -> None:
    lines = ["You help customers of a shop for coffee and shoes.", "Answer in the language of {{language}}.", "Never promise a date.", "Question: {{question}}"]
    changed = [lines[0], "Answer in {{language}}, in two sentences at most.", lines[2], "If you do not know, say so.", lines[3]]
    client.create_prompt("support answer", "\n".join(lines), project_name=project, description="What the agent is told before it answers.", tags=["support"])
    client.create_prompt("support answer", "\n".join(changed), project_name=project, change_description="Shorter, and honest about gaps.")
    client.create_chat_prompt(
        "triage",
        [{"role": "system", "content": "Sort requests into refund, shipping and other."}, {"role": "user", "content": "{{request}}"}],
        project_name=project,
    )


class Closeness(base_metric.BaseMetric):
    def score(self, output: str, expected: str, **_: object) -> score_result.ScoreResult:
        said, wanted = set(output.lower().split()), set(expected.lower().split())
        return score_result.ScoreResult(name=self.name, value=round(len(said & wanted) / len(wanted), 3))


class Brevity(base_metric.BaseMetric):
    def score(self, output: str, **_: object) -> score_result.ScoreResult:
        return score_result.ScoreResult(name=self.name, value=1.0 if len(output.split()) <= 12 else 0.0)


def experiments() -> None:
    dataset = client.create_dataset("customer questions", description="What customers ask most.", project_name=project)
    dataset.insert([{"question": question, "expected": answer, "language": "en"} for question, answer in QUESTIONS])
    dataset.insert([{"question": "Is the shop open on Sunday?", "expected": "No, we open on Monday at nine.", "language": "en"}])

    def whole(item: dict) -> dict:
        return {"output": item["expected"]}

    def short(item: dict) -> dict:
        words = item["expected"].split()
        return {"output": " ".join(words[:8]) if len(words) > 9 else item["expected"] + " Promised!"}

    told = ["You help customers of a shop.", "Answer in full."]
    setups = (
        ("baseline", whole, {"prompt": "\n".join(told), "model": {"name": "gpt-4o", "temperature": 0.2}}),
        ("shorter answers", short, {"prompt": "\n".join([told[0], "Answer in eight words."]), "model": {"name": "gpt-4o-mini", "temperature": 0.2}}),
    )
    for name, task, config in setups:
        opik.evaluate(
            dataset, task, scoring_metrics=[Closeness("closeness", track=False), Brevity("brevity", track=False)],
            experiment_name=name, experiment_config=config, project_name=project, verbose=0, task_threads=1,
        )


for number in range(60):
    conversation(number)
prompts()
experiments()
sys.exit(0 if client.flush() else 1)
