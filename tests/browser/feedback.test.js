// A person judges what an agent did: by keys alone, with a reason, and takes it back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let logs;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  await story.runProgram(project, "marjoram");
  const { content } = await story.get(`projects?name=${project}`);
  logs = `/default/projects/${content[0].id}/logs`;
  const definition = { name: "accuracy", type: "numerical", details: { min: 0, max: 10 } };
  await story.post("feedback-definitions", definition);
});

let page;
const panel = () => page.getByRole("region", { name: "Annotate" });
const scores = () => page.getByRole("region", { name: "Feedback scores", exact: true });

test("a trace is judged by keys, and the score stands with the trace", async () => {
  page = await story.open(logs);
  await traceRows(page).first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("treeitem", { name: /^look_up/ }).waitFor();
  await page.keyboard.press("a");
  await panel().getByRole("textbox", { name: "accuracy", exact: true }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.type("7.5");
  await page.keyboard.press("Enter");
  await scores().getByRole("row", { name: /^accuracy 7\.5/ }).waitFor();
  await panel().getByLabel("Why this accuracy").fill("One date is wrong.");
  await page.keyboard.press("Enter");
  await scores().getByText("One date is wrong.").waitFor();
});

test("a value out of bounds is not given", async () => {
  const box = panel().getByRole("textbox", { name: "accuracy", exact: true });
  await box.fill("11");
  assert.equal(await box.getAttribute("aria-invalid"), "true");
  assert.equal(await panel().getByRole("button", { name: "Give" }).isDisabled(), true);
  await box.fill("7.5");
});

test("what was said last is taken back by a key", async () => {
  await panel().getByRole("radio", { name: "👍" }).click();
  await scores().getByRole("row", { name: /^User feedback/ }).waitFor();
  await page.keyboard.press("u");
  await scores().getByRole("row", { name: /^User feedback/ }).waitFor({ state: "detached" });
});

test("a span is judged as a trace is, and a score is taken away", async () => {
  await page.getByRole("treeitem", { name: /^answer/ }).click();
  await page.getByRole("heading", { name: "Annotate this span" }).waitFor();
  await panel().getByRole("textbox", { name: "accuracy", exact: true }).fill("3");
  await page.keyboard.press("Enter");
  await scores().getByRole("row", { name: /^accuracy 3/ }).waitFor();
  await panel().getByRole("button", { name: "Take accuracy away" }).click();
  await scores().waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await eventually("the panel is closed", async () => (await panel().count()) === 0);
  assert.deepEqual(page.complaints, []);
});

test("what a program said under a name of its own is taken away, and comes back by undo", async () => {
  await traceRows(page).first().click();
  await page.getByRole("treeitem", { name: /^look_up/ }).waitFor();
  const { content: [trace] } = await story.get(`traces?project_id=${logs.split("/")[3]}&size=1`);
  await story.put(`traces/${trace.id}/feedback-scores`, { name: "hallucination", value: 0.25, source: "sdk" });
  await scores().getByRole("row", { name: /^hallucination 0\.25/ }).waitFor();
  await page.keyboard.press("a");
  await panel().getByRole("button", { name: "Take hallucination away" }).click();
  await scores().getByRole("row", { name: /^hallucination/ }).waitFor({ state: "detached" });
  // The row may go before the answer comes, while an earlier one is still offered to be taken back.
  const said = page.locator("div", { hasText: "Took hallucination away." }).last();
  await said.getByRole("button", { name: /^Undo/ }).click();
  await scores().getByRole("row", { name: /^hallucination 0\.25/ }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await panel().getByRole("button", { name: "Take hallucination away" }).click();
  await scores().getByRole("row", { name: /^hallucination/ }).waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
});

test("a span and its trace get tags, and lose them", async () => {
  const tags = page.getByRole("list", { name: "Tags" });
  const tag = async (name) => {
    await page.getByRole("button", { name: "Add a tag" }).click();
    await page.getByRole("textbox", { name: "New tag" }).fill(name);
    await page.keyboard.press("Enter");
    await tags.getByText(name).waitFor();
  };
  await traceRows(page).first().click();
  await page.getByRole("treeitem", { name: /^answer/ }).click();
  await page.getByRole("article", { name: /^span/ }).waitFor();
  await tag("odd");
  await page.getByRole("treeitem").first().click();
  await page.getByRole("article", { name: /^trace/ }).waitFor();
  assert.equal(await tags.getByText("odd").count(), 0);
  await tag("seen");
  await page.getByRole("button", { name: "Take the tag seen away" }).click();
  await tags.getByText("seen").waitFor({ state: "detached" });
  assert.deepEqual(page.complaints, []);
});
