// What went in and came out is shown as what it is, searched, and leads to what is like it.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { png, wav } from "./files.js";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

const dataUrl = (type, bytes) => `data:${type};base64,${bytes.toString("base64")}`;
// Larger than what stays in a body: the server makes a file of it.
const LARGE_PNG = Buffer.concat([png(64, 64), randomBytes(300_000)]);
const CODE = "Run this:\n\n```python\ndef answer(question):\n    # never promise a date\n    return 42\n```\n";
const DOCUMENTS = [
  { page_content: "Parcels leave **Hamburg** every morning.", metadata: { source: "shipping.md", page: 3 }, score: 0.92 },
  { page_content: `Returns are free. ${"Read the terms. ".repeat(60)}`, metadata: { source: "returns.md", page: 1 }, score: 0.71 },
];
const ROWS = [{ id: 17, title: "Shipping", price: 12.5 }, { id: 20, title: "Returns", price: null }];
const customer = (plan) => ({ customer: { plan, "full name": "Ada L.", address: { city: { name: "Hamburg" } } }, attempt: 3 });

const LARGE = JSON.stringify({
  meta: { exact: "EXACT" },
  rows: Array.from({ length: 20_000 }, (_, at) => ({ id: at, name: `row-${at}`, note: "lorem ipsum dolor ".repeat(5), more: { deep: [at] } })),
}).replace('"EXACT"', "12345678901234567890");

let projectPath;
let ids;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  await story.createProject(project);
  const send = async (name, fields) => {
    const trace = { project_name: project, name, start_time: new Date().toISOString(), ...fields };
    const body = JSON.stringify(trace).replace('"LARGE"', LARGE);
    const headers = { "content-type": "application/json" };
    const made = await fetch(`${story.server.apiUrl}/v1/private/traces`, { method: "POST", headers, body });
    return made.headers.get("location").split("/").at(-1);
  };
  ids = {
    older: await send("older", { input: { text: "hello" }, metadata: customer("free") }),
    chat: await send("chat", {
      thread_id: "receipts",
      input: {
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "What is in these?" },
              { type: "image_url", image_url: { url: dataUrl("image/png", png(64, 64)) } },
              { type: "image", source: { type: "base64", media_type: "image/png", data: LARGE_PNG.toString("base64") } },
              { type: "input_audio", input_audio: { data: wav(0.5).toString("base64"), format: "wav" } },
              { type: "image_url", image_url: { url: "https://example.com/elsewhere.png" } },
            ],
          },
        ],
      },
      output: { answer: CODE },
    }),
    lists: await send("lists", { input: { query: "shipping", documents: DOCUMENTS }, output: ROWS }),
    large: await send("large", { output: "LARGE" }),
    newer: await send("newer", { input: { text: "hello" }, metadata: customer("pro") }),
  };
  const { content } = await story.get(`projects?name=${project}`);
  projectPath = `/default/projects/${content[0].id}`;
});

let page;
const body = (title) => page.getByRole("region", { name: title, exact: true });
const openTrace = async (id, place = "logs?trace=") => {
  await page?.context().close();
  page = await story.open(`${projectPath}/${place}${id}`);
  await page.getByRole("region", { name: "Details" }).getByRole("heading", { level: 2 }).waitFor();
};
const checked = async () => {
  assert.deepEqual(await seriousViolations(page), []);
  assert.deepEqual(page.complaints, []);
};

test("pictures and sounds of a conversation are seen and heard, wherever the server keeps them", async () => {
  await openTrace(ids.chat);
  const message = body("Input").getByRole("article", { name: "user message" });
  await eventually("both pictures have been read", () =>
    message.getByRole("img").evaluateAll((images) => images.length === 2 && images.every(({ naturalWidth }) => naturalWidth === 64)));
  await eventually("the sound has been read", () => message.locator("audio").evaluate((audio) => audio.duration === 0.5));
  await message.getByRole("button", { name: "Open Picture in the message" }).click();
  await page.getByRole("dialog").getByRole("img").waitFor();
  await page.keyboard.press("Escape");
  await checked();
});

test("a picture elsewhere is a link, since loading it would tell its host who looks", async () => {
  const link = body("Input").getByRole("link", { name: /elsewhere\.png/ });
  assert.equal(await link.getAttribute("href"), "https://example.com/elsewhere.png");
});

