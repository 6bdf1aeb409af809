// A user finds a trace among many: by a word of its output, by a filter, by keys alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let project;
let logs;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  for (const word of ["apricot", "bergamot", "cardamom"]) await story.runProgram(project, word);
  const answer = await fetch(`${story.server.apiUrl}/v1/private/projects?name=${project}`);
  const { content } = await answer.json();
  logs = `/default/projects/${content[0].id}/logs`;
});

async function openLogs() {
  const page = await story.open(logs);
  await traceRows(page).nth(2).waitFor();
  return page;
}

const openTrace = (page) => page.getByRole("complementary", { name: "Trace" });

test("a trace is found by a word of its output", async () => {
  const page = await openLogs();
  await page.getByRole("searchbox", { name: "Search", exact: true }).fill("bergamot");
  await page.keyboard.press("Enter");
  await eventually("one match", async () => (await traceRows(page).count()) === 1);
  assert.match(await traceRows(page).innerText(), /bergamot/);
  const told = page.getByRole("search", { name: "traces" }).getByRole("status");
  assert.match(await told.innerText(), /^[2-9] matches in 1 trace$/);
  await traceRows(page).locator("mark").filter({ hasText: /bergamot/i }).first().waitFor();
  await traceRows(page).click();
  await openTrace(page).getByRole("treeitem", { name: /^look_up/ }).waitFor();
  await page.context().close();
});

test("on a phone the word that was found is in sight, however far it stands in its text", async () => {
  const output = { answer: `${"On its way. ".repeat(6)}The saffron is late.` };
  const project_name = story.newName("far");
  const id = await story.createProject(project_name);
  await story.post("traces", { project_name, name: "far", start_time: new Date().toISOString(), end_time: new Date().toISOString(), output });
  const phone = await story.open(`/default/projects/${id}/logs`, { viewport: { width: 390, height: 844 } });
  await traceRows(phone).first().waitFor();
  await phone.getByRole("searchbox", { name: "Search", exact: true }).fill("saffron");
  await phone.keyboard.press("Enter");
  const found = phone.getByRole("list", { name: "Why it matches" }).locator("mark");
  await found.waitFor();
  const line = await found.locator("xpath=ancestor::li").boundingBox();
  const { x, width } = await found.boundingBox();
  assert.ok(x + width <= line.x + line.width && x + width <= 390, `${x + width} of ${line.width}`);
  await phone.context().close();
});

test("Escape leaves the box of the search, and what is searched for stays in it", async () => {
  const page = await openLogs();
  const box = page.getByRole("searchbox", { name: "Search", exact: true });
  await box.fill("bergamot");
  await page.keyboard.press("Enter");
  await eventually("one match", async () => (await traceRows(page).count()) === 1);
  await page.keyboard.press("Escape");
  await eventually("the box is left", () => box.evaluate((element) => element !== document.activeElement));
  assert.equal(await box.inputValue(), "bergamot");
  await page.context().close();
});

test("a word that nobody said matches nothing and can be cleared", async () => {
  const page = await openLogs();
  await page.getByRole("searchbox", { name: "Search", exact: true }).fill("zzzunheard");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing matches").waitFor();
  await page.getByRole("button", { name: "Clear search and filter" }).click();
  await eventually("all traces again", async () => (await traceRows(page).count()) === 3);
  await page.context().close();
});

test("a filter narrows the list and lives in the address", async () => {
  const page = await openLogs();
  await page.keyboard.press("f");
  await page.keyboard.type("usage.total_tokens > 1000");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing matches").waitFor();
  await page.getByRole("combobox", { name: "Filter" }).fill("name:agent AND usage.total_tokens > 100");
  await page.keyboard.press("Enter");
  await eventually("all traces match", async () => (await traceRows(page).count()) === 3);
  const colleague = await story.open(page.url().slice(story.server.rootUrl.length));
  await eventually("the filter came along", async () =>
    (await colleague.getByRole("combobox", { name: "Filter" }).inputValue()) === "name:agent AND usage.total_tokens > 100");
  await colleague.context().close();
  await page.context().close();
});

test("what is searched for can become a part of the filter", async () => {
  const page = await story.open(`${logs}?filter=name:agent&q=bergamot`);
  await eventually("one match", async () => (await traceRows(page).count()) === 1);
  await page.getByRole("button", { name: "Filter by these words too" }).click();
  await page.getByText(/^1 trace$/).waitFor();
  assert.equal(await page.getByRole("combobox", { name: "Filter" }).inputValue(), "name:agent AND bergamot");
  assert.match(await traceRows(page).innerText(), /bergamot/);
  await page.context().close();
});

test("a filter that makes no sense is explained and keeps the page alive", async () => {
  const page = await openLogs();
  await page.getByRole("combobox", { name: "Filter" }).fill("moon_phase:full AND (");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await page.getByRole("combobox", { name: "Filter" }).fill("");
  await page.keyboard.press("Enter");
  await eventually("all traces again", async () => (await traceRows(page).count()) === 3);
  await page.context().close();
});

