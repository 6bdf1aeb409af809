"""The optimizers of `opik-optimizer` search with a scripted model, and what they found is shown by the API."""

import json

import opik_optimizer
import pytest
from opik.evaluation.metrics import score_result

from api import eventually
from scripted_model import ScriptedModel

QUESTIONS = [{"question": word, "answer": word.upper()} for word in ("apple", "pear", "plum", "fig")]
INSTRUCTION = "Answer the question."
BETTER = "Answer the question in capitals."


def answer(request: dict) -> str | None:
    """Plays both parts: the program that is asked a question, and the author who is asked for better prompts."""
    schema = request.get("response_format", {}).get("json_schema", {}).get("schema")
    if schema:
        return json.dumps(filled(schema, schema.get("$defs", {})))
    messages = [text_of(message) for message in request["messages"]]
    word = next((row["question"] for row in QUESTIONS if messages[-1].strip() == row["question"]), None)
    if word is None:
        return f"```\n{BETTER}\n```"
    return word.upper() if any("capitals" in text for text in messages) else word


def text_of(message: dict) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def filled(schema: dict, definitions: dict, name: str = "") -> object:
    """Something of a schema's shape, with a better prompt wherever there is one asked for."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[1]]
    if name in ("messages", "prompt", "child_1", "child_2"):
        return [{"role": "system", "content": BETTER}, {"role": "user", "content": "{question}"}]
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return filled(options[0], definitions, name)
    kind = schema.get("type")
    if kind == "object":
        return {key: filled(part, definitions, key) for key, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [filled(schema["items"], definitions, name)]
    if kind in ("integer", "number"):
        return 1
    if kind == "boolean":
        return False
    if name == "template":
        return "{question} → {answer}"
    return schema.get("enum", [BETTER])[0]


@pytest.fixture(scope="module")
def model():
    playing = ScriptedModel(answer)
    yield playing
    playing.close()


@pytest.fixture
def search(client, api, project, tracked, model, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("OPENAI_API_BASE", model.base_url)
    monkeypatch.setenv("OPENAI_BASE_URL", model.base_url)
    monkeypatch.setenv("OPIK_PROJECT_NAME", project)
    dataset = client.create_dataset(f"set-{project}", project_name=project)
    dataset.insert(QUESTIONS)
    prompt = opik_optimizer.ChatPrompt(system=INSTRUCTION, user="{question}", model="openai/gpt-4o-mini")

    def run(optimizer, optimize: str = "optimize_prompt", metric=in_capitals, **more) -> dict:
        search = getattr(optimizer, optimize)
        result = search(prompt=prompt, dataset=dataset, metric=metric, project_name=project, **more)
        return shown(api, result, dataset)

    return run


def in_capitals(dataset_item: dict, llm_output: str) -> score_result.ScoreResult:
    is_right = llm_output.strip() == dataset_item["answer"]
    reason = "as it should be" if is_right else "the letters are small"
    return score_result.ScoreResult(name="in_capitals", value=float(is_right), reason=reason)


def without_a_reason(dataset_item: dict, llm_output: str) -> float:
    return float(llm_output.strip() == dataset_item["answer"])


def shown(api, result, dataset) -> dict:
    """The optimization as the API tells of it, once everything that the search sent has arrived."""
    id = result.optimization_id
    found = eventually(
        "the search has ended and its best score is told",
        lambda: (seen := api.get(f"optimizations/{id}"))["status"] == "completed"
        and seen.get("best_objective_score") == pytest.approx(result.score)
        and seen,
    )
    assert (found["dataset_id"], found["objective_name"]) == (dataset.id, "in_capitals")
    trials = api.get("experiments", optimization_id=id, size=100)
    assert found["num_trials"] == trials["total"] >= 1
    assert {row["status"] for row in trials["content"]} == {"completed"}
    assert found["baseline_objective_score"] == pytest.approx(result.initial_score)
    means = {row["name"]: row["value"] for row in found["feedback_scores"]}
    assert 0 <= means["in_capitals"] <= 1
    listed = api.get("optimizations", dataset_id=dataset.id)["content"]
    assert [row["id"] for row in listed] == [id]
    return found


SETTINGS = {"model": "openai/gpt-4o-mini", "n_threads": 2, "verbose": 0, "seed": 7}


def test_meta_prompt(search):
    optimizer = opik_optimizer.MetaPromptOptimizer(prompts_per_round=1, **SETTINGS)
    found = search(optimizer, max_trials=2)
    assert (found["baseline_objective_score"], found["best_objective_score"]) == (0, 1)


def test_evolutionary(search):
    optimizer = opik_optimizer.EvolutionaryOptimizer(
        population_size=2, num_generations=1, enable_moo=False, **SETTINGS
    )
    found = search(optimizer, max_trials=4)
    assert (found["baseline_objective_score"], found["best_objective_score"]) == (0, 1)


def test_few_shot_bayesian(search):
    optimizer = opik_optimizer.FewShotBayesianOptimizer(min_examples=1, max_examples=2, **SETTINGS)
    found = search(optimizer, max_trials=2)
    assert found["num_trials"] >= 2


def test_gepa(search):
    optimizer = opik_optimizer.GepaOptimizer(**SETTINGS)
    found = search(optimizer, max_trials=3, reflection_minibatch_size=2)
    assert (found["baseline_objective_score"], found["best_objective_score"]) == (0, 1)


def test_hierarchical_reflective(search):
    optimizer = opik_optimizer.HRPO(**SETTINGS)
    found = search(optimizer, max_trials=2)
    assert (found["baseline_objective_score"], found["best_objective_score"]) == (0, 1)


def test_parameters(search):
    optimizer = opik_optimizer.ParameterOptimizer(default_n_trials=2, **SETTINGS)
    space = opik_optimizer.ParameterSearchSpace.model_validate({"temperature": {"type": "float", "min": 0, "max": 1}})
    found = search(optimizer, "optimize_parameter", parameter_space=space, max_trials=2)
    assert found["num_trials"] >= 2


def test_a_search_that_fails_says_so(search, api):
    optimizer = opik_optimizer.HRPO(**SETTINGS)
    with pytest.raises(ValueError, match="must include 'reason' fields"):
        search(optimizer, metric=without_a_reason, max_trials=2)
    found = api.get(f"optimizations/{optimizer.current_optimization_id}")
    assert (found["status"], found["objective_name"]) == ("error", "without_a_reason")
