// Whoever writes templates and JSON sees their structure while writing, and where a mistake is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let projectPath;
let datasetPath;
let comparisonPath;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  projectPath = `/default/projects/${await story.createProject(project)}`;
  const items = [{ source: "sdk", data: { question: "Where is my parcel?", expected: { status: "sent", days: [1, 2] } } }];
  await story.put("datasets/items", { dataset_name: "questions", project_name: project, items });
  const { content: datasets } = await story.get("datasets?name=questions");
  datasetPath = `${projectPath}/datasets/${datasets[0].id}/items`;
  await story.post("experiments", { name: "polite", dataset_name: "questions", project_name: project, metadata: { model: { name: "gpt-4o" } } });
  const { content: experiments } = await story.get(`experiments?dataset_id=${datasets[0].id}`);
  comparisonPath = `${projectPath}/experiments/${datasets[0].id}/compare?experiments=${encodeURIComponent(JSON.stringify([experiments[0].id]))}`;
});

let page;
const dialog = () => page.getByRole("dialog");
const field = (name) => dialog().getByRole("textbox", { name, exact: true });
const editor = (name) => field(name).and(page.locator("[contenteditable]"));
const hasFocus = (place) => place.evaluate((element) => element === document.activeElement);

test("a template sets the places apart that it leaves open, in each way of writing them", async () => {
  page = await story.open(`${projectPath}/prompts`);
  await page.getByRole("button", { name: "New prompt" }).click();
  await editor("Template").fill("Greet {{name}}, or {one} and {% if polite %}bow{% endif %}.\nBe brief.");
  const places = () => editor("Template").locator("code").allInnerTexts();
  await eventually("places of mustache", async () => `${await places()}` === "{{name}}");
  await dialog().getByLabel("Placeholders").selectOption("PYTHON");
  await eventually("places of Python", async () => `${await places()}`.includes("{one}"));
  await dialog().getByLabel("Placeholders").selectOption("JINJA_2");
  await eventually("places of jinja2", async () => `${await places()}` === "{{name}},{% if polite %},{% endif %}");
  assert.match(await dialog().innerText(), /Leave places open as {{ name }}/);
  assert.deepEqual(await seriousViolations(page), []);
});

test("an editor is entered by its label and left by Tab, and what was written can be undone", async () => {
  await dialog().getByText("Template", { exact: true }).click();
  await eventually("the editor has the focus", () => hasFocus(editor("Template")));
  await page.keyboard.press("Control+End");
  await page.keyboard.type(" Always.");
  await eventually("typed", async () => /Be brief\. Always\.$/.test(await editor("Template").innerText()));
  await page.keyboard.press("Control+z");
  await eventually("undone", async () => /Be brief\.$/.test(await editor("Template").innerText()));
  await page.keyboard.press("Tab");
  await eventually("left forwards", () => hasFocus(dialog().getByRole("button", { name: "Cancel" })));
  await page.keyboard.press("Shift+Tab");
  await eventually("entered from behind", () => hasFocus(editor("Template")));
  await page.keyboard.press("Shift+Tab");
  await eventually("left backwards", () => hasFocus(dialog().getByLabel("Placeholders")));
});

test("words are found in a long template, and Escape closes the finding before the dialog", async () => {
  await editor("Template").focus();
  await page.keyboard.press("Control+f");
  const find = dialog().getByRole("textbox", { name: "Find" });
  await find.fill("brief");
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Escape");
  await find.waitFor({ state: "detached" });
  await eventually("back in the text", () => hasFocus(editor("Template")));
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
});

