// Files that hang on traces and spans are looked at, listened to, read, downloaded and taken away in the page.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { attach, FILES } from "./files.js";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let tracePath;
let trace;
let span;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  await story.runProgram(project, "saffron");
  const { content: projects } = await story.get(`projects?name=${project}`);
  const { content: traces } = await story.get(`traces?project_name=${project}`);
  const { content: spans } = await story.get(`spans?project_name=${project}&trace_id=${traces[0].id}`);
  trace = { kind: "trace", id: traces[0].id, project };
  span = { kind: "span", id: spans.find(({ name }) => name === "look_up").id, project };
  tracePath = `/default/projects/${projects[0].id}/logs?trace=${trace.id}`;
  for (const file of FILES) await attach(story, trace, file);
});

let page;
const files = () => page.getByRole("region", { name: "Attachments" });
const file = (name) => files().getByRole("listitem").filter({ hasText: name });
const dialog = () => page.getByRole("dialog");

test("a trace lists its files with their kind and size", async () => {
  page = await story.open(tracePath);
  await file("receipt.png").waitFor();
  assert.equal(await files().getByRole("listitem").count(), FILES.length);
  assert.match(await file("receipt.png").innerText(), /image\/png[^]*\d+ (B|kB)/);
  assert.match(await file("model.bin").innerText(), /application\/octet-stream[^]*2\.05 kB/);
  assert.deepEqual(await seriousViolations(page), []);
});

test("a picture is shown small, and large on demand", async () => {
  const small = file("receipt.png").getByRole("img");
  await eventually("the picture has been read", () => small.evaluate((image) => image.complete && image.naturalWidth === 64));
  await file("receipt.png").getByRole("button", { name: "Open receipt.png" }).click();
  const large = dialog().getByRole("img", { name: "receipt.png" });
  await eventually("the large picture", () => large.evaluate((image) => image.complete && image.naturalWidth === 64));
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
});

test("sound is heard in the list, and a film is seen in the dialog", async () => {
  const sound = file("call.wav").locator("audio");
  await eventually("the length of the sound is known", () => sound.evaluate((audio) => audio.duration === 0.5));
  await file("screen.webm").getByRole("button", { name: "Open screen.webm" }).click();
  await dialog().locator("video").waitFor();
  await page.keyboard.press("Escape");
});

test("text and JSON are read in the page", async () => {
  await file("notes.txt").getByRole("button", { name: "Open notes.txt" }).click();
  await dialog().getByText("The parcel was left with a neighbour.").waitFor();
  await page.keyboard.press("Escape");
  await file("order.json").getByRole("button", { name: "Open order.json" }).click();
  await dialog().getByText('"Hamburg"').waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Escape");
});

test("a PDF is opened in a tab of its own", async () => {
  await file("invoice.pdf").getByRole("button", { name: "Open invoice.pdf" }).click();
  const [tab] = await Promise.all([
    page.context().waitForEvent("page"),
    dialog().getByRole("link", { name: "Open in a new tab" }).click(),
  ]);
  await eventually("the viewer has the file", async () => (await tab.evaluate(() => document.contentType)) === "application/pdf");
  await tab.close();
  await page.keyboard.press("Escape");
});

test("markup in a file stays text", async () => {
  await file("page.html").getByRole("button", { name: "Open page.html" }).click();
  await dialog().getByText("<script>document.title").waitFor();
  assert.notEqual(await page.title(), "taken");
  await page.keyboard.press("Escape");
});

test("what cannot be shown is downloaded", async () => {
  assert.equal(await file("model.bin").getByRole("button", { name: /^Open/ }).count(), 0);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    file("model.bin").getByRole("link", { name: "Download model.bin" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "model.bin");
  const wanted = FILES.find(({ name }) => name === "model.bin").bytes;
  assert.deepEqual(await readFile(await download.path()), wanted);
});

test("a file that arrives later appears without a reload", async () => {
  await attach(story, trace, { name: "late.txt", type: "text/plain", bytes: Buffer.from("late") });
  await file("late.txt").waitFor();
});

test("a file is deleted after a question, and stays deleted", async () => {
  await file("late.txt").getByRole("button", { name: "Delete late.txt" }).click();
  await dialog().getByText(/cannot be brought back/).waitFor();
  await dialog().getByRole("button", { name: "Delete" }).click();
  await file("late.txt").waitFor({ state: "detached" });
  await page.reload();
  await file("receipt.png").waitFor();
  assert.equal(await file("late.txt").count(), 0);
});

test("a span has its own files, and none are shown where there are none", async () => {
  await attach(story, span, FILES[0]);
  await page.getByRole("treeitem", { name: /^answer/ }).click();
  await page.getByRole("heading", { name: "answer" }).waitFor();
  assert.equal(await files().count(), 0);
  await page.getByRole("treeitem", { name: /^look_up/ }).click();
  await file("receipt.png").waitFor();
  assert.equal(await files().getByRole("listitem").count(), 1);
  await file("receipt.png").getByRole("button", { name: "Delete receipt.png" }).click();
  await dialog().getByRole("button", { name: "Delete" }).click();
  await files().waitFor({ state: "detached" });
});

test("the page complained about nothing and asked no stranger", () => {
  assert.deepEqual(page.complaints, []);
});
