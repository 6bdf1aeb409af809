// Nothing is lost by a change: people see who changed what, look at how it was, take a change back, and find what was
// deleted in the trash.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

const LONG = Array.from({ length: 40 }, (_, at) => `line ${at}`).join("\n");

let projectPath;
let tracePath;
let traceId;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  await story.runProgram(project, "saffron");
  await story.runProgram(project, "tarragon");
  const { content } = await story.get(`projects?name=${project}`);
  projectPath = `/default/projects/${content[0].id}`;
  const { content: traces } = await story.get(`traces?project_name=${project}`);
  traceId = traces[0].id;
  tracePath = `${projectPath}/traces/${traceId}`;
  await story.patch(`traces/${traceId}`, { project_name: project, output: { text: LONG } });
  await story.patch(`traces/${traceId}`, { project_name: project, output: { text: LONG.replace("line 20", "line twenty") } });
  await story.patch(`traces/${traceId}`, { project_name: project, tags: ["checked"] });
  await story.post("datasets", { name: "questions", project_name: project });
  await story.post("experiments", { name: "first try", dataset_name: "questions", project_name: project });
});

let page;
const history = () => page.getByRole("region", { name: "History" });
const changes = () => history().getByRole("article");
const banner = () => page.getByRole("region", { name: "As it was" });
const toasts = () => page.getByRole("status").filter({ has: page.getByRole("button", { name: "Dismiss" }) });

test("a trace tells by key who changed what, newest first, with what it was before", async () => {
  page = await story.open(tracePath);
  await page.getByRole("treeitem", { name: /^look_up/ }).waitFor();
  await page.keyboard.press("h");
  await changes().first().waitFor();
  assert.match(page.url(), /history=changes/);
  assert.match(await changes().first().innerText(), /Trace changed[^]*admin[^]*checked/);
  const diff = changes().nth(1).getByRole("region", { name: "Change of output" });
  assert.deepEqual(await diff.locator("mark").allInnerTexts(), ["20", "twenty"]);
  assert.deepEqual(await seriousViolations(page), []);
});

test("what is long is folded until it is asked for", async () => {
  const entry = changes().nth(2);
  const lines = entry.getByRole("region", { name: "Change of output" }).getByRole("row");
  const folded = await lines.count();
  await entry.getByRole("button", { name: /^Show \d+ more lines/ }).click();
  await eventually("more lines", async () => (await lines.count()) > folded);
});

test("a trace is shown as it was, also after a reload, and the way leads back to now", async () => {
  await changes().nth(2).getByRole("button", { name: "Show as it was" }).click();
  await banner().getByText(/This trace as of/).waitFor();
  await history().getByText("line 20").first().waitFor();
  assert.equal(await history().getByText("checked").count(), 0);
  assert.deepEqual(await seriousViolations(page), []);
  await page.reload();
  await banner().getByText(/This trace as of/).waitFor();
  await history().getByText("line 20").first().waitFor();
  await banner().getByRole("button", { name: "One change later" }).click();
  await history().getByText("line twenty").first().waitFor();
  await banner().getByRole("button", { name: "Back to now" }).click();
  await page.getByRole("article", { name: "trace agent" }).waitFor();
  assert.doesNotMatch(page.url(), /history=/);
});

test("a slider walks through the moments of a trace by keys, and what each changed is marked", async () => {
  await page.keyboard.press("h");
  const slider = history().getByRole("slider", { name: "Moment of this trace" });
  await slider.waitFor();
  assert.equal(await slider.getAttribute("aria-valuetext"), "Now");
  await slider.focus();
  await page.keyboard.press("ArrowLeft");
  await banner().getByText(/This trace as of/).waitFor();
  await history().getByRole("region", { name: "Changed here" }).waitFor();
  await history().getByRole("definition").getByText("checked").last().waitFor();
  assert.match(await slider.getAttribute("aria-valuetext"), /Trace changed by admin/);
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("ArrowLeft");
  await history().getByRole("region", { name: "Changed here" }).getByText("twenty").waitFor();
  await eventually("no tag yet", async () => (await history().getByText("checked").count()) === 0);
  await page.reload();
  await history().getByRole("region", { name: "Changed here" }).getByText("twenty").waitFor();
  await slider.press("Home");
  await eventually("its beginning", async () => /created|recorded|begun/.test(await slider.getAttribute("aria-valuetext")));
  await eventually("no long output yet", async () => (await history().getByText("line 20").count()) === 0);
  await page.keyboard.press("End");
  await changes().first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("article", { name: "trace agent" }).waitFor();
});