test("messages of a chat have the same, and what was written is what is kept", async () => {
  await page.getByRole("button", { name: "New prompt" }).click();
  await dialog().getByLabel("Name").fill("triage");
  await dialog().getByLabel("Type").selectOption("CHAT");
  await editor("Message 1").fill("Sort requests.\n\nBe kind to {{name}}.");
  await eventually("its place", async () => `${await editor("Message 1").locator("code").allInnerTexts()}` === "{{name}}");
  await dialog().getByRole("button", { name: "Move message 1 down" }).click();
  await eventually("the messages changed places", async () => /Sort requests/.test(await editor("Message 2").innerText()));
  await dialog().getByRole("button", { name: "Create prompt" }).click();
  const said = page.getByRole("article", { name: "system message" });
  await said.getByText("Sort requests.").waitFor();
  assert.match(await said.innerText(), /Sort requests\.\n\nBe kind to {{name}}\./);
});

test("JSON says in which line and column it is wrong while it is written", async () => {
  await page.goto(`${story.server.rootUrl}${datasetPath}`);
  await page.getByRole("button", { name: "Open item 1" }).click();
  await editor("expected").fill('{\n  "status": "sent"\n  "days": 2\n}');
  await dialog().getByRole("alert").getByText("Line 3, column 3: a comma or `}` is missing here.").waitFor();
  assert.equal(await editor("expected").getAttribute("aria-invalid"), "true");
  assert.deepEqual(await seriousViolations(page), []);
  await dialog().getByRole("button", { name: "Keep in draft" }).click();
  await dialog().getByText("`expected` is not JSON. Line 3, column 3").waitFor();
  await editor("expected").fill('{"status": "lost"}');
  await dialog().getByRole("alert").first().waitFor({ state: "detached" });
});

test("an item is written in one piece as well, and nothing of it is lost between the two ways", async () => {
  await dialog().getByRole("radio", { name: "JSON" }).click();
  await eventually("the item", async () => /"status": "lost"/.test(await editor("Item as JSON").innerText()));
  await editor("Item as JSON").fill('["no object"]');
  await dialog().getByRole("radio", { name: "Keys" }).click();
  await dialog().getByText("An item is an object").waitFor();
  await editor("Item as JSON").fill('{"question": "Where?", "count": 12345678901234567890}');
  await dialog().getByRole("radio", { name: "Keys" }).click();
  await eventually("the number to its last digit", async () => /12345678901234567890/.test(await editor("count").innerText()));
  await dialog().getByRole("button", { name: "Keep in draft" }).click();
  await page.getByText("Draft ~1").waitFor();
  await page.getByRole("row", { name: /12345678901234567890/ }).waitFor();
});

test("the configuration of an experiment is written as JSON", async () => {
  await page.goto(`${story.server.rootUrl}${comparisonPath}&tab=configuration`);
  await page.getByRole("row", { name: "model.name gpt-4o" }).waitFor();
  await page.getByRole("button", { name: "Actions of polite" }).click();
  await page.getByRole("menuitem", { name: "Edit name, tags and configuration" }).click();
  await editor("Configuration").fill('{"model": {"name": "gpt-4o-mini"}');
  await dialog().getByRole("button", { name: "Save" }).click();
  await dialog().getByText("The configuration is not JSON. Line 1, column 34").waitFor();
  await editor("Configuration").fill('{"model": {"name": "gpt-4o-mini"}}');
  await dialog().getByRole("button", { name: "Save" }).click();
  await page.getByRole("row", { name: "model.name gpt-4o-mini" }).waitFor();
});

test("without its editor a field is a plain one that keeps what is written", async () => {
  const colleague = await story.open("/favicon.svg");
  await colleague.route("**/codeEditor-*.js", (route) => route.abort());
  await colleague.goto(`${story.server.rootUrl}${projectPath}/prompts`);
  await colleague.getByRole("button", { name: "New prompt" }).click();
  const box = colleague.getByRole("dialog");
  await box.getByLabel("Name").fill("plain");
  await box.getByLabel("Template").fill("Say {{word}}.");
  await box.getByRole("button", { name: "Create prompt" }).click();
  await colleague.getByRole("region", { name: "Template" }).getByText("{{word}}").waitFor();
  await colleague.context().close();
});

test("the page complained about nothing and asked no stranger", () => {
  assert.deepEqual(page.complaints, []);
});
