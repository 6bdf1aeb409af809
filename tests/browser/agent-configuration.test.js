// A team keeps what its agents are set to: a version is made, another environment gets it, what changed is seen, and a
// mask is tried out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let projectId;
let path;

const story = useBrowser(async (story) => {
  projectId = await story.createProject(story.newName("shop"));
  path = `/default/projects/${projectId}/agent-configuration`;
});

let page;
const dialog = () => page.getByRole("dialog");
const environments = () => page.getByRole("table", { name: "Environments" });
const versions = () => page.getByRole("navigation", { name: "Versions" });
const values = (version) => page.getByRole("table", { name: `Values of ${version}` });
const placeOf = (name) => environments().getByRole("row", { name: new RegExp(`^${name} `) });

test("a project without one says what it is for, and the first version is written by keyboard", async () => {
  page = await story.open(path);
  await page.getByText("No agent configuration yet").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.getByRole("button", { name: "First version" }).focus();
  await page.keyboard.press("Enter");
  await dialog().getByLabel("Key").fill("model");
  await dialog().getByLabel("Value", { exact: true }).fill("gpt-4o-mini");
  await dialog().getByRole("button", { name: "Add value" }).press("Enter");
  const second = dialog().getByRole("group", { name: "Value 2" });
  await second.getByLabel("Key").fill("model");
  await dialog().getByRole("button", { name: "Create version" }).press("Enter");
  await dialog().getByRole("alert").getByText("must not have the key `model` twice").waitFor();
  await second.getByLabel("Key").fill("temperature");
  await second.getByLabel("Type").selectOption("FLOAT");
  await second.getByLabel("Value", { exact: true }).fill("0.2");
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Tab");
  await dialog().getByLabel("What changes (optional)").fill("As it began");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "v1" }).waitFor();
  assert.match(await values("v1").innerText(), /model\s+gpt-4o-mini\s+text[^]*temperature\s+0\.2\s+number/);
  await placeOf("prod").getByRole("button", { name: "v1" }).waitFor();
});

test("a version that a program adds is seen at once, and what it changed value by value", async () => {
  const added = [
    { key: "model", value: "gpt-4o", type: "string" },
    { key: "tone", value: "kind\nbrief", type: "string" },
  ];
  await story.patch("agent-configs/blueprints", { project_id: projectId, blueprint: { type: "blueprint", values: added } });
  await versions().getByRole("button", { name: /^v2 / }).click();
  await page.getByRole("button", { name: "What changed" }).click();
  await page.getByRole("heading", { name: "v1 → v2" }).waitFor();
  await page.getByText("3 values differ").waitFor();
  const change = page.getByRole("region", { name: "model changed" });
  assert.deepEqual(await change.locator("mark").allInnerTexts(), ["-mini"]);
  await page.getByRole("region", { name: "temperature removed" }).waitFor();
  await page.getByRole("region", { name: "tone added" }).getByText("brief").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.reload();
  await page.getByRole("heading", { name: "v1 → v2" }).waitFor();
  await page.getByRole("button", { name: "Close comparison" }).click();
  await page.getByRole("heading", { name: "v2", exact: true }).waitFor();
});

test("an environment is moved, and the move is taken back by a key", async () => {
  await page.getByRole("button", { name: "Move prod", exact: true }).click();
  await dialog().getByLabel("Version").selectOption({ label: (await dialog().getByLabel("Version").locator("option").first().innerText()) });
  await dialog().getByRole("button", { name: "Move" }).click();
  await placeOf("prod").getByRole("button", { name: "v2" }).waitFor();
  await versions().getByRole("list", { name: "Environments of v2" }).getByText("prod").waitFor();
  await page.keyboard.press("u");
  await placeOf("prod").getByRole("button", { name: "v1" }).waitFor();
  await versions().getByRole("list", { name: "Environments of v1" }).getByText("prod").waitFor();
});

test("another environment is put at a version, and taken off it", async () => {
  await page.getByRole("button", { name: "Put in an environment" }).click();
  await dialog().getByRole("combobox", { name: "Environment" }).fill("staging");
  await dialog().getByRole("button", { name: "Move" }).click();
  await placeOf("staging").getByRole("button", { name: "v2" }).waitFor();
  await page.getByRole("button", { name: "Remove staging" }).click();
  await dialog().getByRole("button", { name: "Take off" }).click();
  await placeOf("staging").waitFor({ state: "detached" });
});

test("a mask shows what it changes, and becomes a version", async () => {
  await page.getByRole("button", { name: "New mask" }).click();
  await dialog().getByLabel("Key").fill("tone");
  await dialog().getByLabel("Value", { exact: true }).fill("kind");
  await dialog().getByRole("button", { name: "Create mask" }).click();
  await dialog().getByRole("region", { name: "tone changed" }).waitFor();
  assert.match(page.url(), /mask=/);
  assert.deepEqual(await seriousViolations(page), []);
  await dialog().getByRole("button", { name: "Make a version of it" }).click();
  await page.getByRole("heading", { name: "v3", exact: true }).waitFor();
  assert.match(await values("v3").innerText(), /gpt-4o[^]*tone\s+kind\s/);
  assert.equal(await page.getByRole("table", { name: "Masks" }).getByRole("row").count(), 2);
});

test("an old version is restored as a new one", async () => {
  await versions().getByRole("button", { name: /^v1 / }).click();
  await page.getByRole("button", { name: "Restore" }).click();
  await page.getByRole("heading", { name: "v4", exact: true }).waitFor();
  assert.match(await values("v4").innerText(), /gpt-4o-mini[^]*0\.2/);
});

test("its history is opened by a key, and a change is taken back there", async () => {
  await page.keyboard.press("h");
  const done = dialog().getByRole("table", { name: "What was done, newest first" });
  const newest = done.getByRole("row").nth(1);
  await newest.getByText("Agent version or mask made").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await newest.getByRole("button", { name: "Undo" }).click();
  await newest.getByText("Change undone").waitFor();
  await eventually("it is told that it counts no more", async () => (await done.getByRole("row").nth(2).getByText("undone").count()) === 1);
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  await versions().getByRole("button", { name: /^v4 / }).waitFor({ state: "detached" });
});

test("the page is reached from the palette, and complained about nothing", async () => {
  await page.goto(`${story.server.rootUrl}/default/projects/${projectId}/logs`);
  await page.getByRole("button", { name: "Command palette" }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Command palette" }).waitFor();
  await page.keyboard.type("agent configuration");
  await page.getByRole("menuitem", { name: "Agent configuration of this project" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Agent configuration" }).waitFor();
  assert.deepEqual(page.complaints, []);
});
