// A team keeps what its application is tried with: by hand, from a file, and from what was recorded.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";
import { eventually, PYTHON, seriousViolations, traceRows, useBrowser } from "./story.js";

let project;
let projectPath;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  await story.runProgram(project, "juniper");
  const { content } = await story.get(`projects?name=${project}`);
  projectPath = `/default/projects/${content[0].id}`;
});

let page;
const items = () => page.getByRole("table", { name: "Items" }).getByRole("row");

test("a dataset is made, and an item is written by hand and saved as a version", async () => {
  page = await story.open(`${projectPath}/datasets`);
  await page.getByRole("button", { name: "New dataset" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("questions");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "questions" }).waitFor();
  await page.getByRole("button", { name: "Add item" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("input").fill("Where is my parcel?");
  await dialog.getByRole("button", { name: "Add key" }).click();
  await dialog.getByLabel("New key").fill("expected");
  await dialog.getByLabel("Its value").fill("On its way.");
  assert.deepEqual(await seriousViolations(page), []);
  await dialog.getByRole("button", { name: "Keep in draft" }).click();
  await page.getByText("Draft +1").waitFor();
  await page.getByRole("button", { name: "Save changes" }).click();
  await dialog.getByLabel("Version note (optional)").fill("The first one");
  await page.keyboard.press("Enter");
  await page.getByText("Saved as v1.").waitFor();
  await page.getByText("Draft +1").waitFor({ state: "detached" });
  assert.match(await items().nth(1).innerText(), /Where is my parcel\?\s+On its way\./);
});

test("a file is imported with its columns under other names", async () => {
  await page.getByRole("button", { name: "Import a file" }).click();
  const dialog = page.getByRole("dialog");
  const csv = 'question,answer,comment\n"Do you ship, and when?",Yes,x\nMay I return it?,"Within 30 days",y\n';
  await dialog.getByLabel("A CSV, JSON or JSONL file").setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await dialog.getByLabel("Key for question").fill("input");
  await dialog.getByLabel("Key for answer").fill("expected");
  await dialog.getByLabel("Import comment").uncheck();
  assert.deepEqual(await seriousViolations(page), []);
  await dialog.getByRole("button", { name: "Import 2 items" }).click();
  await page.getByText("Imported 2 items.").waitFor();
  await eventually("three items", async () => (await items().count()) === 4);
  const heads = await page.getByRole("table", { name: "Items" }).getByRole("columnheader").allInnerTexts();
  assert.deepEqual(heads.filter(Boolean).sort(), ["expected", "input"]);
});

test("changes are gathered, thrown away or saved, and an old version comes back", async () => {
  await page.getByRole("checkbox", { name: "Choose item 1" }).check();
  await page.getByRole("button", { name: "Delete 1" }).click();
  await page.getByText("Draft −1").waitFor();
  assert.equal(await items().count(), 3);
  await page.getByRole("button", { name: "Discard changes" }).click();
  await eventually("three items again", async () => (await items().count()) === 4);
  await page.getByRole("button", { name: "Open item 1" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("expected").fill("Changed.");
  await dialog.getByRole("button", { name: "Next item" }).click();
  await dialog.getByRole("button", { name: "Keep in draft" }).click();
  await page.getByText("Draft ~1").waitFor();
  await page.getByRole("button", { name: "Save changes" }).click();
  await dialog.getByRole("button", { name: "Save as a new version" }).click();
  await page.getByText("Saved as v3.").waitFor();
  await page.getByRole("radio", { name: "Versions" }).click();
  await page.getByRole("row", { name: /^v3 .*\+0 ~1 −0/ }).waitFor();
  await page.getByRole("button", { name: "Restore v1" }).click();
  await page.getByRole("row", { name: /^v4/ }).waitFor();
});

test("what a version changed is told item by item, against the one before it or another", async () => {
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "What v3 changed" }).click();
  await dialog.getByText("1 item differs").waitFor();
  const changed = dialog.getByRole("region", { name: /^Item .* changed$/ });
  assert.match(await changed.textContent(), /removed: +"expected": "Within 30 days".*added: +"expected": "Changed\."/);
  assert.deepEqual(await seriousViolations(page), []);
  await dialog.getByLabel("Compared with").selectOption("v1");
  await dialog.getByText("2 items differ").waitFor();
  assert.equal(await dialog.getByRole("region", { name: /^Item .* added$/ }).count(), 2);
  await dialog.getByLabel("Compared with").selectOption("v4");
  await dialog.getByText("2 items differ").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("button", { name: "What v1 changed" }).count(), 0);
});

test("an old version can be looked at and is not changed", async () => {
  await page.getByRole("radio", { name: "Items" }).click();
  await eventually("one item", async () => (await items().count()) === 2);
  await page.getByLabel("Version").selectOption({ label: "v3, 3 items" });
  await eventually("three items of v3", async () => (await items().count()) === 4);
  assert.equal(await page.getByRole("button", { name: "Add item" }).count(), 0);
});

test("a trace goes from the logs into the dataset", async () => {
  const logs = await story.open(`${projectPath}/logs`);
  await traceRows(logs).first().waitFor();
  for (const key of ["j", "x", "e"]) await logs.keyboard.press(key);
  const dialog = logs.getByRole("dialog");
  await dialog.getByLabel("Dataset", { exact: true }).selectOption({ label: "questions" });
  await dialog.getByRole("button", { name: "Add 1 item" }).click();
  await logs.getByText("Added 1 item to questions.").waitFor();
  await logs.context().close();
  await page.reload();
  await items().nth(1).waitFor();
  await page.getByLabel("Version").selectOption({ index: 0 });
  await page.getByRole("table", { name: "Items" }).getByText("The answer holds juniper").waitFor();
  assert.deepEqual(page.complaints, []);
});

test("the lists have columns that one asks for, and keep them", async () => {
  for (const place of ["datasets", "prompts"]) {
    if (place === "prompts") await story.post("prompts", { name: "greeting", template: "Hello", project_name: project });
    await page.goto(`${story.server.rootUrl}${projectPath}/${place}`);
    await page.getByRole("button", { name: "Columns" }).focus();
    await page.keyboard.press("Enter");
    for (const column of ["Created by", "ID"]) await page.getByRole("menuitemcheckbox", { name: column }).click();
    await page.getByRole("menuitemcheckbox", { name: "Tags" }).click();
    await page.keyboard.press("Escape");
    await page.reload();
    await page.getByRole("columnheader", { name: "Created by" }).waitFor();
    assert.equal(await page.getByRole("columnheader", { name: "Tags" }).count(), 0);
    await page.getByRole("cell", { name: "admin", exact: true }).first().waitFor();
    assert.deepEqual(await seriousViolations(page), []);
  }
  await page.context().close();
});

test("a test suite says how its items are tried, and each change of that is a version", async () => {
  page = await story.open(`${projectPath}/datasets?create=true`);
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("refunds");
  await dialog.getByLabel("Type").selectOption({ label: "Test suite: items with evaluators" });
  await dialog.getByRole("button", { name: "Create dataset" }).click();
  await page.getByRole("button", { name: "Test settings" }).click();
  await dialog.getByLabel("Runs of each item").fill("3");
  await page.keyboard.press("Enter");
  await dialog.getByText("or both are left empty").waitFor();
  await dialog.getByLabel("Runs that must pass").fill("2");
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Enter");
  await page.getByText("Saved as v1.").waitFor();
  await page.getByRole("button", { name: "Test settings" }).click();
  await eventually("what was saved", async () => (await dialog.getByLabel("Runs that must pass").inputValue()) === "2");
  await dialog.getByLabel("Runs of each item").fill("");
  await dialog.getByLabel("Runs that must pass").fill("");
  await dialog.getByRole("button", { name: "Save as a new version" }).click();
  await page.getByText("Saved as v2.").waitFor();
  const { content: [suite] } = await story.get("datasets?name=refunds");
  const { dataset } = await story.ask("query ($id: ID!) { dataset(id: $id) { versions { nodes { executionPolicy { runsPerItem passThreshold } } } } }", { id: suite.id });
  assert.deepEqual(dataset.versions.nodes.map(({ executionPolicy }) => executionPolicy), [null, { runsPerItem: 3, passThreshold: 2 }]);
  assert.deepEqual(page.complaints, []);
});

test("assertions of a suite are written as a list, moved by keyboard, and read by the client's form", async () => {
  const settings = () => page.getByRole("button", { name: "Test settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Test settings" });
  const sentences = async () => Promise.all((await dialog.getByLabel(/^Assertion \d$/).all()).map((field) => field.inputValue()));
  await page.reload();
  await settings();
  await dialog.getByRole("button", { name: "Add assertion" }).focus();
  for (const sentence of ["It is polite", "It names a price", "It is short"]) {
    await dialog.getByRole("button", { name: "Add assertion" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type(sentence);
  }
  await page.keyboard.press("Alt+ArrowUp");
  await page.keyboard.press("Alt+ArrowUp");
  await dialog.getByText("Assertion 2 is number 1 of 3 now.").waitFor();
  await page.keyboard.type("!");
  assert.deepEqual(await sentences(), ["It is short!", "It is polite", "It names a price"]);
  assert.deepEqual(await seriousViolations(page), []);
  await dialog.getByRole("textbox", { name: "Assertion 2" }).fill("It is short!");
  await page.keyboard.press("Enter");
  await dialog.getByText("“It is short!” is there twice.").waitFor();
  await dialog.getByRole("button", { name: "Remove assertion 2" }).click();
  await dialog.getByRole("button", { name: "Move assertion 2 up" }).click();
  await dialog.getByRole("button", { name: "Save as a new version" }).click();
  await page.getByText("Saved as v3.").waitFor();
  const { content: [suite] } = await story.get("datasets?name=refunds");
  const { content: [{ evaluators }] } = await story.get(`datasets/${suite.id}/versions`);
  assert.deepEqual(evaluators.map(({ type, config }) => [type, config.schema.map(({ name }) => name)]), [["llm_judge", ["It names a price", "It is short!"]]]);
  await page.reload();
  await settings();
  await eventually("what was saved", async () => (await sentences()).join() === "It names a price,It is short!");
  await dialog.getByRole("radio", { name: "JSON" }).click();
  await dialog.getByLabel("Evaluators as JSON").and(page.locator("[contenteditable]")).fill("[{\"name\": \"own\", \"type\": \"code_metric\", \"config\": {}}]");
  await dialog.getByRole("radio", { name: "Assertions" }).click();
  await dialog.getByText("1 other evaluator beside the assertions: see the JSON.").waitFor();
  assert.deepEqual(await sentences(), []);
  await page.keyboard.press("Escape");
  assert.deepEqual(page.complaints, []);
});

test("an item of a suite has assertions, runs, words and tags of its own, and gives them up again", async () => {
  const dialog = page.getByRole("dialog", { name: "Item 1" });
  const save = async (version) => {
    await dialog.getByRole("button", { name: "Keep in draft" }).click();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Save as a new version" }).click();
    await page.getByText(`Saved as ${version}.`).waitFor();
    await page.getByText(/^Draft/).waitFor({ state: "detached" });
  };
  const { content: [suite] } = await story.get("datasets?name=refunds");
  const kept = async () => {
    const ask = "query ($id: ID!) { dataset(id: $id) { items { nodes { data description tags evaluators executionPolicy { runsPerItem passThreshold } } } } }";
    const { dataset } = await story.ask(ask, { id: suite.id });
    const [{ evaluators, ...item }] = dataset.items.nodes;
    return { ...item, assertions: JSON.parse(evaluators ?? "[]").flatMap(({ config }) => config.schema.map(({ name }) => name)) };
  };
  await page.getByRole("button", { name: "Add item" }).click();
  await dialog.getByLabel("input").fill("Where is my money?");
  await dialog.getByLabel("Description of the item").fill("Asked often");
  await dialog.getByLabel("Tags of the item").fill("refund, hard");
  for (const sentence of ["It names a day", "It says sorry"]) {
    await dialog.getByRole("button", { name: "Add assertion" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type(sentence);
  }
  await page.keyboard.press("Alt+ArrowUp");
  await dialog.getByLabel("Runs of each item").fill("5");
  await page.keyboard.press("Enter");
  await dialog.getByText("or both are left empty").waitFor();
  await dialog.getByLabel("Runs that must pass").fill("4");
  assert.deepEqual(await seriousViolations(page), []);
  await save("v4");
  const data = '{"input":"Where is my money?"}';
  const policy = { runsPerItem: 5, passThreshold: 4 };
  const about = { description: "Asked often", tags: ["refund", "hard"] };
  assert.deepEqual(await kept(), { data, ...about, executionPolicy: policy, assertions: ["It says sorry", "It names a day"] });
  const table = page.getByRole("table", { name: "Items" });
  await table.getByRole("cell", { name: "It says sorry · It names a day" }).waitFor();
  await table.getByRole("cell", { name: "4 of 5" }).waitFor();
  await page.getByRole("button", { name: "Open item 1" }).click();
  await dialog.getByRole("button", { name: "Remove assertion 1" }).click();
  await dialog.getByLabel("Runs of each item").fill("");
  await dialog.getByLabel("Runs that must pass").fill("");
  await save("v5");
  assert.deepEqual(await kept(), { data, ...about, executionPolicy: null, assertions: ["It names a day"] });
  await page.getByLabel("Version").selectOption({ label: "v4, 1 item" });
  await table.getByRole("cell", { name: "4 of 5" }).waitFor();
  await page.getByRole("button", { name: "Open item 1" }).click();
  await dialog.getByLabel("Assertion 2").waitFor();
  assert.equal(await dialog.getByRole("button", { name: /assertion/i }).count(), 0);
  await page.keyboard.press("Escape");
  assert.deepEqual(page.complaints, []);
});

test("the list shows test suites alone, and each kind is tried by the program that its page shows", async () => {
  await page.goto(`${story.server.rootUrl}${projectPath}/datasets`);
  const names = () => page.getByRole("table", { name: "Datasets" }).getByRole("rowheader").allInnerTexts();
  await page.getByLabel("Type").selectOption({ label: "Test suites" });
  await eventually("the suite alone", async () => (await names()).join() === "refunds" || (await names()));
  await page.reload();
  await eventually("also after a reload", async () => (await names()).join() === "refunds" || (await names()));
  await page.getByLabel("Type").selectOption({ label: "Datasets" });
  await eventually("the dataset alone", async () => (await names()).join() === "questions" || (await names()));
  for (const [name, version] of [["questions", "v3, 3 items"], ["refunds", null]]) {
    await page.goto(`${story.server.rootUrl}${projectPath}/datasets`);
    await page.getByRole("link", { name }).click();
    if (version) await page.getByLabel("Version").selectOption({ label: version });
    await page.getByRole("button", { name: "In code" }).click();
    const code = await page.getByRole("dialog").locator("pre").innerText();
    assert.equal(code.includes("get_version_view"), version !== null);
    assert.deepEqual(await seriousViolations(page), []);
    await page.keyboard.press("Escape");
    const { content: [of] } = await story.get(`datasets?name=${name}`);
    const { content: before } = await story.get(`experiments?dataset_id=${of.id}`);
    // A suite wants a model to judge; here it is enough that the program reads it.
    const program = version ? code : code.replace(/opik.run_tests.*/, "print(suite.name)");
    const { stdout } = await promisify(execFile)(PYTHON, ["-c", program], { env: { ...process.env, OPIK_URL_OVERRIDE: story.server.apiUrl, OPIK_WORKSPACE: "default", OPIK_ANALYTICS_ENABLE: "false", OPIK_SENTRY_ENABLE: "false" } });
    if (!version) assert.match(stdout, /refunds/);
    else await eventually("an experiment", async () => (await story.get(`experiments?dataset_id=${of.id}`)).content.length === before.length + 1);
  }
  assert.deepEqual(page.complaints, []);
});

/** What a file says that the page hands over. */
async function downloaded(act) {
  const [file] = await Promise.all([page.waitForEvent("download"), act()]);
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

test("many items are changed alike, saved as one version, and taken away as a file", async () => {
  const rows = [1, 2, 3].map((n) => ({ source: "manual", data: { input: `question ${n}`, n } }));
  await story.put("datasets/items", { dataset_name: "bulk", project_name: project, items: rows });
  const { content: [dataset] } = await story.get("datasets?name=bulk");
  await page.goto(`${story.server.rootUrl}${projectPath}/datasets/${dataset.id}/items`);
  const table = page.getByRole("table", { name: "Items" });
  await table.getByRole("checkbox", { name: "Choose all that are shown" }).focus();
  await page.keyboard.press("Space");
  await table.getByRole("checkbox", { name: "Choose item 3" }).uncheck();
  await page.getByRole("button", { name: "Edit 2" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Edit 2 items" });
  await dialog.getByRole("button", { name: "Keep in draft" }).click();
  await dialog.getByText("Say what is to change.").waitFor();
  await dialog.getByLabel("Key to set").selectOption({ label: "Another key" });
  await dialog.getByLabel("Its name").fill("difficulty");
  await dialog.getByLabel("Value for all of them").fill("{\"level\": ");
  await dialog.getByLabel("The value is JSON, not a text").check();
  await dialog.getByLabel("Description").fill("From the first round");
  await dialog.getByLabel("Tags to add").fill("hard, checked");
  await dialog.getByRole("button", { name: "Keep in draft" }).click();
  await dialog.getByText(/`difficulty` is not JSON/).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await dialog.getByLabel("Value for all of them").fill("{\"level\": 3}");
  await dialog.getByLabel("Tags to add").focus();
  await page.keyboard.press("Enter");
  await page.getByText("Draft ~2").waitFor();
  assert.equal(await table.getByRole("cell", { name: "From the first round" }).count(), 2);
  const chosen = await downloaded(async () => {
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: "Chosen 2 items as JSON lines" }).click();
  });
  assert.equal(chosen.name, "bulk v1.jsonl");
  assert.deepEqual(chosen.text.trim().split("\n").map((line) => JSON.parse(line)), [3, 2].map((n) => ({ input: `question ${n}`, n, difficulty: { level: 3 } })));
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save as a new version" }).click();
  await page.getByText("Saved as v2.").waitFor();
  await page.getByText("Draft ~2").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Columns" }).focus();
  await page.keyboard.press("Enter");
  for (const column of ["ID", "Created", "Last changed"]) await page.getByRole("menuitemcheckbox", { name: column, exact: true }).click();
  await page.keyboard.press("Escape");
  await page.reload();
  for (const head of ["Description", "Tags", "Created", "Last changed", "ID"]) await table.getByRole("columnheader", { name: head, exact: true }).waitFor();
  assert.equal(await table.getByRole("list", { name: "Tags" }).filter({ hasText: "hard" }).count(), 2);
  assert.deepEqual(await seriousViolations(page), []);
  await table.getByRole("checkbox", { name: "Choose item 1" }).check();
  await page.getByRole("button", { name: "Edit 1" }).click();
  await page.getByRole("dialog").getByLabel("Tags to take away").fill("hard");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save as a new version" }).click();
  await page.getByText("Saved as v3.").waitFor();
  await eventually("the tag is gone", async () => (await table.getByRole("list", { name: "Tags" }).filter({ hasText: "hard" }).count()) === 1);
  const whole = await downloaded(async () => {
    await page.getByRole("button", { name: "Export" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "All of v3 as CSV" }).focus();
    await page.keyboard.press("Enter");
  });
  assert.deepEqual(whole, { name: "bulk v3.csv", text: 'input,n,difficulty\r\nquestion 3,3,"{""level"":3}"\r\nquestion 2,2,"{""level"":3}"\r\nquestion 1,1,\r\n' });
  const { content } = await story.get(`datasets/${dataset.id}/items`);
  assert.deepEqual(content.map(({ tags, description }) => [tags ?? [], description ?? null]), [[["checked"], "From the first round"], [["hard", "checked"], "From the first round"], [[], null]]);
  assert.deepEqual(page.complaints, []);
});

test("the note and the tags of a version are written anew, by keyboard", async () => {
  await page.getByRole("radio", { name: "Versions" }).click();
  const row = (name) => page.getByRole("row", { name: new RegExp(`^${name} `) });
  await page.getByRole("button", { name: "Edit v2" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Edit v2" });
  await dialog.getByLabel("Note").fill("Hard questions are marked");
  await dialog.getByLabel("Tags").fill("gold, marked");
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await row("v2").getByText("Hard questions are marked").waitFor();
  await row("v2").getByRole("list", { name: "Tags" }).getByText("gold").waitFor();
  await page.getByRole("button", { name: "Edit v1" }).click();
  await page.getByRole("dialog").getByLabel("Tags").fill("gold");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Edit v2" }).click();
  await dialog.getByLabel("Tags").fill("marked");
  await page.keyboard.press("Enter");
  await row("v2").getByRole("list", { name: "Tags" }).getByText("gold").waitFor({ state: "detached" });
  await page.reload();
  await row("v2").getByText("Hard questions are marked").waitFor();
  assert.deepEqual(await row("v2").getByRole("list", { name: "Tags" }).getByRole("listitem").allInnerTexts(), ["marked"]);
  assert.equal(await row("v1").getByRole("list", { name: "Tags" }).count(), 0);
  assert.equal(await row("v3").getByRole("list", { name: "Tags" }).innerText(), "latest");
  assert.deepEqual(page.complaints.filter((text) => !text.includes("409")), []);
  await page.context().close();
});

test("the lists stand in any order, also after a reload; many are tagged and deleted at once, and come back", async () => {
  const other = story.newName("lists");
  const projectId = await story.createProject(other);
  for (const name of ["beta", "Alpha", "gamma"]) {
    await story.post("datasets", { name: `${name} set`, project_name: other, tags: ["old"] });
    await story.post("prompts", { name: `${name} prompt`, template: "Hello", project_name: other, tags: ["old"] });
  }
  for (const [place, table, what] of [["datasets", "Datasets", "set"], ["prompts", "Prompts", "prompt"]]) {
    page = await story.open(`/default/projects/${projectId}/${place}`);
    const list = page.getByRole("table", { name: table });
    const names = async () => (await list.getByRole("rowheader").getByRole("link").allInnerTexts()).map((name) => name.split(" ")[0]).join(" ");
    await eventually("the newest first", async () => (await names()) === "gamma Alpha beta" || (await names()));
    await list.getByRole("button", { name: "Name" }).focus();
    await page.keyboard.press("Enter");
    await eventually("the last name first", async () => (await names()) === "gamma beta Alpha" || (await names()));
    await list.getByRole("button", { name: "Name" }).click();
    await eventually("the first name first", async () => (await names()) === "Alpha beta gamma" || (await names()));
    await page.reload();
    await eventually("the same after a reload", async () => (await names()) === "Alpha beta gamma" || (await names()));
    assert.equal(await list.getByRole("columnheader", { name: "Name" }).getAttribute("aria-sort"), "ascending");
    for (const name of ["Alpha", "gamma"]) {
      await list.getByRole("checkbox", { name: `Choose ${name} ${what}` }).focus();
      await page.keyboard.press("Space");
    }
    await page.getByRole("button", { name: "Tags", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Add").fill("new, good");
    await dialog.getByLabel("Take away").fill("old");
    await page.keyboard.press("Enter");
    await page.getByText(`Changed the tags of 2 ${place}.`).waitFor();
    const tags = (name) => list.getByRole("row", { name: new RegExp(name) }).getByRole("list", { name: "Tags" }).getByRole("listitem").allInnerTexts();
    await eventually("other tags", async () => (await tags("gamma")).join(" ") === "new good" || (await tags("gamma")));
    assert.deepEqual([await tags("Alpha"), await tags("beta")], [["new", "good"], ["old"]]);
    assert.deepEqual(await seriousViolations(page), []);
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByText(`Deleted 2 ${place}.`).waitFor();
    await eventually("one is left", async () => (await names()) === "beta" || (await names()));
    await page.getByRole("button", { name: "Undo" }).last().click();
    await eventually("both are back", async () => (await names()) === "Alpha beta gamma" || (await names()));
    assert.deepEqual(await tags("Alpha"), ["new", "good"]);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  }
});

test("items are gone through by J and K, what was written stays in the draft, and a field takes the letters as text", async () => {
  const own = story.newName("keys");
  const id = await story.createProject(own);
  await story.put("datasets/items", { dataset_name: own, project_name: own, items: ["first", "second", "third"].map((question) => ({ source: "sdk", data: { question } })) });
  const { content: [dataset] } = await story.get(`datasets?name=${own}`);
  page = await story.open(`/default/projects/${id}/datasets/${dataset.id}/items`);
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Open item 1" }).press("Enter");
  const description = dialog.getByLabel("Description of the item");
  await description.focus();
  await page.keyboard.type("jk");
  assert.equal(await description.inputValue(), "jk");
  await dialog.getByRole("button", { name: "Next item" }).focus();
  await page.keyboard.press("j");
  await dialog.getByRole("heading", { name: "Item 2" }).waitFor();
  await eventually("the focus stays in the dialog", () => dialog.evaluate((element) => element.contains(document.activeElement)));
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("j");
  await dialog.getByRole("heading", { name: "Item 3" }).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await dialog.getByRole("heading", { name: "Item 2" }).waitFor();
  await page.keyboard.press("k");
  await dialog.getByRole("heading", { name: "Item 1" }).waitFor();
  assert.equal(await description.inputValue(), "jk");
  await page.keyboard.press("Escape");
  await page.getByText("Draft ~1").waitFor();
  assert.deepEqual(page.complaints, []);
});

test("of items with many keys one chooses those that stand in the table, for each dataset by itself", async () => {
  const project_name = story.newName("wide");
  const projectId = await story.createProject(project_name);
  const keys = ["question", "b", "c", "d", "e", "f", "g", "h", "Tags", "plan"];
  const put = async (name) => {
    await story.post("datasets", { name, project_name });
    const data = Object.fromEntries(keys.map((key) => [key, `what ${key} says`]));
    await story.put("datasets/items", { dataset_name: name, project_name, items: [{ source: "manual", data }] });
    const { content } = await story.get(`datasets?name=${name}`);
    return `/default/projects/${projectId}/datasets/${content[0].id}/items`;
  };
  const [wide, other] = [await put(story.newName("wide")), await put(story.newName("other"))];
  page = await story.open(wide);
  const heads = async () => (await page.getByRole("table", { name: "Items" }).getByRole("columnheader").allInnerTexts()).filter(Boolean);
  const shows = (what, ...expected) => eventually(what, async () => (await heads()).join() === expected.join() || (await heads()));
  await shows("the first eight", ...keys.slice(0, 8));
  await page.getByText("2 more columns are within the items.").waitFor();
  const toggle = async (...names) => {
    await page.getByRole("button", { name: "Columns" }).focus();
    await page.keyboard.press("Enter");
    for (const name of names) await page.getByRole("menuitemcheckbox", { name, exact: true }).click();
    await page.keyboard.press("Escape");
  };
  await toggle("b", "c", "d", "e", "f", "g", "data.Tags", "plan");
  await shows("those that were chosen", "question", "h", "Tags", "plan");
  assert.match(await items().nth(1).innerText(), /what Tags says\s+what plan says/);
  assert.deepEqual(await seriousViolations(page), []);
  await page.reload();
  await shows("the same after a reload", "question", "h", "Tags", "plan");
  await toggle("question", "h", "data.Tags", "plan");
  await shows("one that leads to the item", "question");
  await page.getByRole("button", { name: "Open item 1: what question says" }).click();
  await page.getByRole("dialog").getByLabel("plan").waitFor();
  await page.goto(`${story.server.rootUrl}${other}`);
  await shows("another dataset has its own", ...keys.slice(0, 8));
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("rows of items are low or high, as this browser was told last", async () => {
  const own = story.newName("heights");
  const id = await story.createProject(own);
  const question = Array.from({ length: 40 }, (_, at) => `sentence ${at} of a long question.`).join(" ");
  await story.put("datasets/items", { dataset_name: own, project_name: own, items: [{ source: "sdk", data: { question } }] });
  const { content: [dataset] } = await story.get(`datasets?name=${own}`);
  page = await story.open(`/default/projects/${id}/datasets/${dataset.id}/items`);
  const height = async () => (await items().nth(1).boundingBox()).height;
  const choose = async (name) => {
    await page.getByRole("button", { name: "Row height" }).press("Enter");
    await page.getByRole("menuitemradio", { name }).press("Enter");
  };
  await page.getByRole("button", { name: "Open item 1" }).waitFor();
  const medium = await height();
  await choose("High rows");
  await eventually("more of the text", async () => (await height()) > 2 * medium || (await height()));
  await choose("Low rows");
  await eventually("one line of it", async () => (await height()) < medium / 2 || (await height()));
  const low = await height();
  await page.reload();
  await page.getByRole("button", { name: "Open item 1" }).waitFor();
  assert.equal(await height(), low);
  assert.deepEqual(await seriousViolations(page), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
