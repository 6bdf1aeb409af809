// A team is told when something happens: an alert is written, tried out, fires before one's eyes, and can be taken back.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { eventually, seriousViolations, useBrowser } from "./story.js";

// A minute is long for who waits.
process.env.CAIRN_ALERT_SECONDS = "1";

const received = [];
const statuses = [];
const receiver = createServer((request, answer) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    received.push({ headers: request.headers, body: JSON.parse(body) });
    answer.writeHead(statuses.shift() ?? 200).end();
  });
});
await new Promise((done) => receiver.listen(0, "127.0.0.1", done));
after(() => receiver.close());
const url = `http://127.0.0.1:${receiver.address().port}/hook`;

let project;
let projectId;
let page;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  projectId = await story.createProject(project);
  page = await story.open(`/default/projects/${projectId}/alerts`);
});

const dialog = () => page.getByRole("dialog");
const part = (name) => page.getByRole("group", { name });
const firings = () => page.getByRole("table", { name: "When it fired" }).getByRole("row").filter({ has: page.getByRole("cell") });

test("where there is none, one is written by keys alone", async () => {
  await page.getByRole("heading", { name: "No alerts yet" }).waitFor();
  await page.getByRole("button", { name: "New alert" }).press("Enter");
  await page.getByRole("heading", { name: "New alert" }).waitFor();
  await page.getByRole("button", { name: "Create alert" }).press("Enter");
  await page.getByText("An alert needs a name.").waitFor();
  await part("Alert").getByLabel("Name").fill("on call");
  await part("Where the message goes").getByLabel("URL").fill(url);
  await part("Where the message goes").getByLabel("Secret token (optional)").fill("open sesame");
  await page.getByRole("button", { name: "Header", exact: true }).press("Enter");
  await page.getByLabel("Header 1", { exact: true }).fill("X-Team");
  await page.getByLabel("Value of header 1").fill("shop");
  await page.getByLabel("Add a trigger").selectOption({ label: "Prompt created" });
  await page.getByLabel("Add a trigger").selectOption({ label: "Trace errors" });
  const errors = page.getByRole("region", { name: "Trace errors" });
  await errors.getByLabel("Failed traces above").fill("many");
  await page.getByRole("button", { name: "Create alert" }).press("Enter");
  await page.getByText("A threshold is a number.").waitFor();
  await errors.getByLabel("Failed traces above").fill("1");
  await errors.getByLabel("Over the last").selectOption({ label: "5 minutes" });
  await errors.getByRole("button", { name: "Or", exact: true }).press("Enter");
  await errors.getByLabel("Failed traces above").nth(1).fill("9");
  assert.deepEqual(await seriousViolations(page), []);
});

test("a test message shows what came of it", async () => {
  statuses.push(500);
  await page.getByRole("button", { name: "Send a test message" }).press("Enter");
  await page.getByText("the receiver answered 500").waitFor();
  await page.getByRole("button", { name: "Send a test message" }).press("Enter");
  await page.getByText("the receiver answered 200").waitFor();
  const { headers, body } = received.at(-1);
  assert.equal(headers.authorization, "Bearer open sesame");
  assert.equal(headers["x-team"], "shop");
  assert.equal(body.event_type, "prompt:created");
  assert.deepEqual(await seriousViolations(page), []);
});

test("whoever leaves with something unsaved is asked", async () => {
  await page.getByRole("link", { name: "Logs" }).click();
  await dialog().getByText("What you have changed here is not saved.").waitFor();
  await dialog().getByRole("button", { name: "Stay" }).click();
  await dialog().waitFor({ state: "detached" });
  assert.equal(await part("Alert").getByLabel("Name").inputValue(), "on call");
});

test("it is kept, and fires before one's eyes", async () => {
  received.length = 0;
  await page.getByRole("button", { name: "Create alert" }).press("Enter");
  await page.getByRole("heading", { name: "on call", exact: true }).waitFor();
  await page.getByText("It has not fired yet.").waitFor();
  await story.post("prompts", { name: "greeting", project_name: project });
  await firings().filter({ hasText: "Prompt created" }).getByText("delivered", { exact: true }).waitFor();
  await firings().getByText("greeting").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  const error_info = { exception_type: "ValueError", message: "no", traceback: "no" };
  const trace = { project_name: project, start_time: new Date().toISOString(), error_info };
  statuses.push(400);
  await story.post("traces", trace);
  await story.post("traces", trace);
  const told = firings().filter({ hasText: "Trace errors" });
  await told.getByText("not delivered").waitFor();
  await told.getByText("the receiver answered 400").waitFor();
  await told.getByText("trace:errors 2 > 1 over 5 minutes").waitFor();
  await eventually("both messages came", async () => received.length === 2);
});

test("it is changed, and its secret stays", async () => {
  await part("Where the message goes").getByText("There is one that nobody is shown").waitFor();
  await part("Alert").getByLabel("Name").fill("at night");
  await page.getByRole("button", { name: "Save alert" }).click();
  await page.getByRole("heading", { name: "at night", exact: true }).waitFor();
  received.length = 0;
  await story.post("prompts", { name: "farewell", project_name: project });
  await eventually("it is told", async () => received.length === 1);
  assert.equal(received[0].headers.authorization, "Bearer open sesame");
  assert.equal(received[0].body.alert_name, "at night");
});

test("the list shows it, a colleague's change comes by itself, and what is deleted comes back", async () => {
  await page.getByRole("link", { name: "Alerts", exact: true }).first().click();
  const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: "at night" }) });
  await row.getByText("enabled").waitFor();
  await row.getByText("General webhook").waitFor();
  await row.getByText("Prompt created, Trace errors").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  const { content: [alert] } = await story.get("alerts");
  await story.put(`alerts/${alert.id}`, { ...alert, enabled: false });
  await row.getByText("disabled").waitFor();
  await row.getByRole("link", { name: "at night" }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await dialog().getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { name: "No alerts yet" }).waitFor();
  await page.getByRole("button", { name: /^Undo/ }).click();
  await page.getByRole("link", { name: "at night" }).waitFor();
  assert.deepEqual(page.complaints, []);
});
