// A team lead lets people judge traces: a queue with instructions, a review by keys, and the result as a file.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { seriousViolations, traceRows, useBrowser } from "./story.js";

let projectPath;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  for (const word of ["oregano", "parsley"]) await story.runProgram(project, word);
  const { content } = await story.get(`projects?name=${project}`);
  projectPath = `/default/projects/${content[0].id}`;
  await story.post("feedback-definitions", { name: "accuracy", type: "numerical", details: { min: 0, max: 10 } });
});

let page;

test("a queue is made, and traces are put into it", async () => {
  page = await story.open(`${projectPath}/annotation-queues`);
  await page.getByRole("button", { name: "New queue" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("spices");
  await dialog.getByLabel("Description (optional)").fill("Of the week");
  await dialog.getByLabel("Kept for a reviewer (minutes)").fill("none");
  await dialog.getByRole("button", { name: "Save queue" }).click();
  await dialog.getByText("An item is kept for a number of minutes.").waitFor();
  await dialog.getByLabel("Kept for a reviewer (minutes)").fill("2.5");
  await dialog.getByLabel("Instructions").fill("Is the **spice** right?");
  await dialog.getByRole("checkbox", { name: "accuracy" }).check();
  assert.deepEqual(await seriousViolations(page), []);
  await dialog.getByRole("button", { name: "Save queue" }).click();
  await page.getByRole("heading", { name: "spices" }).waitFor();
  await page.goto(`${story.server.rootUrl}${projectPath}/logs`);
  await traceRows(page).nth(1).waitFor();
  await page.getByRole("checkbox", { name: "Select all that are loaded" }).check();
  await page.getByRole("button", { name: "Add to queue" }).click();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("Added 2 to spices.").waitFor();
});

test("a reviewer goes through it by keys", async () => {
  await page.goto(`${story.server.rootUrl}${projectPath}/annotation-queues`);
  await page.getByRole("link", { name: "spices" }).click();
  await page.getByRole("link", { name: "Review" }).click();
  for (const [word, done] of [["oregano", "1 of 2"], ["parsley", "2 of 2"]]) {
    await page.getByRole("region", { name: "What is judged" }).getByText(word).first().waitFor();
    await page.getByText("Is the spice right?").waitFor();
    // The first score has the focus: whoever reviews needs no mouse.
    await page.keyboard.type("8");
    await page.keyboard.press("Enter");
    await page.getByText("accuracy: 8").last().waitFor();
    assert.deepEqual(await seriousViolations(page), []);
    await page.keyboard.press("Control+Enter");
    await page.getByText(done).waitFor();
  }
  await page.getByText("Nothing is left for you").waitFor();
});

test("what was judged is seen in the queue, and goes into a file", async () => {
  await page.getByRole("link", { name: "To the queue" }).first().click();
  await page.getByRole("row", { name: /judged.*accuracy 8/ }).first().waitFor();
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  const lines = (await readFile(await (await downloading).path(), "utf8")).trim().split("\r\n");
  assert.equal(lines[0], "id,name,input,reviewers,accuracy");
  assert.equal(lines.length, 3);
  const again = page.waitForEvent("download");
  await page.getByRole("button", { name: "JSON" }).click();
  const told = JSON.parse(await readFile(await (await again).path(), "utf8"));
  assert.deepEqual(told.map(({ scores }) => scores), [{ accuracy: 8 }, { accuracy: 8 }]);
});

test("how it is set up is told, and who judged how much", async () => {
  const facts = await page.getByLabel("Configuration").innerText();
  assert.match(facts.replace(/\s+/g, " "), /About Of the week Scores that are wanted accuracy People for each item 1 Reviewers admin 2/);
  await page.getByRole("button", { name: "Edit" }).click();
  assert.equal(await page.getByRole("dialog").getByLabel("Kept for a reviewer (minutes)").inputValue(), "2.5");
  await page.keyboard.press("Escape");
  assert.deepEqual(page.complaints, []);
});