test("the transcript and the thread show them as well", async () => {
  for (const path of [`logs?trace=${ids.chat}&view=transcript`, "logs?logsType=threads"]) {
    await page.context().close();
    page = await story.open(`${projectPath}/${path}`);
    if (path.endsWith("threads")) await page.getByRole("gridcell", { name: "receipts", exact: true }).click();
    const place = path.endsWith("threads") ? page.getByRole("article", { name: "Turn 1" }) : page.getByRole("region", { name: "Transcript" });
    await eventually("both pictures have been read", () =>
      place.locator("img").evaluateAll((images) => images.length === 2 && images.every(({ naturalWidth }) => naturalWidth === 64)));
  }
  await openTrace(ids.chat);
});

test("code in an answer has its colours", async () => {
  const code = body("Output").getByRole("region", { name: "Code in python" });
  await code.locator("[data-code~=keyword]").first().waitFor();
  assert.deepEqual(await code.locator("[data-code~=keyword]").allInnerTexts(), ["def", "return"]);
  assert.deepEqual(await code.locator("[data-code~=comment]").allInnerTexts(), ["# never promise a date"]);
  await checked();
});

test("what was retrieved is a card each, with its score", async () => {
  await openTrace(ids.lists);
  const cards = body("Input").getByRole("list", { name: "documents" }).getByRole("listitem");
  assert.equal(await cards.filter({ hasText: "score" }).count(), 2);
  assert.match(await cards.first().innerText(), /shipping\.md[^]*score 0\.92[^]*Parcels leave Hamburg/);
  await body("Input").getByRole("button", { name: /^Show all/ }).click();
  await body("Input").getByText('"shipping"').waitFor();
  await checked();
});

test("rows of plain values are a table, and the choice of another view stays", async () => {
  const table = body("Output").getByRole("table");
  assert.deepEqual(await table.getByRole("columnheader").allInnerTexts(), ["id", "title", "price"]);
  assert.equal(await table.getByRole("row").count(), 3);
  await body("Output").getByRole("radio", { name: "Tree" }).click();
  await body("Output").getByText('"Returns"').waitFor();
  await page.reload();
  await body("Output").getByText('"Returns"').waitFor();
  assert.equal(await body("Output").getByRole("table").count(), 0);
  await body("Output").getByRole("radio", { name: "Pretty" }).click();
});

