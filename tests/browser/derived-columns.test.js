// A team keeps a value beside its traces: it adds a derived column, sees it in the logs, sorts and filters by it, and
// removes it and brings it back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { uuid7 } from "./load.js";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let projectPath;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  projectPath = `/default/projects/${await story.createProject(project)}`;
  const now = Date.now();
  const trace = (at) => ({
    id: uuid7(now - at * 1_000),
    project_name: project,
    name: `answer ${at}`,
    start_time: new Date(now - at * 1_000).toISOString(),
    end_time: new Date(now - at * 1_000 + 200).toISOString(),
    metadata: { run: { reason: at % 2 ? "stop" : "length" } },
  });
  await story.post("traces/batch", { traces: [1, 2, 3, 4].map(trace) });
});

let page;
const settings = "/default/settings?tab=columns";
const dialog = () => page.getByRole("dialog");
const table = () => page.getByRole("table", { name: "Derived columns" });

test("a column is made by keyboard, and a path that is none is refused with what to write", async () => {
  page = await story.open(settings);
  await page.getByText("No derived columns yet").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.getByRole("button", { name: "New column" }).focus();
  await page.keyboard.press("Enter");
  await dialog().getByLabel("Name").waitFor();
  await page.keyboard.type("reason");
  await dialog().getByLabel("Path").fill("elsewhere.reason");
  await page.keyboard.press("Enter");
  await dialog().getByRole("alert").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await dialog().getByLabel("Path").fill("metadata.run.reason");
  await page.keyboard.press("Enter");
  await table().getByRole("row", { name: /^reason/ }).getByText("filled").waitFor();
  assert.match(await table().innerText(), /reason\s+of traces\s+metadata\.run\.reason/);
  assert.deepEqual(await seriousViolations(page), []);
});

test("a condition is a column, too, and one that somebody else adds is seen at once", async () => {
  await page.getByRole("button", { name: "New column" }).click();
  await dialog().getByLabel("Name").fill("slow");
  await dialog().getByLabel("Of").selectOption("SPANS");
  await dialog().getByLabel("What it says").selectOption("condition");
  await dialog().getByLabel("Condition", { exact: true }).fill("type:llm AND duration > 10s");
  await dialog().getByRole("button", { name: "Add column" }).click();
  await table().getByRole("row", { name: /^slow/ }).getByText("true or false").waitFor();
  await story.ask('mutation { addDerivedColumn(column: { of: TRACES, name: "plan", path: "metadata.plan" }) { id } }');
  await table().getByRole("row", { name: /^plan/ }).waitFor();
});

test("the logs show it as a column, and are sorted and filtered by it", async () => {
  await page.goto(`${story.server.rootUrl}${projectPath}/logs`);
  await traceRows(page).nth(3).waitFor();
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("menuitemcheckbox", { name: "derived.reason" }).click();
  assert.equal(await page.getByRole("menuitemcheckbox", { name: "derived.slow" }).count(), 0, "it is of spans");
  await page.keyboard.press("Escape");
  await page.getByRole("columnheader", { name: /reason/ }).waitFor();
  assert.equal(await traceRows(page).getByText("length", { exact: true }).count(), 2);
  await page.getByRole("columnheader", { name: /reason/ }).getByRole("button", { name: /^reason/ }).click();
  await eventually("sorted by it", async () => /stop[^]*stop[^]*length[^]*length|length[^]*length[^]*stop[^]*stop/.test((await traceRows(page).allInnerTexts()).join("\n")));
  await page.reload();
  await page.getByRole("columnheader", { name: /reason/ }).waitFor();
  assert.match(page.url(), /sort=/);
  await page.keyboard.press("f");
  await page.keyboard.type("derived.reason := stop");
  await page.keyboard.press("Enter");
  await eventually("two are left", async () => (await traceRows(page).count()) === 2);
  assert.deepEqual(page.complaints, []);
});

test("it is removed, and the undo brings it back", async () => {
  await page.goto(`${story.server.rootUrl}${settings}`);
  await page.getByRole("button", { name: "Remove reason" }).click();
  await dialog().getByRole("button", { name: "Remove" }).click();
  await table().getByRole("row", { name: /^reason/ }).waitFor({ state: "detached" });
  await page.getByRole("status").getByRole("button", { name: /^Undo/ }).click();
  await table().getByRole("row", { name: /^reason/ }).getByText("filled").waitFor();
  assert.deepEqual(page.complaints, []);
});
