// A user saves what is on screen under a name, and a colleague opens it: the filter, the order and the columns.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, traceRows, useBrowser } from "./story.js";

let logs;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  await story.runWorld(project);
  const { content } = await story.get(`projects?name=${project}`);
  logs = `/default/projects/${content[0].id}/logs`;
});

const spanRows = (page) =>
  page
    .getByRole("grid", { name: "Spans" })
    .getByRole("row")
    .filter({ has: page.getByRole("gridcell") });
const menuOf = (page) => page.getByRole("button", { name: /^Views/ });

async function choose(page, role, name) {
  await menuOf(page).click();
  await page.getByRole(role, { name, exact: true }).click();
}

async function save(page, name) {
  await choose(page, "menuitem", "Save as a view…");
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.keyboard.press("Enter");
}

test("a view keeps what is listed, how, and with which columns, for everybody at once", async () => {
  const colleague = await story.open(logs);
  await traceRows(colleague).first().waitFor();
  const page = await story.open(`${logs}?logsType=spans&filter=type:llm&sort=-duration&columns=name,model,cost`);
  await spanRows(page).first().waitFor();
  await save(page, "Slow answers");
  await page.getByRole("button", { name: "Views: Slow answers", exact: true }).waitFor();

  await choose(colleague, "menuitemradio", "Slow answers");
  await colleague.getByRole("columnheader", { name: "Model" }).waitFor();
  await colleague.getByRole("button", { name: "Views: Slow answers", exact: true }).waitFor();
  const parts = new URL(colleague.url()).searchParams;
  assert.deepEqual(
    ["logsType", "filter", "sort", "columns"].map((key) => parts.get(key)),
    ["spans", "type:llm", "-duration", "name,model,cost"],
  );
  await colleague.reload();
  await colleague.getByRole("button", { name: "Views: Slow answers", exact: true }).waitFor();
  await colleague.getByRole("columnheader", { name: "Model" }).waitFor();
  assert.equal(await colleague.getByRole("columnheader", { name: "Duration" }).count(), 0);
  assert.deepEqual([...page.complaints, ...colleague.complaints], []);
  await colleague.context().close();
  await page.context().close();
});

test("a changed view says so, is saved again, or shown as it was saved", async () => {
  const page = await story.open(`${logs}?filter=has:tags`);
  await traceRows(page).first().waitFor();
  await save(page, "Tagged");
  await page.getByRole("button", { name: "Views: Tagged", exact: true }).waitFor();
  await page.keyboard.press("f");
  await page.keyboard.type("has:tags AND error:true");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Views: Tagged, changed" }).waitFor();
  await choose(page, "menuitem", "Show it as saved");
  await eventually("the filter of before", () => new URL(page.url()).searchParams.get("filter") === "has:tags");
  await page.getByRole("button", { name: "Views: Tagged", exact: true }).waitFor();
  await page.keyboard.press("f");
  await page.keyboard.type("has:tags AND NOT error:true");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Views: Tagged, changed" }).waitFor();
  await choose(page, "menuitem", "Save changes");
  await page.getByRole("button", { name: "Views: Tagged", exact: true }).waitFor();
  await page.context().close();
});

test("a name is used once, views are renamed, and a deleted one comes back", async () => {
  const page = await story.open(`${logs}?filter=error:true`);
  await traceRows(page).first().waitFor();
  await save(page, "Failures");
  await page.getByRole("button", { name: "Views: Failures", exact: true }).waitFor();
  await save(page, "Failures");
  await page.getByText("Saved view already exists").waitFor();
  await page.keyboard.press("Escape");
  await choose(page, "menuitem", "Manage views…");
  await page.getByRole("button", { name: "Rename Failures" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Faults");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Delete Faults" }).click();
  await page.getByRole("button", { name: "Delete Faults" }).waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Views", exact: true }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Views: Faults", exact: true }).waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
