// Somebody who knows where to go types a few letters, and somebody who does not know the fields is told of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let project;

const story = useBrowser(async (story) => {
  project = story.newName("harbour");
  await story.runProgram(project, "indigo");
  await story.runProgram(project, "crimson", "--fails");
});

test("a few letters and Enter lead from anywhere to a project", async () => {
  const page = await story.open("/default/get-started");
  await page.getByRole("heading", { name: "Send your first trace" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Command palette" }).waitFor();
  await page.keyboard.type(project);
  await page.getByRole("menuitem", { name: project }).first().waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Enter");
  await traceRows(page).nth(1).waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a filter is written by choosing, and taken away as a chip", async () => {
  const page = await story.open("/default/projects");
  await page.getByRole("link", { name: project }).click();
  await traceRows(page).nth(1).waitFor();
  await page.keyboard.press("f");
  await page.keyboard.type("err");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await page.getByRole("combobox", { name: "Filter" }).inputValue(), "error:true ");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await eventually("one failed trace", async () => (await traceRows(page).count()) === 1);
  assert.deepEqual(await seriousViolations(page), []);
  await page.getByRole("button", { name: "Remove filter error:true" }).click();
  await eventually("both traces", async () => (await traceRows(page).count()) === 2);
  await page.context().close();
});

test("a column is dragged to another place and stays there", async () => {
  const page = await story.open("/default/projects");
  await page.getByRole("link", { name: project }).click();
  await traceRows(page).nth(1).waitFor();
  const heads = page.getByRole("columnheader");
  await page.getByRole("button", { name: "Start" }).dragTo(page.getByRole("columnheader", { name: "Output" }));
  await eventually("start behind output", async () => (await heads.nth(4).getAttribute("aria-label")) === "Start");
  await page.reload();
  await eventually("still there", async () => (await heads.nth(4).getAttribute("aria-label")) === "Start");
  await page.context().close();
});