test("a span has a history of its own", async () => {
  await page.getByRole("treeitem", { name: /^answer/ }).click();
  await page.getByRole("article", { name: "span answer" }).waitFor();
  await page.getByRole("button", { name: /^History/ }).click();
  await page.getByRole("heading", { name: "History of this span" }).waitFor();
  await changes().first().waitFor();
  assert.equal(await changes().getByText("checked").count(), 0);
  await page.keyboard.press("Escape");
  await page.getByRole("article", { name: "span answer" }).waitFor();
});

test("a change is taken back by keys alone, and the undoing too", async () => {
  await page.goto(`${story.server.rootUrl}${tracePath}`);
  await page.getByRole("list", { name: "Tags" }).getByText("checked").waitFor();
  await page.keyboard.press("h");
  await changes().first().waitFor();
  const undo = changes().first().getByRole("button", { name: "Undo this change" });
  for (let presses = 0; presses < 8 && !(await undo.evaluate((button) => button === document.activeElement)); presses += 1)
    await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await toasts().getByText("Undone: Trace changed.").waitFor();
  await changes().nth(1).getByText("undone", { exact: true }).waitFor();
  assert.match(await changes().first().innerText(), /Change undone/);
  await page.keyboard.press("u");
  await toasts().getByText("Done again: Trace changed.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("list", { name: "Tags" }).getByText("checked").waitFor();
});

test("what cannot be taken back says why, and a beginning is asked about first", async () => {
  await page.goto(`${story.server.rootUrl}${tracePath}?history=changes`);
  const older = changes().filter({ hasText: "line 0" }).last();
  await older.getByRole("button", { name: "Undo this change" }).click();
  await older.getByRole("alert").getByText(/it was changed again since: `output`[^]*undo what is newer first/).waitFor();
  await changes().last().getByRole("button", { name: "Undo this change" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("heading", { name: "Undo how this trace began?" }).waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  assert.deepEqual(page.complaints, []);
});

test("a prompt has the same history over its page, and what stands in it is as it was", async () => {
  await story.post("prompts", { name: "greeting", template: "Greet {{name}}.", project_id: projectPath.split("/").at(-1) });
  const { content } = await story.get("prompts?name=greeting");
  await page.goto(`${story.server.rootUrl}${projectPath}/prompts/${content[0].id}`);
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("dialog").getByLabel("Description").fill("What the agent says first.");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("h");
  const dialog = page.getByRole("dialog", { name: "History of this prompt" });
  const newest = dialog.getByRole("article").first();
  await newest.getByText("What the agent says first.").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await dialog.getByRole("article").last().getByRole("button", { name: "Show as it was" }).click();
  await banner().getByText("Prompt created by admin").waitFor();
  await page.reload();
  await banner().getByRole("button", { name: "All changes" }).click();
  await newest.getByRole("button", { name: "Undo this change" }).click();
  await toasts().getByText("Undone: Prompt changed.").waitFor();
  await toasts().getByRole("button", { name: /^Undo/ }).click();
  await toasts().getByText("Done again: Prompt changed.").waitFor();
  await newest.getByText("What the agent says first.").waitFor();
  await newest.getByRole("button", { name: "Undo this change" }).click();
  await toasts().getByText("Undone: Change undone.").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await eventually("no description", async () => (await page.getByText("What the agent says first.").count()) === 0);
});

for (const [noun, place] of [["project", "dashboards"], ["dataset", "datasets"], ["experiment", "experiments"]]) {
  test(`the history of a ${noun} tells how it began`, async () => {
    await page.goto(`${story.server.rootUrl}${projectPath}/${place}`);
    if (noun !== "project") await page.getByRole("link", { name: { dataset: "questions", experiment: "first try" }[noun] }).click();
    await page.getByRole("button", { name: "History" }).click();
    const dialog = page.getByRole("dialog", { name: `History of this ${noun}` });
    await dialog.getByRole("article", { name: new RegExp(`^${noun} created by`, "i") }).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });
}

test("the trash of a project is empty until something is deleted", async () => {
  await page.goto(`${story.server.rootUrl}${projectPath}/trash`);
  await page.getByRole("heading", { name: "The trash is empty" }).waitFor();
});

const trashed = () => page.getByRole("table", { name: "Deleted things" }).getByRole("row").filter({ has: page.getByRole("cell") });

async function deleteAllTraces() {
  await page.goto(`${story.server.rootUrl}${projectPath}/logs`);
  await traceRows(page).first().waitFor();
  await page.getByRole("checkbox", { name: /all/i }).first().click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByText("They can be restored from the trash.").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await toasts().getByText(/^Deleted \d+ traces/).waitFor();
}

test("what was deleted together comes back together by one key", async () => {
  await deleteAllTraces();
  await eventually("no traces", async () => (await traceRows(page).count()) === 0);
  await page.keyboard.press("u");
  await toasts().getByText("Brought back what was deleted.").waitFor();
  await eventually("all traces", async () => (await traceRows(page).count()) === 2);
});

test("the trash lists what was deleted, and restores it by keys", async () => {
  await deleteAllTraces();
  await page.getByRole("link", { name: "Trash", exact: true }).click();
  await eventually("both traces", async () => (await trashed().count()) === 2);
  assert.match(await trashed().first().innerText(), /agent[^]*trace[^]*(just now|ago)[^]*admin/);
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("r");
  await toasts().getByText(/^Restored the trace agent/).waitFor();
  await eventually("one left", async () => (await trashed().count()) === 1);
  await page.keyboard.press("u");
  await toasts().getByText(/^The trace agent is in the trash again/).waitFor();
  await eventually("both again", async () => (await trashed().count()) === 2);
  for (const left of [1, 0]) {
    await page.getByRole("button", { name: /^Restore/ }).first().focus();
    await page.keyboard.press("Enter");
    await eventually(`${left} left`, async () => (await trashed().count()) === left);
  }
  await page.getByRole("heading", { name: "The trash is empty" }).waitFor();
  await page.goto(`${story.server.rootUrl}${tracePath}`);
  await page.getByRole("treeitem", { name: /^look_up/ }).waitFor();
});

test("the history of what lies in the trash is looked at before it is restored", async () => {
  await deleteAllTraces();
  await page.goto(`${story.server.rootUrl}/default/trash?kind=TRACE`);
  await page.getByRole("button", { name: "History of agent" }).first().click();
  const dialog = page.getByRole("dialog", { name: "History of this trace" });
  await dialog.getByRole("article", { name: /^Trace deleted/ }).first().getByRole("button", { name: "Show as it was" }).click();
  await dialog.getByText("There was no such trace at this moment").waitFor();
  await dialog.getByRole("button", { name: "One change earlier" }).click();
  await dialog.getByRole("region", { name: "Output", exact: true }).waitFor();
  await page.reload();
  await dialog.getByRole("region", { name: "Output", exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByLabel("Kind").selectOption("prompt");
  await page.getByRole("heading", { name: "No prompt in the trash" }).waitFor();
});

test("a history that cannot be read says so, and is read again", async () => {
  await page.route("**/graphql", (route) =>
    route.request().postData()?.includes("HistoryPage") ? route.abort() : route.continue(),
  );
  await page.goto(`${story.server.rootUrl}${projectPath}/dashboards?history=changes`);
  await page.getByText("The history could not be read").waitFor();
  await page.unroute("**/graphql");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("article", { name: /^Project created/ }).waitFor();
});