test("keys alone go through the list, open a trace and close it", async () => {
  const page = await openLogs();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-rowindex"));
  const pressed = async (key, rowIndex) => {
    await page.keyboard.press(key);
    await eventually(`${key} leads to row ${rowIndex}`, async () => (await focused()) === rowIndex);
  };
  await pressed("j", "2");
  await pressed("j", "3");
  await pressed("j", "4");
  await pressed("k", "3");
  await page.keyboard.press("Enter");
  await openTrace(page).getByRole("treeitem", { name: /^look_up/ }).waitFor();
  const first = page.url();
  await page.keyboard.press("j");
  await eventually("J opens the next trace", async () => page.url() !== first);
  await page.keyboard.press("k");
  await eventually("K opens the previous trace", async () => page.url() === first);
  await page.keyboard.press("Escape");
  await openTrace(page).waitFor({ state: "detached" });
  await eventually("the focus is back in the list", async () => (await focused()) === "3");
  await page.context().close();
});

test("keys alone go through the tree of spans", async () => {
  const page = await openLogs();
  await traceRows(page).first().click();
  const tree = openTrace(page).getByRole("tree");
  await tree.getByRole("treeitem", { name: /^look_up/ }).waitFor();
  await tree.getByRole("treeitem").first().focus();
  const selected = () => tree.getByRole("treeitem", { selected: true }).getAttribute("aria-label");
  for (const name of ["agent", "answer", "look_up"]) {
    await page.keyboard.press("ArrowDown");
    await eventually(`down to ${name}`, async () => (await selected()).startsWith(name));
  }
  await page.keyboard.press("ArrowLeft");
  await eventually("left to the parent", async () => (await selected()).startsWith("answer"));
  await page.keyboard.press("ArrowLeft");
  await eventually("left again folds it", async () => (await tree.getByRole("treeitem").count()) === 3);
  await page.context().close();
});

test("the keys are explained by a key", async () => {
  const page = await openLogs();
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await dialog.waitFor();
  assert.match(await dialog.innerText(), /Next trace/);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.context().close();
});

test("whoever is used to it has J go up and K go down", async () => {
  const page = await openLogs();
  await page.keyboard.press("?");
  await page.getByRole("checkbox", { name: "In lists J goes up and K goes down" }).check();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Escape");
  await page.reload();
  await traceRows(page).nth(1).waitFor();
  const place = () => page.evaluate(() => Number(document.activeElement?.getAttribute("aria-rowindex")));
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("k");
  await page.keyboard.press("k");
  await eventually("the second row", async () => (await place()) === 3);
  await page.keyboard.press("j");
  await eventually("the first row", async () => (await place()) === 2);
  await page.context().close();
});

test("the page reads itself again after the server was away", async () => {
  const page = await openLogs();
  await page.context().setOffline(true);
  await story.runProgram(project, "saffron");
  await page.context().setOffline(false);
  await eventually("what came meanwhile", async () => (await traceRows(page).count()) === 4);
  await page.context().close();
});

test("a part of the page that cannot be fetched just now comes when the network is back", async () => {
  const page = await story.open(logs);
  await page.getByRole("grid", { name: "Traces" }).waitFor();
  // Charts come as a part of their own: it is asked for ahead of time, and then in earnest.
  const other = await page.context().newPage();
  let refused = 0;
  await other.route(/\/TimeChart-.*\.js$/, (route) => {
    refused += 1;
    return refused > 2 ? route.fallback() : route.abort("internetdisconnected");
  });
  await other.goto(page.url());
  await other.locator("figure canvas, figure svg").first().waitFor();
  assert.ok(refused > 2);
  assert.ok(await traceRows(other).nth(2).isVisible());
  await page.context().close();
});

test("a connection that fell silent is noticed, and what came meanwhile is shown when it speaks again", async () => {
  const page = await story.open("/");
  let isSilent = false;
  await page.routeWebSocket(/\/graphql$/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => isSilent || server.send(message));
    server.onMessage((message) => isSilent || socket.send(message));
  });
  await page.clock.install();
  await page.goto(`${story.server.rootUrl}${logs}`);
  await traceRows(page).nth(2).waitFor();
  const listed = await traceRows(page).count();
  await page.getByRole("status", { name: "Connection: Connected" }).waitFor();
  isSilent = true;
  await story.runProgram(project, "tarragon");
  await page.clock.fastForward("00:15");
  await page.clock.fastForward("00:10");
  await page.getByRole("status", { name: "Connection: Offline, retrying" }).waitFor();
  isSilent = false;
  await page.clock.fastForward("00:20");
  await eventually("what came meanwhile", async () => (await traceRows(page).count()) === listed + 1);
  await page.context().close();
});
