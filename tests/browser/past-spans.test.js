// Whoever walks through the history of a trace sees its spans as they were at the same moment.
import assert from "node:assert/strict";
import { test } from "node:test";
import { uuid7 } from "./load.js";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let tracePath;
let traceId;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  await story.runProgram(project, "saffron");
  const { content } = await story.get(`projects?name=${project}`);
  const { content: traces } = await story.get(`traces?project_name=${project}`);
  traceId = traces[0].id;
  tracePath = `/default/projects/${content[0].id}/traces/${traceId}`;
  const { content: spans } = await story.get(`spans?project_name=${project}&trace_id=${traceId}`);
  const answer = spans.find(({ name }) => name === "answer");
  await story.patch(`traces/${traceId}`, { project_name: project, tags: ["first"] });
  const late = { id: uuid7(), trace_id: traceId, project_name: project, name: "late step", type: "tool", start_time: new Date().toISOString() };
  await story.post("spans", late);
  await story.patch(`spans/${answer.id}`, { trace_id: traceId, project_name: project, name: "answer again", output: { text: "rewritten" } });
  await story.patch(`traces/${traceId}`, { project_name: project, tags: ["second"] });
});

// The client records a span for each call, that of the agent included.
const [THEN, NOW] = [3, 4];

let page;
const tree = () => page.getByRole("tree", { name: "Spans of the trace" });
const span = (name) => tree().getByRole("treeitem", { name });
const history = () => page.getByRole("region", { name: "History" });
const slider = () => history().getByRole("slider", { name: "Moment of this trace" });
const spansAsOf = () => page.getByText(/^Spans as of position \d+$/);
const spanCount = (count) => page.getByText(`${count} spans`, { exact: true });

test("a step of the slider shows the spans of that moment", async () => {
  page = await story.open(`${tracePath}?history=changes`);
  await span(/^late step/).waitFor();
  await span(/^answer again/).waitFor();
  await slider().focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await spansAsOf().waitFor();
  await span(/^late step/).waitFor({ state: "detached" });
  await span(/^answer,/).waitFor();
  await spanCount(THEN).waitFor();
  assert.equal(await span(/^answer again/).count(), 0);
  assert.deepEqual(await seriousViolations(page), []);
});

test("a reload keeps the moment, and other views show the same spans", async () => {
  await page.reload();
  await spansAsOf().waitFor();
  await spanCount(THEN).waitFor();
  await page.keyboard.press("4");
  const transcript = page.getByRole("region", { name: "Transcript" });
  await transcript.getByText("The answer holds saffron").first().waitFor();
  assert.equal(await transcript.getByText("rewritten").count(), 0);
  await page.keyboard.press("1");
});

test("a span is chosen among those of the moment, and told as it was", async () => {
  await span(/^answer,/).click();
  await page.getByRole("heading", { name: "History of this span" }).waitFor();
  await history().getByText("The answer holds saffron").first().waitFor();
  await spansAsOf().waitFor();
  await span(/^agent/).first().click();
});

test("back to now, the spans are those of now, and nothing of the past is left among them", async () => {
  await page.getByRole("button", { name: "Back to now" }).click();
  await spansAsOf().waitFor({ state: "detached" });
  await spanCount(NOW).waitFor();
  await span(/^answer again/).click();
  await page.getByRole("article", { name: "span answer again" }).getByText("rewritten").waitFor();
});

test("a moment that cannot be read says so, over the spans of now", async () => {
  await page.route("**/graphql", (route) => (route.request().postData()?.includes("asOf") ? route.abort() : route.continue()));
  await page.goto(`${story.server.rootUrl}${tracePath}?history=2`);
  await page.getByText(/These spans are of now\. As of position 2 they could not be read/).waitFor();
  await spanCount(NOW).waitFor();
  await page.unroute("**/graphql");
  await page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
  await page.getByText(/no such trace at position 2|^Spans as of position 2$/).waitFor();
});

test("a moment before the trace says that there was none", async () => {
  await page.goto(`${story.server.rootUrl}${tracePath}?history=1`);
  await page.getByText("There was no such trace at position 1. These spans are of now.").waitFor();
});
