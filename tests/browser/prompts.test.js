// A team keeps its prompts: writes one, changes it, sees what changed, says where it is in use, and goes back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { png, wav } from "./files.js";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let prompts;

const story = useBrowser(async (story) => {
  const id = await story.createProject(story.newName("shop"));
  prompts = `/default/projects/${id}/prompts`;
});

let page;

test("a first prompt is written", async () => {
  page = await story.open(prompts);
  await page.getByRole("button", { name: "New prompt" }).click();
  const dialog = page.getByRole("dialog", { name: "New prompt" });
  await dialog.getByLabel("Name").fill("greeting");
  await dialog.getByLabel("Template").fill("Greet {{name}}.\nBe brief and kind.");
  assert.deepEqual(await seriousViolations(page), []);
  await dialog.getByRole("button", { name: "Create prompt" }).click();
  await page.getByRole("heading", { name: "greeting" }).waitFor();
  await page.getByRole("heading", { name: "v1" }).waitFor();
  assert.match(await page.getByRole("region", { name: "Template" }).innerText(), /Greet {{name}}\./);
});

test("a change is a version, and what changed is seen word by word", async () => {
  await page.getByRole("button", { name: "New version" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Template" }).fill("Greet {{name}}.\nBe brief and honest.");
  await dialog.getByLabel("What changes (optional)").fill("Honesty first");
  await dialog.getByRole("button", { name: "Create version" }).click();
  await page.getByRole("heading", { name: "v2" }).waitFor();
  await page.getByRole("button", { name: "What changed" }).click();
  const lines = page.getByRole("region", { name: "Lines of v1 → v2" });
  await lines.waitFor();
  assert.deepEqual(await lines.locator("mark").allInnerTexts(), ["kind", "honest"]);
  assert.deepEqual(await seriousViolations(page), []);
  const colleague = await story.open(page.url().slice(story.server.rootUrl.length));
  await colleague.getByRole("region", { name: "Lines of v1 → v2" }).waitFor();
  await colleague.context().close();
  await page.getByRole("button", { name: "Close comparison" }).click();
});

test("an environment goes from one version to another", async () => {
  const put = async () => {
    await page.getByRole("button", { name: "Environments" }).click();
    const dialog = page.getByRole("dialog");
    if ((await dialog.getByRole("checkbox", { name: "production" }).count()) > 0)
      await dialog.getByRole("checkbox", { name: "production" }).check();
    else await dialog.getByLabel("Other environment").fill("production");
    await dialog.getByRole("button", { name: "Save environments" }).click();
    await dialog.waitFor({ state: "detached" });
  };
  await put();
  await page.getByRole("list", { name: "Environments of v2" }).getByText("production").waitFor();
  await page.getByRole("navigation", { name: "Versions" }).getByRole("button", { name: /^v1 / }).click();
  await page.getByRole("heading", { name: "v1" }).waitFor();
  await put();
  await page.getByRole("list", { name: "Environments of v1" }).getByText("production").waitFor();
  await page.getByRole("list", { name: "Environments of v2" }).waitFor({ state: "detached" });
});

test("a version gets tags, and an old one is restored as a new one", async () => {
  await page.getByRole("button", { name: "Tags" }).click();
  await page.getByRole("dialog").getByLabel("Tags").fill("reviewed");
  await page.keyboard.press("Enter");
  await page.getByRole("list", { name: "Tags of v1" }).getByText("reviewed").waitFor();
  await page.getByRole("button", { name: "Restore" }).click();
  await page.getByRole("heading", { name: "v3" }).waitFor();
  assert.match(await page.getByRole("region", { name: "Template" }).innerText(), /brief and kind/);
});

test("a version is asked for in code", async () => {
  await page.getByRole("button", { name: "In code" }).click();
  const code = page.getByRole("dialog").getByRole("region", { name: "Code" });
  assert.match(await code.innerText(), /get_prompt\(name="greeting", commit="[0-9a-f]{8}"\)\s+text = prompt\.format\(name="…"\)/);
  await page.keyboard.press("Escape");
});

test("a chat is written message by message", async () => {
  await page.goto(`${story.server.rootUrl}${prompts}`);
  await page.getByRole("button", { name: "New prompt" }).click();
  const dialog = page.getByRole("dialog", { name: "New prompt" });
  await dialog.getByLabel("Name").fill("triage");
  await dialog.getByLabel("Type").selectOption("CHAT");
  await dialog.getByLabel("Message 1", { exact: true }).fill("Sort requests.");
  await dialog.getByLabel("Message 2", { exact: true }).fill("{{request}}");
  await dialog.getByRole("button", { name: "Add message" }).click();
  await dialog.getByRole("button", { name: "Delete message 3" }).click();
  await dialog.getByRole("button", { name: "Create prompt" }).click();
  await page.getByRole("article", { name: "system message" }).getByText("Sort requests.").waitFor();
});

test("prompts stand by their type, also after a reload", async () => {
  await page.goto(`${story.server.rootUrl}${prompts}`);
  const list = page.getByRole("table", { name: "Prompts" });
  const types = async () => (await list.getByRole("cell", { name: /^(Text|Chat)$/ }).allInnerTexts()).join(" ");
  await list.getByRole("button", { name: "Type" }).focus();
  await page.keyboard.press("Enter");
  await eventually("texts first", async () => (await types()) === "Text Chat" || (await types()));
  await list.getByRole("button", { name: "Type" }).click();
  await eventually("chats first", async () => (await types()) === "Chat Text" || (await types()));
  await page.reload();
  await eventually("still so", async () => (await types()) === "Chat Text" || (await types()));
  assert.equal(await list.getByRole("columnheader", { name: "Type" }).getAttribute("aria-sort"), "ascending");
  assert.match(page.url(), /sort=structure/);
});

test("a chat shows the pictures that it sends along, and the JSON that it is kept as", async () => {
  const content = [{ type: "text", text: "What does {{customer}} hold?" }, { type: "image_url", image_url: { url: `data:image/png;base64,${png(40, 20).toString("base64")}` } }];
  const template = JSON.stringify([{ role: "system", content: "Look closely." }, { role: "user", content }]);
  await story.post("prompts", { name: "looking", template, template_structure: "chat", project_id: prompts.split("/")[3] });
  const { content: [looking] } = await story.get("prompts?name=looking");
  await page.goto(`${story.server.rootUrl}${prompts}/${looking.id}`);
  const said = page.getByRole("article", { name: "user message" });
  await said.getByRole("img", { name: "Picture in the message" }).waitFor();
  await said.getByText("{{customer}}", { exact: true }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.getByRole("radio", { name: "JSON" }).click();
  await page.getByRole("region", { name: "Template as JSON" }).getByText('"image_url"').waitFor();
  await story.post("prompts/delete", { ids: [looking.id] });
});

test("what two versions of a chat show and let hear stands side by side, and what differs is marked", async () => {
  const project_id = await story.createProject(story.newName("pictures"));
  const picture = (side) => ({ type: "image_url", image_url: { url: `data:image/png;base64,${png(side, 20).toString("base64")}` } });
  const sound = { type: "input_audio", input_audio: { data: wav(0.5).toString("base64"), format: "wav" } };
  const far = { type: "video_url", video_url: { url: "https://films.example/parcel.mp4" } };
  const template = (...media) => JSON.stringify([{ role: "user", content: [{ type: "text", text: "What is here?" }, ...media] }]);
  const name = story.newName("seeing");
  await story.post("prompts", { name, template: template(picture(40), sound), template_structure: "chat", project_id });
  await story.post("prompts/versions", { name, version: { template: template(picture(60), sound, far) }, template_structure: "chat", project_id });
  const { content: [seeing] } = await story.get(`prompts?name=${name}`);
  await page.goto(`${story.server.rootUrl}/default/projects/${project_id}/prompts/${seeing.id}`);
  await page.getByRole("button", { name: "What changed" }).click();
  const media = page.getByRole("region", { name: "Media of v1 and v2" });
  await media.getByText("2 of 3 differ").waitFor();
  const changed = media.getByRole("listitem", { name: "Picture, changed" });
  const widthOf = (version) => changed.getByRole("figure", { name: version }).getByRole("img").evaluate((image) => image.naturalWidth);
  await eventually("both are drawn", async () => (await widthOf("v1")) === 40 && (await widthOf("v2")) === 60);
  assert.equal(await media.getByRole("listitem", { name: "Sound, the same" }).locator("audio").count(), 2);
  const added = media.getByRole("listitem", { name: "Film, added" });
  await added.getByText("Not in v1").waitFor();
  await added.getByRole("link", { name: "https://films.example/parcel.mp4" }).waitFor();
  await page.getByRole("region", { name: "Lines of v1 → v2" }).getByText("films.example").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
});

test("a prompt is found by its name, renamed and deleted", async () => {
  await page.goto(`${story.server.rootUrl}${prompts}`);
  await page.getByRole("searchbox", { name: "Search prompts" }).fill("tri");
  await eventually("one prompt", async () => (await page.getByRole("table", { name: "Prompts" }).getByRole("row").count()) === 2);
  await page.getByRole("link", { name: "triage" }).click();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("sorting");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "sorting" }).waitFor();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("link", { name: "greeting" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "sorting" }).count(), 0);
});

