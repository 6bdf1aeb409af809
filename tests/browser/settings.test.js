// A workspace is set up: what people can say in judgement, where applications run, and what holds for all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, useBrowser } from "./story.js";

const story = useBrowser();
let page;

test("a feedback definition is made, changed and deleted", async () => {
  page = await story.open("/default/settings");
  await page.getByRole("button", { name: "New definition" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("tone");
  await dialog.getByLabel("What is given").selectOption("CATEGORICAL");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("alert").getByText("Every value needs a word.").waitFor();
  await dialog.getByLabel("Word 1", { exact: true }).fill("rude");
  await dialog.getByLabel("Word 2", { exact: true }).fill("kind");
  assert.deepEqual(await seriousViolations(page), []);
  await dialog.getByRole("button", { name: "Save" }).click();
  const row = page.getByRole("row", { name: /^tone/ });
  await row.getByText("rude (0), kind (1)").waitFor();

  await page.getByRole("button", { name: "Edit tone" }).click();
  await dialog.getByLabel("Value 2").fill("5");
  await dialog.getByRole("button", { name: "Save" }).click();
  await row.getByText("kind (5)").waitFor();

  await page.getByRole("button", { name: "Delete tone" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await row.waitFor({ state: "detached" });
});

test("an environment is made and changed", async () => {
  await page.getByRole("link", { name: "Environments", exact: true }).click();
  await page.getByRole("button", { name: "New environment" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("staging");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("row", { name: /^staging/ }).waitFor();
  await page.getByRole("button", { name: "New environment" }).click();
  await dialog.getByLabel("Name").fill("staging");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("alert").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Edit staging" }).click();
  await dialog.getByLabel("Description (optional)").fill("before it counts");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("row", { name: /before it counts/ }).waitFor();
});

test("definitions and environments stand in any order, with other columns, and several go at once and come back", async () => {
  for (const name of ["beta", "Alpha", "gamma"]) {
    await story.post("feedback-definitions", { name: `${name} score`, type: "numerical", details: { min: 0, max: 1 } });
    await story.ask("mutation ($input: EnvironmentInput!) { createEnvironment(input: $input) { id } }", { input: { name: `${name}-place` } });
  }
  for (const [tab, table, what] of [["definitions", "Feedback definitions", " score"], ["environments", "Environments", "-place"]]) {
    await page.goto(`${story.server.rootUrl}/default/settings?tab=${tab}`);
    const list = page.getByRole("table", { name: table });
    const names = async () => {
      const rows = await list.getByRole("rowheader").allInnerTexts();
      return rows.map((row) => row.trim()).filter((row) => row.endsWith(what)).map((row) => row.split(/[ -]/)[0]).join(" ");
    };
    await eventually("by name", async () => (await names()) === "Alpha beta gamma" || (await names()));
    await list.getByRole("button", { name: "Name" }).focus();
    await page.keyboard.press("Enter");
    await eventually("the last name first", async () => (await names()) === "gamma beta Alpha" || (await names()));
    await page.reload();
    await eventually("the same after a reload", async () => (await names()) === "gamma beta Alpha" || (await names()));
    await page.getByRole("button", { name: "Columns" }).press("Enter");
    await page.getByRole("menuitemcheckbox", { name: "Created", exact: true }).click();
    await page.keyboard.press("Escape");
    await list.getByRole("button", { name: "Created", exact: true }).click();
    await eventually("the newest first", async () => (await names()) === "gamma Alpha beta" || (await names()));
    for (const name of ["Alpha", "gamma"]) await list.getByRole("checkbox", { name: `Choose ${name}${what}` }).check();
    assert.deepEqual(await seriousViolations(page), []);
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText(`Deleted 2 ${tab}.`).waitFor();
    await eventually("one is left", async () => (await names()) === "beta" || (await names()));
    await page.getByRole("button", { name: "Undo" }).last().click();
    await eventually("both are back", async () => (await names()) === "gamma Alpha beta" || (await names()));
  }
});

test("preferences are kept", async () => {
  await page.getByRole("link", { name: "Preferences" }).click();
  await page.getByRole("textbox").fill("7.5");
  await page.getByRole("button", { name: "Save preferences" }).click();
  await page.getByText("Saved the preferences.").waitFor();
  await page.reload();
  await page.getByRole("textbox").waitFor();
  assert.equal(await page.getByRole("textbox").inputValue(), "7.5");
  assert.equal(await page.title(), "Settings · Cairn");
  // A refused name is a complaint of the server, not of the page.
  assert.deepEqual(page.complaints, []);
});