const act = async (path, item) => {
  await body("Metadata").getByRole("button", { name: `Actions for ${path}`, exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
};

test("keys go through the tree, open and close it, and reach what can be done", async () => {
  await openTrace(ids.newer);
  const toggle = body("Metadata").getByRole("button", { name: /^customer / });
  await toggle.focus();
  await page.keyboard.press("ArrowLeft");
  assert.equal(await toggle.getAttribute("aria-expanded"), "false");
  await page.keyboard.press("ArrowRight");
  assert.equal(await toggle.getAttribute("aria-expanded"), "true");
  await page.keyboard.press("ArrowRight");
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await eventually("the first child has the focus", async () => (await focused()) === "Actions for customer.plan");
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Copy value" }).waitFor();
  await checked();
  await page.keyboard.press("Escape");
  await eventually("the focus comes back", async () => (await focused()) === "Actions for customer.plan");
});

test("a value and its path are copied", async () => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await act("customer['full name']", "Copy value");
  await eventually("the value", async () => (await clipboard()) === "Ada L.");
  await act("customer['full name']", "Copy path");
  await eventually("the path", async () => (await clipboard()) === "metadata.customer['full name']");
});

test("a path becomes a column of the list at once, and that can be taken back", async () => {
  await act("customer.plan", "Show as column");
  await page.getByRole("columnheader", { name: "metadata.customer.plan" }).waitFor();
  await page.getByRole("gridcell", { name: "free", exact: true }).waitFor();
  await page.getByRole("button", { name: /^Undo/ }).click();
  await page.getByRole("columnheader", { name: "metadata.customer.plan" }).waitFor({ state: "detached" });
});

test("what is open stays open from trace to trace", async () => {
  const open = (id) => body("Metadata").getByRole("button", { name: new RegExp(`^${id} `) });
  await open("city").click();
  await body("Metadata").getByText('"Hamburg"').waitFor();
  await open("customer").focus();
  for (const id of [ids.large, ids.lists, ids.chat, ids.older]) {
    await page.keyboard.press("j");
    await eventually("the next trace", async () => page.url().includes(id));
  }
  await body("Metadata").getByText('"free"').waitFor();
  await body("Metadata").getByText('"Hamburg"').waitFor();
});

test("a value leads to all that have it", async () => {
  await act("customer['full name']", "Filter by this");
  await eventually("two traces", async () => (await traceRows(page).count()) === 2);
  assert.equal(await page.getByRole("combobox", { name: "Filter" }).inputValue(), `metadata.customer['full name']:"Ada L."`);
  await traceRows(page).filter({ hasText: "newer" }).click();
  await act("customer.plan", "Filter by this");
  await eventually("one trace", async () => (await traceRows(page).count()) === 1);
  await checked();
});

test("a text is searched everywhere, from the page of a trace as well", async () => {
  await openTrace(ids.newer, "traces/");
  await act("customer.plan", "Search this everywhere");
  await eventually("the search", async () => (await page.getByRole("searchbox", { name: /^Search/ }).inputValue()) === '"pro"');
  await traceRows(page).filter({ hasText: "newer" }).waitFor();
});

test("words are found also in what is closed, counted, and gone through", async () => {
  await openTrace(ids.newer);
  await body("Metadata").getByRole("button", { name: "Find in metadata" }).click();
  await page.keyboard.type("ham");
  await body("Metadata").getByText("1 of 1").waitFor();
  assert.deepEqual(await body("Metadata").locator("mark").allInnerTexts(), ["Ham"]);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("a");
  const status = body("Metadata").getByRole("status").filter({ hasText: " of " });
  await eventually("many places", async () => /^1 of ([2-9]|\d\d)/.test(await status.innerText()));
  await page.keyboard.press("Enter");
  await eventually("the second", async () => /^2 of/.test(await status.innerText()));
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.press("Shift+Enter");
  await eventually("the last", async () => /^(\d+) of \1$/.test(await status.innerText()));
  await checked();
  await page.keyboard.press("Escape");
  await eventually("no marks", async () => (await body("Metadata").locator("mark").count()) === 0);
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Find in metadata");
});

test("words are found in conversations and code as well", async () => {
  await openTrace(ids.chat);
  await body("Output").getByRole("button", { name: "Find in output" }).click();
  await page.keyboard.type("answer");
  await body("Output").getByText("1 of 1").waitFor();
  const marked = () => page.evaluate(() => [...(CSS.highlights.get("found-now") ?? [])].map((range) => range.toString()));
  assert.deepEqual(await marked(), ["answer"]);
  await page.keyboard.press("Escape");
  await eventually("no marks", async () => (await marked()).length === 0);
});

test("of a very large body a worker tells what is looked at", async () => {
  await openTrace(ids.large);
  const rows = body("Output").getByRole("listitem");
  await body("Output").getByText("12345678901234567890").waitFor();
  assert.equal(page.workers().length, 1);
  assert.ok((await rows.count()) < 150, `${await rows.count()} rows are in the page`);
  await checked();
  await body("Output").getByRole("button", { name: /^meta / }).focus();
  await page.keyboard.press("End");
  await eventually("the last row", () => page.evaluate(() => document.activeElement.textContent === "19000 more"));
  await page.keyboard.press("Home");
  await eventually("the first row", () => page.evaluate(() => document.activeElement.textContent.startsWith("meta")));
  const toggle = body("Output").getByRole("button", { name: /^rows / });
  await toggle.focus();
  await page.keyboard.press("ArrowLeft");
  await eventually("it is closed", async () => (await rows.count()) === 3);
  await page.keyboard.press("ArrowRight");
});

test("the transcript has it told by a worker too", async () => {
  await page.keyboard.press("4");
  const answer = page.getByRole("region", { name: "Transcript" }).getByRole("article", { name: "Answered" });
  await answer.getByText("12345678901234567890").waitFor();
  assert.equal(page.workers().length, 2);
  await checked();
  await page.keyboard.press("1");
  await eventually("its worker has ended", async () => page.workers().length === 1);
});

test("words are found anywhere in it, and a part of it is copied", async () => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await body("Output").getByRole("button", { name: "Find in output" }).click();
  await page.keyboard.type("row-19999");
  await body("Output").getByText("1 of 1").waitFor();
  await body("Output").locator("mark", { hasText: "row-19999" }).waitFor();
  await body("Output").getByRole("button", { name: "Actions for rows[19999].more", exact: true }).click();
  await page.getByRole("menuitem", { name: "Copy value" }).click();
  await eventually("the value", () => page.evaluate(async () => (await navigator.clipboard.readText()).replace(/\s/g, "") === '{"deep":[19999]}'));
  await body("Output").getByRole("button", { name: "Close find" }).click();
  await body("Output").getByRole("radio", { name: "JSON" }).click();
  await body("Output").getByRole("button", { name: /^Show all/ }).waitFor();
  await checked();
  await body("Output").getByRole("radio", { name: "Pretty" }).click();
});

test("the page asked no stranger", async () => {
  await checked();
  await page.context().close();
});
