// Somebody looks at a trace as a graph: which steps there were, what called what, what came after what.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AGENT_GRAPH, makeLoop, makeTwoRuns } from "./runs.js";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let runs;
let loop;
let page;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  runs = await makeTwoRuns(story, project);
  loop = await makeLoop(story, project, { _opik_graph_definition: { format: "mermaid", data: AGENT_GRAPH } });
});

const steps = () => page.getByRole("list", { name: "Steps" });
const step = (name) => steps().getByRole("button", { name });
const pressed = () => steps().getByRole("button", { pressed: true });

test("5 shows the steps of a trace as a graph, and what each leads to", async () => {
  page = await story.open(`${runs.projectPath}/logs?trace=${runs.after}`);
  await page.getByRole("treeitem", { name: /^pay/ }).waitFor();
  await page.keyboard.press("5");
  await step("pay").waitFor();
  assert.match(page.url(), /view=graph/);
  assert.equal(await steps().getByRole("listitem").count(), 5);
  await steps().getByRole("listitem").filter({ hasText: "plan the trip" }).getByText("calls search flights").waitFor();
  await steps().getByRole("listitem").filter({ hasText: "ask the model" }).getByText("then book a hotel").waitFor();
  assert.match(await step("pay").innerText(), /1 failed/);
  assert.deepEqual(await seriousViolations(page), []);
});

test("a chosen node is the chosen span, and the arrows go from node to node", async () => {
  await step("ask the model").click();
  await page.getByRole("article", { name: "span ask the model" }).waitFor();
  assert.match(page.url(), /span=/);
  await page.keyboard.press("ArrowDown");
  await page.getByRole("article", { name: "span book a hotel" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("article", { name: "span pay" }).waitFor();
  await page.reload();
  await eventually("pay is chosen still", async () => (await pressed().innerText()).includes("pay"));
});

test("the whole page is the graph's, until Escape gives it back", async () => {
  const canvas = async (place) => (await place.getByRole("list", { name: "Steps" }).locator("xpath=../..").boundingBox()).width;
  const before = await canvas(page);
  const enlarge = page.getByRole("button", { name: "Enlarge the graph" });
  await enlarge.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Graph" });
  await dialog.getByRole("button", { name: "ask the model" }).click();
  await dialog.getByRole("button", { name: "ask the model", pressed: true }).waitFor();
  assert.ok((await canvas(dialog)) > before * 1.3);
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("article", { name: "span ask the model" }).waitFor();
  assert.ok(await enlarge.evaluate((button) => button === document.activeElement));
  await step("pay").click();
});

test("the picture is enlarged, moved, and fitted again by key and by mouse", async () => {
  await step("pay").focus();
  const width = async () => (await step("pay").boundingBox()).width;
  const before = await width();
  await page.keyboard.press("+");
  await eventually("larger", async () => (await width()) > before * 1.2);
  const place = await step("pay").boundingBox();
  await page.keyboard.press("Shift+ArrowRight");
  await eventually("moved", async () => (await step("pay").boundingBox()).x < place.x - 20);
  await page.keyboard.press("0");
  await eventually("as it was", async () => Math.abs((await width()) - before) < 1);
  await page.mouse.move(place.x - 8, place.y - 8);
  await page.mouse.wheel(0, -300);
  await eventually("larger by the wheel", async () => (await width()) > before * 1.2);
  await page.getByRole("button", { name: "Show the whole graph" }).click();
  await eventually("as it was", async () => Math.abs((await width()) - before) < 1);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a graph that the client recorded is shown with the spans of its nodes", async () => {
  page = await story.open(`${runs.projectPath}/logs?trace=${loop}&view=graph`);
  await step("__start__").waitFor();
  assert.match(await step("tools").innerText(), /2×/);
  await steps().getByRole("listitem").filter({ hasText: "agent" }).getByText("leads to tools (continue)").waitFor();
  await step("tools").click();
  await page.getByText("1 of 2").waitFor();
  const first = page.url();
  await step("tools").click();
  await page.getByText("2 of 2").waitFor();
  assert.notEqual(page.url(), first);
  assert.deepEqual(await seriousViolations(page), []);
});

test("and so is the one that its spans make, with its loop", async () => {
  await page.getByRole("radio", { name: "From the spans" }).click();
  await steps().getByRole("listitem").filter({ hasText: "tools" }).getByText("then agent (2×)").waitFor();
  assert.match(await step("Step agent").innerText(), /3×/);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("braces lead to the other spans of a name in every view, also into what was collapsed", async () => {
  page = await story.open(`${runs.projectPath}/logs?trace=${loop}`);
  const selected = () => page.getByRole("treeitem", { selected: true });
  const model = page.getByRole("treeitem", { name: /^call the model/ });
  await model.nth(2).waitFor();
  await page.getByRole("treeitem", { name: /^agent/ }).nth(1).click();
  await page.keyboard.press("ArrowLeft");
  await eventually("folded", async () => (await model.count()) === 2);
  await model.first().click();
  await page.keyboard.press("]");
  await eventually("unfolded", async () => (await model.count()) === 3);
  const place = () => page.getByRole("treeitem").evaluateAll((items) => items.indexOf(document.activeElement));
  assert.equal(await place(), 5);
  await page.keyboard.press("[");
  assert.equal(await place(), 2);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("}");
  await eventually("the tool after it", async () => (await selected().innerText()).includes("tools"));
  await page.keyboard.press("3");
  await page.getByRole("tree", { name: "Spans as a flame chart" }).waitFor();
  await page.keyboard.press("}");
  await eventually("the agent after it", async () => (await selected().getAttribute("aria-label")).includes("agent"));
  await page.context().close();
});

test("a low phone shows the whole of a short graph, also once it is turned back", async () => {
  const small = { width: 390, height: 560 };
  page = await story.open(`${runs.projectPath}/logs?trace=${runs.after}&view=graph`, { viewport: small });
  await step("pay").waitFor();
  const cut = async () => {
    const frame = await steps().locator("xpath=../..").boundingBox();
    const boxes = await Promise.all((await steps().getByRole("button").all()).map((each) => each.boundingBox()));
    return boxes.filter(({ y, height }) => y < frame.y || y + height > frame.y + frame.height).length;
  };
  await eventually("no step is cut", async () => (await cut()) === 0 || (await cut()));
  const scale = async () => (await step("pay").boundingBox()).height;
  const low = await scale();
  await page.setViewportSize({ width: 390, height: 1_200 });
  await eventually("larger where there is room", async () => (await scale()) > low * 1.2 || (await scale()));
  await page.setViewportSize(small);
  await eventually("whole again", async () => (await cut()) === 0 || (await cut()));
  await page.getByRole("button", { name: "Enlarge the graph" }).click();
  const dialog = page.getByRole("dialog", { name: "Graph" });
  const covered = async () => {
    const top = (await dialog.getByRole("button", { name: "Zoom in" }).boundingBox()).y;
    const boxes = await Promise.all((await dialog.getByRole("listitem").all()).map((each) => each.boundingBox()));
    return boxes.filter(({ y, height }) => y + height > top).length;
  };
  await eventually("no step lies beneath the buttons", async () => (await covered()) === 0 || (await covered()));
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
