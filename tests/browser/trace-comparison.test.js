// A run went otherwise than the one before: somebody lays both side by side to see where they part.
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTwoRuns } from "./runs.js";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let runs;
let page;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  await story.runProgram(project, "indigo");
  runs = await makeTwoRuns(story, project);
});

const rows = () => page.getByRole("tree", { name: "Spans of both traces" }).getByRole("treeitem");
const row = (name, said = "") => rows().and(page.getByRole("treeitem", { name: new RegExp(`${name} ?, ${said}`) }));
const selected = () => page.getByRole("treeitem", { selected: true });
const nameOfSelected = () => selected().innerText();
const focused = () => page.evaluate(() => document.activeElement.innerText);
const summary = (label) => page.getByRole("table", { name: "Summary" }).getByRole("row", { name: label });

test("two chosen traces are compared by one key, the earlier on the left", async () => {
  page = await story.open(`${runs.projectPath}/logs?filter=${encodeURIComponent('name:"plan the trip"')}`);
  await traceRows(page).nth(1).waitFor();
  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
  await page.getByRole("region", { name: "Selection" }).getByRole("button", { name: "Compare" }).waitFor();
  await page.keyboard.press("d");
  await row("plan the trip").waitFor();
  assert.ok(page.url().includes(`/traces/${runs.before}/compare/${runs.after}`), page.url());
  assert.deepEqual(await seriousViolations(page), []);
});

test("the summary tells by how much they differ, and in which sense", async () => {
  await summary("Duration").getByText("+2.00 s (+50%) worse").waitFor();
  await summary("Cost").getByText("−$0.010 (−50%) better").waitFor();
  await summary("Tokens").getByText("+100 (+50%)").waitFor();
  await summary("Errors").getByText("+1 worse").waitFor();
  await summary("helpfulness").getByText("+0.4 better").waitFor();
});

test("the spans of both are one tree that says what became of each", async () => {
  await row("search flights", "the same").waitFor();
  await row("ask the model", "changed: input, output, model").waitFor();
  await row("check the budget", "only on the left").waitFor();
  await row("book a hotel", "only on the right").waitFor();
  await row("pay", "only on the right.*right failed after 2").waitFor();
  await page.getByText("1 same, 2 changed, 1 only left, 2 only right").waitFor();
});

test("N and P go from difference to difference, and the address keeps the place", async () => {
  await page.keyboard.press("n");
  await eventually("the model", async () => (await nameOfSelected()).includes("ask the model"));
  const input = page.getByRole("region", { name: "Input", exact: true });
  await input.getByRole("row", { name: /removed:.*to Oslo/ }).waitFor();
  assert.equal(await input.locator("mark").first().innerText(), "Oslo");
  await input.getByRole("row", { name: /added:.*to Bergen/ }).waitFor();
  await page.keyboard.press("n");
  await page.keyboard.press("n");
  await eventually("the hotel", async () => (await nameOfSelected()).includes("book a hotel"));
  await page.keyboard.press("n");
  await eventually("round to the trace", async () => (await nameOfSelected()).includes("plan the trip"));
  await page.keyboard.press("p");
  await page.keyboard.press("p");
  await eventually("the budget", async () => (await nameOfSelected()).includes("check the budget"));
  await page.reload();
  await eventually("still the budget", async () => (await nameOfSelected()).includes("check the budget"));
  await page.getByRole("article", { name: "Comparison of check the budget" }).getByText("only on the left").waitFor();
});

test("only differences hides what is the same, and the arrows go through the rest", async () => {
  await page.getByRole("checkbox", { name: "Only differences" }).click();
  await row("search flights").waitFor({ state: "detached" });
  assert.match(page.url(), /only=differences/);
  await selected().focus();
  await page.keyboard.press("ArrowDown");
  await eventually("the hotel", async () => (await focused()).includes("book a hotel"));
  await page.keyboard.press("ArrowRight");
  await eventually("its payment", async () => (await nameOfSelected()).includes("pay"));
  await page.keyboard.press("Home");
  await page.keyboard.press("n");
  await eventually("the focus goes with the key", async () => (await focused()).includes("ask the model"));
  assert.deepEqual(await seriousViolations(page), []);
});

test("sides are swapped, with the place and its keys", async () => {
  await page.keyboard.press("s");
  await row("book a hotel", "only on the left").waitFor();
  assert.ok(page.url().includes(`/traces/${runs.after}/compare/${runs.before}`), page.url());
  await eventually("the same place", async () => (await nameOfSelected()).includes("ask the model"));
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText("Next, previous difference").waitFor();
  await page.context().close();
});

test("an open trace is compared with one of its name, or with any whose ID is pasted", async () => {
  page = await story.open(`${runs.projectPath}/logs?trace=${runs.after}`);
  await page.getByRole("treeitem", { name: /^book a hotel/ }).waitFor();
  await page.keyboard.press("d");
  const dialog = page.getByRole("dialog", { name: "Compare with another trace" });
  await dialog.getByText("Newest of the name “plan the trip”").waitFor();
  await dialog.getByRole("link").waitFor();
  assert.equal(await dialog.getByRole("link").count(), 1);
  assert.deepEqual(await seriousViolations(page), []);
  await dialog.getByRole("link").click();
  await row("check the budget", "only on the right").waitFor();
  await page.goBack();
  await page.getByRole("treeitem", { name: /^book a hotel/ }).waitFor();
  await page.keyboard.press("d");
  await dialog.getByLabel("ID of a trace").fill("no id");
  await page.keyboard.press("Enter");
  await dialog.getByText("This holds no ID of a trace.").waitFor();
  await dialog.getByLabel("ID of a trace").fill(` ${runs.before} `);
  await page.keyboard.press("Enter");
  await row("check the budget", "only on the right").waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("equal traces have no differences, and a trace that is not there is named by its side", async () => {
  page = await story.open(`${runs.projectPath}/traces/${runs.before}/compare/${runs.before}?only=differences`);
  await page.getByText("No differences").waitFor();
  const nobody = "0190babc-62a0-71d2-832a-0feffa4676eb";
  await page.goto(`${story.server.rootUrl}${runs.projectPath}/traces/${runs.before}/compare/${nobody}`);
  await page.getByText("The trace on the right could not be read").waitFor();
  await page.context().close();
});
