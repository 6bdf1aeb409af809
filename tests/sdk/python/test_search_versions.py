"""What only an older version says is found, too, and the hit says which version that is."""

from opik.rest_api.types.prompt_version_detail import PromptVersionDetail

from historic import ask

SEARCH = """
query ($text: String!) {
  search(text: $text, kinds: [PROMPT, PROMPT_VERSION, DATASET_ITEM], first: 10) {
    nodes {
      kind prompt { name } promptVersion { number isMask } dataset { name }
      datasetVersion { name isLatest } snippets { field text }
    }
  }
}
"""


def found(api, text: str) -> list[dict]:
    return ask(api, SEARCH, text=text)["search"]["nodes"]


def word(project: str) -> str:
    """One that no other test says."""
    return f"w{project[-8:]}"


def test_an_item_that_was_removed_is_found_in_the_version_that_had_it(api, client, project):
    rare = word(project)
    dataset = client.create_dataset(f"{project}-set")
    dataset.insert([{"q": f"{rare} one"}])
    dataset.insert([{"q": "two"}])
    [hit] = found(api, rare)
    assert (hit["kind"], hit["datasetVersion"]) == ("DATASET_ITEM", {"name": "v2", "isLatest": True})
    [item] = [item for item in dataset.get_items() if rare in item["q"]]
    dataset.delete([item["id"]])
    [hit] = found(api, rare)
    assert hit["dataset"]["name"] == dataset.name
    assert hit["datasetVersion"] == {"name": "v1", "isLatest": False}
    assert hit["snippets"][0]["text"].endswith(f"{rare} one")


def test_a_mask_is_found_by_what_it_says(api, client, project):
    rare = word(project)
    client.create_prompt(f"{project}-prompt", prompt="say {{it}}")
    client.rest_client.prompts.create_prompt_version(
        name=f"{project}-prompt",
        project_name=project,
        version=PromptVersionDetail(template=f"{rare} {{{{it}}}}", type="mustache", version_type="mask"),
    )
    [hit] = found(api, rare)
    assert (hit["kind"], hit["prompt"]["name"]) == ("PROMPT_VERSION", f"{project}-prompt")
    assert hit["promptVersion"] == {"number": None, "isMask": True}
