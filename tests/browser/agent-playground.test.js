// Somebody connects the agent of their own machine, asks it to work from the browser, and watches what it does.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startAgent } from "./pairing.js";
import { eventually, seriousViolations, useBrowser } from "./story.js";

const AGENT = `
import time
import opik


@opik.track(type="tool")
def look_up(key: str) -> dict:
    print(f"looking up {key}", flush=True)
    time.sleep(1)
    return {"found": key}


@opik.track(type="llm")
def think(question: str) -> str:
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    opik.opik_context.update_current_span(model="gpt-4o-mini", provider="openai", usage=usage)
    return f"about {question}"


@opik.track(entrypoint=True)
def answer(question: str, times: int = 1, polite: bool = True) -> dict:
    """Answers a question."""
    for turn in range(times):
        look_up(question)
        think(question)
    if question == "fail":
        raise ValueError("no answer to that")
    return {"text": f"{question}!", "given": [type(question).__name__, times, polite]}


@opik.track(entrypoint=True)
def ping() -> str:
    return "pong"


while True:
    time.sleep(1)
`;

let project;
let path;
let agent;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  path = `/default/projects/${await story.createProject(project)}/agent-playground`;
});
after(() => agent?.stop());

let page;
const inputs = () => page.getByRole("region", { name: "Inputs", exact: true });
const run = (name = "answer") => page.getByRole("region", { name: `Run of ${name}` });
const runs = () => page.getByRole("region", { name: "Runs" }).getByRole("button");
const status = (word) => run().getByRole("status").getByText(word, { exact: true });
const trajectory = () => page.getByRole("region", { name: "Trajectory" });

test("until an agent is connected the page tells the exact commands", async () => {
  page = await story.open(path);
  await page.getByRole("heading", { name: "Connect an agent" }).waitFor();
  await page.getByText(`export OPIK_URL_OVERRIDE=${story.server.apiUrl}`).waitFor();
  await page.getByText(`opik endpoint --project ${project} --headless -- python agent.py`).waitFor();
  await page.getByRole("status").getByText("Waiting for a program to connect…").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
});

test("the page turns into the playground when the program connects, with a field for each parameter", async () => {
  agent = startAgent(story, project, AGENT);
  await page.getByRole("status").getByText("laptop connected").waitFor().catch((cause) => {
    throw new Error(`${cause}\n${agent.said()}`);
  });
  await inputs().getByText("Answers a question.").waitFor();
  await inputs().getByLabel("question").waitFor();
  assert.match(await inputs().innerText(), /string, required[^]*integer, optional[^]*boolean, optional/);
  await inputs().getByRole("button", { name: "Run" }).click();
  await inputs().getByRole("alert").getByText("`question` is required.").waitFor();
  await inputs().getByLabel("times").fill("many");
  await inputs().getByRole("button", { name: "Run" }).click();
  await inputs().getByRole("alert").getByText("This is not a whole number.").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
});

test("a run is watched while it works: its steps, what it prints, and what it comes to", async () => {
  await inputs().getByLabel("question").fill("where is it");
  await inputs().getByLabel("times").fill("6");
  await inputs().getByLabel("polite").selectOption("false");
  await inputs().getByRole("button", { name: "Run" }).click();
  await status("running").waitFor();
  await run().getByRole("region", { name: "Log" }).getByText("looking up where is it").first().waitFor();
  await trajectory().getByRole("treeitem", { name: /^look_up/ }).first().waitFor();
  assert.equal(await status("running").count(), 1, "its steps are seen before it ends");
  assert.deepEqual(await seriousViolations(page), []);
  await status("completed").waitFor();
  await run().getByRole("region", { name: "Result", exact: true }).getByText("where is it!").waitFor();
  assert.match(await run().getByRole("region", { name: "Result", exact: true }).innerText(), /str[^]*6[^]*false/);
  await eventually("all steps", async () => (await trajectory().getByRole("treeitem", { name: /^(look_up|think)/ }).count()) === 12);
  await eventually("its figures", async () => /Latency\s+6\.\d+ s[^]*Tokens\s+720[^]*Cost\s+\$0\.\d+/.test(await run().innerText()));
  assert.equal(await run().getByRole("region", { name: "Log" }).getByText("looking up").count(), 6);
});

test("a step is looked at where it is, and a reload keeps the run and its inputs", async () => {
  await trajectory().getByRole("treeitem", { name: /^think/ }).first().click();
  await page.getByRole("article", { name: "span think" }).getByText("about where is it").waitFor();
  await page.reload();
  await status("completed").waitFor();
  await page.getByRole("article", { name: "span think" }).waitFor();
  await eventually("the inputs", async () => (await inputs().getByLabel("question").inputValue()) === "where is it");
  assert.equal(await inputs().getByLabel("times").inputValue(), "6");
  await run().getByRole("link", { name: "View trace" }).click();
  await page.getByRole("article", { name: "trace answer" }).waitFor();
  await page.goBack();
});

test("a run that takes too long is stopped by key", async () => {
  await status("completed").waitFor();
  await inputs().getByLabel("times").fill("600");
  await page.keyboard.press("Enter");
  await status("running").waitFor();
  await trajectory().getByRole("treeitem", { name: /^look_up/ }).first().waitFor();
  await inputs().getByRole("button", { name: "Stop" }).press("Enter");
  await status("stopped").waitFor();
  await inputs().getByRole("button", { name: "Run" }).waitFor();
  assert.equal(await runs().count(), 2);
});

test("inputs are written as JSON, and a run that fails says why", async () => {
  await inputs().getByRole("radio", { name: "JSON" }).click();
  const json = inputs().getByLabel("Inputs as JSON").and(page.locator("[contenteditable]"));
  await json.fill('{"question": "fail"');
  await inputs().getByRole("button", { name: "Run" }).click();
  await inputs().getByRole("alert").getByText("Line 1, column 20").waitFor();
  await json.fill('{"question": "fail"}');
  await inputs().getByRole("button", { name: "Run" }).click();
  await status("failed").waitFor();
  await run().getByRole("alert").getByText("ValueError: no answer to that").waitFor();
  await trajectory().getByRole("treeitem", { name: /look_up/ }).first().waitFor();
});

test("an earlier run is opened again, and its inputs are used once more", async () => {
  await runs().filter({ hasText: "completed" }).first().click();
  await run().getByRole("region", { name: "Result", exact: true }).getByText("where is it!").waitFor();
  await run().getByRole("button", { name: "Use these inputs" }).click();
  await eventually("its inputs", async () => (await inputs().getByLabel("question").inputValue()) === "where is it");
});

test("another agent of the program takes no inputs", async () => {
  await inputs().getByLabel("Agent").selectOption({ label: "ping on laptop" });
  await inputs().getByText("It takes no inputs.").waitFor();
  await inputs().getByRole("button", { name: "Run" }).click();
  await run("ping").getByRole("region", { name: "Result", exact: true }).getByText("pong").waitFor();
});

test("the page notices that the program went away, and what ran stays", async () => {
  await agent.stop();
  await page.getByRole("heading", { name: "Connect an agent" }).waitFor();
  await eventually("the runs", async () => (await runs().count()) === 4);
  await run("ping").getByRole("region", { name: "Result", exact: true }).getByText("pong").waitFor();
  assert.deepEqual(page.complaints, []);
});
