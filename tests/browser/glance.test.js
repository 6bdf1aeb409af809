// Somebody asks how a project is doing: figures over time, by model and by kind of error, as charts and as files.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let path;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  await story.runWorld(project);
  const { content } = await story.get(`projects?name=${project}`);
  path = `/default/projects/${content[0].id}/dashboards`;
});

let page;

test("a project is seen at a glance", async () => {
  page = await story.open(path);
  const traces = page.getByRole("region", { name: "Traces" });
  await traces.getByText("72, 7 failed").waitFor();
  await page.getByRole("region", { name: "Cost by model" }).getByText("claude-sonnet-4").waitFor();
  await page.getByRole("region", { name: "Errors by type" }).getByRole("row", { name: /RateLimitError\s+7/ }).waitFor();
  await page.getByRole("region", { name: "Feedback scores" }).getByText("helpfulness").waitFor();
  await page.getByRole("application").nth(4).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
});

test("a chart is read by key, and goes into a file", async () => {
  const cost = page.getByRole("region", { name: "Cost by model" });
  await cost.getByRole("application").focus();
  await page.keyboard.press("ArrowRight");
  await eventually("each model at that time", async () => /\d\d:\d\d – \d\d:\d\d[\s\S]*gpt-4o-mini\s+(\$|no values)/.test(await cost.innerText()));
  const downloading = page.waitForEvent("download");
  await cost.getByRole("button", { name: "Cost by model as CSV" }).click();
  const [head] = (await readFile(await (await downloading).path(), "utf8")).split("\r\n");
  assert.match(head, /^time \(UTC\),.*gpt-4o-mini \(US dollars\)/);
});

test("a shorter time and a filter narrow it, and stay in the address", async () => {
  const traces = page.getByRole("region", { name: "Traces" });
  await page.getByRole("radio", { name: "Hour" }).click();
  await eventually("fewer", async () => !(await traces.innerText()).includes("72, 7 failed"));
  await page.getByRole("searchbox", { name: "Filter" }).fill("name:nobody");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing happened in this time").waitFor();
  assert.match(page.url(), /range=1h.*filter=name/);
  assert.deepEqual(page.complaints, []);
});
