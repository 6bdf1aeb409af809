// Somebody finds the way: to the same place of another project, back to the list that a page is of, and to what is known
// of the server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, useBrowser } from "./story.js";

const project = {};
let other;

const story = useBrowser(async (story) => {
  for (const [of, key] of [["shop", "shop"], ["desk", "desk"]]) {
    const name = story.newName(of);
    project[key] = { name, path: `/default/projects/${await story.createProject(name)}` };
  }
  other = project.desk;
  await story.post("datasets", { name: "refunds", project_name: project.shop.name });
  await story.post("datasets", { name: "calls", project_name: other.name });
});

let page;
const crumbs = () => page.getByRole("navigation", { name: "breadcrumb" });

test("the same place of another project is a few letters away", async () => {
  page = await story.open(`${project.shop.path}/datasets`);
  await page.getByRole("link", { name: "refunds" }).waitFor();
  await page.getByRole("button", { name: `Project ${project.shop.name}, switch to another` }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type(other.name.toUpperCase());
  await page.getByRole("menuitem", { name: other.name }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "calls" }).waitFor();
  assert.ok(page.url().endsWith(`${other.path}/datasets`), page.url());
});

test("places stand together by what they are for", async () => {
  const within = (title) => page.getByRole("region", { name: title, exact: true }).getByRole("link").allInnerTexts();
  assert.deepEqual((await within("Evaluate")).map((text) => text.trim()), ["Datasets", "Experiments", "Annotation queues"]);
  assert.deepEqual((await within("Develop")).map((text) => text.trim()), ["Prompts", "Agent configuration", "Agent playground", "Optimizations"]);
});

test("a page is called by what it shows, and leads back to the list that it is of", async () => {
  await page.getByRole("link", { name: "calls" }).click();
  await crumbs().getByText("calls", { exact: true }).waitFor();
  await eventually("the window is called so", async () => (await page.title()) === "calls · Cairn" || (await page.title()));
  assert.deepEqual(await seriousViolations(page), []);
  await crumbs().getByRole("link", { name: "Datasets" }).click();
  await page.getByRole("heading", { name: "Datasets" }).waitFor();
  await eventually("the window is called after the list", async () => (await page.title()) === "Datasets · Cairn" || (await page.title()));
});

test("what is known of the server is a key away, and can be handed on", async () => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.keyboard.press("Control+.");
  const dialog = page.getByRole("dialog", { name: "About this server" });
  await dialog.getByText(/^\d+\.\d+\.\d+/).waitFor();
  await dialog.getByText("up to date").first().waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await dialog.getByRole("button", { name: "Copy all" }).click();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /Version: .*\nWorkspace: default\nLive connection: connected/);
  assert.deepEqual(page.complaints, []);
});