test("the page complained about nothing and asked no stranger", () => {
  assert.deepEqual(page.complaints, []);
});

test("of many versions the newest come first, and older ones when they are asked for", async () => {
  const name = story.newName("often changed");
  const project_id = prompts.split("/")[3];
  await story.post("prompts", { name, template: "Attempt 1", project_id });
  for (let attempt = 2; attempt <= 53; attempt += 1) {
    await story.post("prompts/versions", { name, version: { template: `Attempt ${attempt}` }, project_id });
  }
  const { content } = await story.get(`prompts?name=${encodeURIComponent(name)}`);
  await page.goto(`${story.server.rootUrl}${prompts}/${content[0].id}`);
  const versions = page.getByRole("navigation", { name: "Versions" });
  const shown = () => versions.getByRole("listitem").filter({ hasText: /^v\d+/ }).count();
  await page.getByRole("heading", { name: "v53" }).waitFor();
  assert.equal(await shown(), 50);
  await versions.getByRole("button", { name: "Load more" }).click();
  await versions.getByRole("button", { name: /^v1 / }).click();
  await page.getByRole("heading", { name: "v1" }).waitFor();
  assert.equal(await shown(), 53);
  await page.reload();
  await page.getByRole("heading", { name: "v1" }).waitFor();
  assert.equal(await shown(), 50, "the one that is shown is read by itself");
  await versions.getByRole("button", { name: "Compare with v53" }).click();
  await page.getByRole("region", { name: "Lines of v1 → v53" }).waitFor();
  await page.getByRole("button", { name: "Close comparison" }).click();
  await page.getByRole("searchbox", { name: "Search versions" }).fill("attempt 3");
  await eventually("those that say so", async () => (await shown()) === 11 || (await shown()));
  await versions.getByRole("button", { name: /^v3 / }).click();
  await page.getByRole("heading", { name: "v3", exact: true }).waitFor();
  await versions.getByRole("button", { name: "Compare with v31" }).click();
  await page.getByRole("region", { name: "Lines of v3 → v31" }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.reload();
  await page.getByRole("region", { name: "Lines of v3 → v31" }).waitFor();
  assert.equal(await shown(), 11);
  await page.getByRole("searchbox", { name: "Search versions" }).fill("nobody wrote this");
  await versions.getByText("No version says this.").waitFor();
  await page.getByRole("searchbox", { name: "Search versions" }).fill("");
  await eventually("all again", async () => (await shown()) === 50 || (await shown()));
  assert.deepEqual(page.complaints, []);
});
