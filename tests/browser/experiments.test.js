// A team asks whether a change made its application better: runs over the same items, side by side.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let project;
let projectPath;
let dataset;
let items;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  await story.runWorld(project);
  const { content } = await story.get(`projects?name=${project}`);
  projectPath = `/default/projects/${content[0].id}`;
  ({ content: [dataset] } = await story.get("datasets?name=customer"));
  ({ content: items } = await story.get(`datasets/${dataset.id}/items?size=10`));
});

let page;
const figures = () => page.getByRole("table", { name: "Figures" });
const rows = () => page.getByRole("table", { name: "Items" }).getByRole("row");
const dialog = () => page.getByRole("dialog");
const idsOf = (url) => JSON.parse(new URL(url).searchParams.get("experiments"));

/** A third experiment, as a client sends it: some items twice, and with verdicts. */
async function runPolite(questions, runs = 1) {
  const rows = questions.flatMap((item) => Array(runs).fill({ dataset_item_id: item.id, evaluate_task_result: { output: "Please ask again." }, feedback_scores: [{ name: "closeness", value: 0.25, source: "sdk" }] }));
  await story.put("experiments/items/bulk", { experiment_name: "polite", dataset_name: dataset.name, project_name: project, items: rows });
  const { content } = await story.get(`experiments?dataset_id=${dataset.id}&name=polite`);
  return content[0].id;
}

async function tracesOf(experiment) {
  const ids = encodeURIComponent(JSON.stringify([experiment]));
  const { content } = await story.get(`datasets/${dataset.id}/items/experiments/items?experiment_ids=${ids}&size=10`);
  return content.flatMap((row) => row.experiment_items.map((item) => item.trace_id));
}

async function choose(column, entry) {
  await page.getByRole("button", { name: `Actions of ${column}`, exact: true }).click();
  await page.getByRole("menuitem", { name: entry }).click();
}

test("two experiments are chosen and compared, the older as the baseline", async () => {
  page = await story.open(`${projectPath}/experiments`);
  await page.getByRole("checkbox", { name: "Choose baseline" }).check();
  await page.getByRole("checkbox", { name: "Choose shorter answers" }).check();
  await page.getByRole("button", { name: "Compare 2" }).click();
  await figures().waitFor();
  assert.match(await figures().getByRole("row", { name: /^brevity/ }).innerText(), /\+0\.\d/);
  assert.deepEqual(await seriousViolations(page), []);
});

test("what was computed of an experiment as a whole, and the prompts that it used, stand with its figures", async () => {
  const { content: [prompt] } = await story.get("prompts?name=support");
  const { content: [version] } = await story.get(`prompts/${prompt.id}/versions`);
  const { content: [shorter] } = await story.get(`experiments?dataset_id=${dataset.id}&name=shorter`);
  await story.patch(`experiments/${shorter.id}`, { experiment_scores: [{ name: "agreement", value: 0.75 }] });
  await figures().getByRole("row", { name: "agreement of the whole – 0.75" }).waitFor();
  const asked = await story.post("experiments", { dataset_name: dataset.name, name: "asked", project_name: project, prompt_versions: [{ id: version.id }] });
  const id = asked.headers.get("location").split("/").at(-1);
  const comparison = page.url();
  await page.goto(comparison.replace(/experiments=[^&]*/, `experiments=${encodeURIComponent(JSON.stringify([id]))}`));
  await figures().getByRole("row", { name: /^prompts/ }).getByRole("link", { name: "support answer v2" }).waitFor();
  await story.ask("mutation ($ids: [ID!]!) { deleteExperiments(ids: $ids) }", { ids: [id] });
  await page.goto(comparison);
});

test("the figures are those that the server tells everybody", async () => {
  const told = await story.ask(
    "query ($ids: [ID!]!) { compareExperiments(ids: $ids) { experiments { measures { measure difference differenceInterval { low high } regressedCount } } } }",
    { ids: idsOf(page.url()) },
  );
  const measure = told.compareExperiments.experiments[1].measures.find((each) => each.measure === "feedback_scores.closeness");
  const { low, high } = measure.differenceInterval;
  const short = (value) => String(Number(value.toPrecision(3)));
  const row = await figures().getByRole("row", { name: /^closeness/ }).innerText();
  assert.ok(row.includes(`−${short(-measure.difference)} ± ${short((high - low) / 2)}`), row);
  await page.getByRole("button", { name: `${measure.regressedCount} regressed` }).waitFor();
});

test("what fell most comes first, and only what fell can be shown", async () => {
  const fallen = page.getByRole("button", { name: /regressed/ });
  const count = Number((await fallen.innerText()).split(" ")[0]);
  assert.ok(count > 0);
  await fallen.click();
  await eventually("only regressions", async () => (await rows().count()) === count + 1);
  assert.match(page.url(), /change=regressed/);
  await page.getByLabel("By", { exact: true }).selectOption("brevity");
  await eventually("another measure", async () => /measure=feedback_scores.brevity/.test(page.url()));
  await page.getByLabel("By", { exact: true }).selectOption("closeness");
  await page.reload();
  await eventually("only regressions after a reload", async () => (await rows().count()) === count + 1);
  await page.getByRole("button", { name: /regressed/ }).click();
  await eventually("all items", async () => (await rows().count()) === items.length + 1);
});

test("outputs are cut after one line or after many, as this browser was told last", async () => {
  const cut = () => rows().nth(1).locator("td p").first().evaluate((element) => getComputedStyle(element).webkitLineClamp);
  for (const [name, lines] of [["Low rows", "1"], ["High rows", "16"], ["Medium rows", "4"]]) {
    await page.getByRole("button", { name: "Row height" }).press("Enter");
    await page.getByRole("menuitemradio", { name }).press("Enter");
    await eventually(`${lines} lines`, async () => (await cut()) === lines || (await cut()));
  }
});

test("an item shows what each made of it, and the words that differ", async () => {
  await page.getByRole("button", { name: "Open item 1" }).click();
  await dialog().getByRole("region", { name: "baseline" }).waitFor();
  await dialog().getByRole("radio", { name: "Differences from the baseline" }).click();
  await dialog().getByRole("region", { name: "What differs in shorter answers" }).locator("mark").first().waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.reload();
  await dialog().getByText(`Item 1 of ${items.length}`).waitFor();
  const comparison = page.url();
  await dialog().getByRole("link", { name: "Trace" }).first().click();
  await page.getByRole("treeitem").first().waitFor();
  await page.goto(comparison);
  await dialog().getByText(`Item 1 of ${items.length}`).waitFor();
  await page.keyboard.press("j");
  await dialog().getByText(`Item 2 of ${items.length}`).waitFor();
  await page.keyboard.press("k");
  await dialog().getByText(`Item 1 of ${items.length}`).waitFor();
  await page.goto(comparison.replace(/&item=[^&]*/, ""));
});

test("items are found by what is in them and in what came of them", async () => {
  const box = page.getByRole("searchbox", { name: "Filter items" }).or(page.getByRole("textbox", { name: "Filter items" }));
  await box.fill("data.question:parcel");
  await box.press("Enter");
  await eventually("only the parcel", async () => (await rows().count()) === 2 || (await rows().count()));
  assert.match(page.url(), /filter=data.question/);
  await page.reload();
  await eventually("only the parcel after a reload", async () => (await rows().count()) === 2 || (await rows().count()));
  await box.fill("nonsense:1");
  await box.press("Enter");
  await page.getByRole("alert").getByText("`nonsense`").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await box.fill("");
  await box.press("Enter");
  await eventually("all items", async () => (await rows().count()) === items.length + 1);
});

test("what an item is made of stands in columns of its own, which are chosen and sort the items", async () => {
  const table = page.getByRole("table", { name: "Items" });
  const first = async () => (await table.getByRole("rowheader").first().innerText()).split("\n")[0];
  const questions = items.map((item) => item.data.question).toSorted();
  await table.getByRole("button", { name: "question", exact: true }).click();
  await eventually("descending", async () => (await first()) === questions.at(-1) || (await first()));
  await page.getByRole("columnheader", { name: "question", exact: true }).and(page.locator("[aria-sort=descending]")).waitFor();
  await table.getByRole("button", { name: "question", exact: true }).click();
  await eventually("ascending", async () => (await first()) === questions[0] || (await first()));
  assert.match(page.url(), /sort=data\.question/);
  await page.reload();
  await eventually("ascending after a reload", async () => (await first()) === questions[0] || (await first()));
  await page.getByRole("button", { name: "Columns" }).click();
  for (const name of ["expected", "Item ID"]) await page.getByRole("menuitemcheckbox", { name }).click();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Escape");
  await page.reload();
  await table.getByRole("button", { name: "Item ID" }).waitFor();
  const heads = (await table.getByRole("columnheader").allInnerTexts()).map((text) => text.trim());
  assert.deepEqual(heads, ["question", "language", "Item ID", "baseline", "shorter answers"]);
  await page.getByLabel("Order", { exact: true }).selectOption("Largest fall first");
  await eventually("no column's order", async () => !page.url().includes("sort="));
});

test("experiments lead to their traces, all of them or one", async () => {
  const comparison = page.url();
  const [baseline, shorter] = idsOf(comparison);
  const asked = () => new URL(page.url()).searchParams.get("filter");
  await page.getByRole("button", { name: "View traces" }).click();
  await page.waitForURL(/\/logs\?/);
  assert.equal(asked(), `experiment_id:"${baseline}" OR experiment_id:"${shorter}"`);
  await page.goto(comparison);
  await choose("shorter answers", "View traces");
  await page.waitForURL(/\/logs\?/);
  assert.equal(asked(), `experiment_id:"${shorter}"`);
  await page.goto(`${story.server.rootUrl}${projectPath}/experiments`);
  await page.getByRole("checkbox", { name: "Choose baseline" }).check();
  await page.getByRole("button", { name: "View traces" }).click();
  await page.waitForURL(/\/logs\?/);
  assert.equal(asked(), `experiment_id:"${baseline}"`);
  await page.goto(comparison);
});

test("the means stand beside each other as bars, by key and as a file", async () => {
  await page.getByRole("radio", { name: "Charts" }).click();
  const scores = page.getByRole("region", { name: "Scores", exact: true });
  await scores.getByRole("application").focus();
  await page.keyboard.press("ArrowRight");
  await scores.getByText("shorter answers").last().waitFor();
  await page.getByRole("region", { name: "duration", exact: true }).getByRole("application").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), scores.getByRole("button", { name: "Scores as CSV" }).click()]);
  assert.match((await readFile(await download.path(), "utf8")).split("\r\n")[0], /^score,baseline,shorter answers/);
  assert.deepEqual(await seriousViolations(page), []);
  await page.reload();
  await scores.getByRole("application").waitFor();
  await page.getByRole("radio", { name: "Items" }).click();
});

test("why a run was judged so, and what people said of it, stands beneath its output", async () => {
  const [traceId] = await tracesOf(idsOf(page.url())[0]);
  await story.put(`traces/${traceId}/feedback-scores`, { name: "tone", value: 0.5, source: "ui", reason: "A little curt." });
  await story.post(`traces/${traceId}/comments`, { text: "Ask the shop first." });
  await eventually("the item", async () => {
    await page.getByRole("button", { name: /^Open item 1$/ }).click();
    for (let at = 0; at < items.length; at++) {
      await dialog().getByRole("region", { name: "baseline" }).getByText("Output").first().waitFor();
      if ((await dialog().getByRole("list", { name: "Reasons" }).getByText("A little curt.").count()) > 0) return true;
      await dialog().getByRole("button", { name: "Next item" }).click();
    }
    await dialog().getByRole("button", { name: "Close" }).click();
    return false;
  });
  await dialog().getByRole("list", { name: "Comments" }).getByText("Ask the shop first.").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await dialog().getByRole("button", { name: "Close" }).click();
  await dialog().waitFor({ state: "detached" });
  await page.reload();
  await rows().getByText("1 comment", { exact: true }).waitFor();
});

test("what is compared goes into a file", async () => {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV" }).click()]);
  const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
  assert.match(lines[0], /^item,data,baseline: output,.*shorter answers: closeness,"shorter answers: closeness, difference"/);
  assert.equal(lines.length, items.length + 1);
  assert.match(download.suggestedFilename(), /baseline and shorter answers/);
});

test("the setup stands side by side, and only what differs on demand", async () => {
  await page.getByRole("radio", { name: "Configuration" }).click();
  const table = page.getByRole("table", { name: "Configuration" });
  await table.getByRole("row", { name: /^model.temperature 0.2 0.2/ }).waitFor();
  await page.getByRole("checkbox", { name: "Only differences" }).check();
  await table.getByRole("row", { name: /^model.name gpt-4o gpt-4o-mini/ }).waitFor();
  assert.equal(await table.getByRole("row", { name: /temperature/ }).count(), 0);
  await table.getByRole("button", { name: "Differences in prompt" }).click();
  await dialog().getByText("added: Answer in eight words.").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Escape");
  await page.reload();
  await table.getByRole("row", { name: /^model.name/ }).waitFor();
  await page.getByRole("radio", { name: "Items" }).click();
});

test("what comes in while somebody presses waits until they let go, and the press is not lost", async () => {
  await page.getByRole("radio", { name: "Configuration" }).click();
  const button = page.getByRole("button", { name: "Differences in prompt" });
  await button.scrollIntoViewIfNeeded();
  const box = await button.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  const [traceId] = await tracesOf(idsOf(page.url())[0]);
  const answered = page.waitForResponse(async (response) => response.url().endsWith("/graphql") && (await response.text()).includes("feedback_scores.calm"));
  await story.put(`traces/${traceId}/feedback-scores`, { name: "calm", value: 1, source: "ui" });
  await answered;
  // What was answered is drawn within a few frames, unless it waits.
  await page.evaluate(() => new Promise((done) => setTimeout(done, 300)));
  assert.equal(await figures().getByRole("row", { name: /^calm/ }).count(), 0);
  await page.mouse.up();
  await dialog().getByText("added: Answer in eight words.").waitFor();
  await page.keyboard.press("Escape");
  await figures().getByRole("row", { name: /^calm/ }).waitFor();
  await page.getByRole("radio", { name: "Items" }).click();
});

test("an experiment that comes later is added, and shows what passes while verdicts come in", async () => {
  const polite = await runPolite(items.slice(0, 2), 2);
  await page.getByRole("button", { name: "Choose experiments" }).click();
  assert.deepEqual(await seriousViolations(page), []);
  await dialog().getByRole("checkbox", { name: "polite" }).check();
  await dialog().getByRole("button", { name: "Compare 3" }).click();
  await figures().getByRole("columnheader", { name: /^polite/ }).waitFor();
  await page.getByLabel("Of", { exact: true }).selectOption("polite");
  await page.getByText("4 not measured in both").waitFor();
  const traces = await tracesOf(polite);
  assert.equal(traces.length, 4);
  const verdict = (trace, at) => ({ entity_id: trace, project_name: project, name: "says please", status: at < 2 ? "failed" : "passed", reason: "read aloud", source: "sdk" });
  await story.put("assertion-results", { entity_type: "TRACE", assertion_results: traces.map(verdict) });
  await figures().getByRole("row", { name: /^passed – – 50% 1 of 2 items/ }).waitFor();
  await page.getByText("not passed, 0 of 2 runs").waitFor();
  await page.getByText("passed, 2 of 2 runs", { exact: true }).waitFor();
  await page.getByText("not passed, 0 of 2 runs").locator("xpath=ancestor::tr").getByRole("button").click();
  await dialog().getByRole("region", { name: "polite, run 2" }).getByText("read aloud").waitFor();
  await page.keyboard.press("Escape");
});

test("another becomes the baseline, and one is taken out", async () => {
  await choose("polite", "Make it the baseline");
  await figures().getByRole("columnheader", { name: /^polite baseline/ }).waitFor();
  await page.getByText("“polite” is the measure of the others").waitFor();
  await choose("shorter answers", "Take it out");
  await page.getByRole("heading", { name: "2 experiments" }).waitFor();
  assert.equal(idsOf(page.url()).length, 2);
});

test("an experiment gets another name and tags, and a colleague sees it at once", async () => {
  const colleague = await story.open(page.url().slice(story.server.rootUrl.length));
  await colleague.getByRole("columnheader", { name: /^polite baseline/ }).waitFor();
  await choose("polite", "Edit name, tags and configuration");
  await dialog().getByLabel("Name").fill("polite answers");
  await dialog().getByLabel("Tags").fill("nightly, tone");
  await page.keyboard.press("Enter");
  for (const each of [page, colleague]) await each.getByRole("list", { name: "Tags of polite answers" }).getByText("nightly").waitFor();
  assert.deepEqual(colleague.complaints, []);
  await colleague.context().close();
});

test("an experiment alone is looked at, and a list is narrowed by a filter", async () => {
  await page.goto(`${story.server.rootUrl}${projectPath}/experiments`);
  await page.getByRole("searchbox", { name: "Filter experiments" }).fill("name:baseline");
  await page.keyboard.press("Enter");
  await eventually("one experiment", async () => (await page.getByRole("table", { name: "Experiments" }).getByRole("row").count()) === 2);
  await page.getByRole("link", { name: "baseline" }).click();
  await page.getByRole("heading", { name: "baseline" }).waitFor();
  await eventually("its items", async () => (await rows().count()) === items.length + 1);
  assert.deepEqual(page.complaints, []);
});

test("a trace leads to the experiments that it is a run of, and to their dataset, even if it was linked afterwards", async () => {
  const { content: [baseline] } = await story.get(`experiments?dataset_id=${dataset.id}&name=baseline`);
  const [trace] = await tracesOf(baseline.id);
  await page.goto(`${story.server.rootUrl}${projectPath}/logs?trace=${trace}`);
  const facts = page.getByLabel("Facts", { exact: true });
  await facts.getByText(`baseline over ${dataset.name}`, { exact: true }).waitFor();
  const later = await story.post("experiments", { dataset_name: dataset.name, name: "second look", project_name: project });
  const item = { experiment_id: later.headers.get("location").split("/").at(-1), dataset_item_id: items[0].id, trace_id: trace };
  await story.post("experiments/items", { experiment_items: [item] });
  await facts.getByRole("link", { name: "second look" }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.reload();
  await facts.getByRole("link", { name: "second look" }).waitFor();
  await facts.getByRole("link", { name: "baseline" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "baseline" }).waitFor();
  await page.goBack();
  await facts.getByRole("link", { name: dataset.name }).first().click();
  await page.getByRole("heading", { level: 1, name: dataset.name }).waitFor();
  await story.ask("mutation ($ids: [ID!]!) { deleteExperiments(ids: $ids) }", { ids: [item.experiment_id] });
  assert.deepEqual(page.complaints, []);
});

test("items come page by page, and a link finds one that is far down", async () => {
  const name = `many ${project}`;
  await story.put("datasets/items", { dataset_name: name, project_name: project, items: Array.from({ length: 60 }, (_, n) => ({ source: "sdk", data: { n } })) });
  const { content: [many] } = await story.get(`datasets?name=${encodeURIComponent(name)}`);
  const { content } = await story.get(`datasets/${many.id}/items?size=100`);
  const bulk = content.map((item) => ({ dataset_item_id: item.id, evaluate_task_result: { n: item.data.n }, feedback_scores: [{ name: "size", value: item.data.n, source: "sdk" }] }));
  await story.put("experiments/items/bulk", { experiment_name: "long", dataset_name: name, project_name: project, items: bulk });
  const { content: [long] } = await story.get(`experiments?dataset_id=${many.id}`);
  const path = `${projectPath}/experiments/${many.id}/compare?experiments=${encodeURIComponent(JSON.stringify([long.id]))}`;
  await page.goto(`${story.server.rootUrl}${path}&order=lowest`);
  await eventually("a page", async () => (await rows().count()) === 51);
  await page.getByText("50 of 60 items").waitFor();
  await page.getByRole("button", { name: "Load more" }).click();
  await eventually("all", async () => (await rows().count()) === 61);
  await page.getByRole("button", { name: "Open item 60" }).click();
  await page.reload();
  await dialog().getByText("Item 60 of 60").waitFor();
  await dialog().getByRole("button", { name: "Previous item" }).click();
  await dialog().getByText("Item 59 of 60").waitFor();
  assert.deepEqual(page.complaints, []);
});

test("an experiment that is not there says so", async () => {
  const lost = encodeURIComponent(JSON.stringify(["01a21956-6365-72dc-870a-000bb1033cd8"]));
  await page.goto(`${story.server.rootUrl}${projectPath}/experiments/${dataset.id}/compare?experiments=${lost}`);
  await page.getByRole("alert").getByText(/not found/i).waitFor();
  await page.goto(`${story.server.rootUrl}${projectPath}/experiments/${dataset.id}/compare`);
  await page.getByText("No experiments are chosen").waitFor();
});

test("three scores or more are drawn around a centre, told by key and in a table, and the address keeps that", async () => {
  const own = story.newName("round");
  const id = await story.createProject(own);
  const name = story.newName("asked");
  await story.put("datasets/items", { dataset_name: name, project_name: own, items: [{ source: "sdk", data: { n: 1 } }] });
  const { content: [dataset] } = await story.get(`datasets?name=${name}`);
  const { content: [item] } = await story.get(`datasets/${dataset.id}/items`);
  const ids = await Promise.all([0.25, 0.75].map(async (brevity, at) => {
    const now = new Date().toISOString();
    const trace = { name: "answer", start_time: now, end_time: now, output: { answer: "yes" }, project_name: own };
    const feedback_scores = Object.entries({ brevity, calm: 0.5, stars: 4 + at }).map(([score, value]) => ({ name: score, value, source: "sdk" }));
    const items = [{ dataset_item_id: item.id, trace, feedback_scores }];
    await story.put("experiments/items/bulk", { experiment_name: `try ${at}`, dataset_name: name, project_name: own, items });
    const { content } = await story.get(`experiments?dataset_id=${dataset.id}&name=${encodeURIComponent(`try ${at}`)}`);
    return content[0].id;
  }));
  await page.goto(`${story.server.rootUrl}/default/projects/${id}/experiments/${dataset.id}/compare?tab=charts&experiments=${encodeURIComponent(JSON.stringify(ids))}`);
  const scores = page.getByRole("region", { name: "Scores", exact: true });
  await scores.getByRole("radio", { name: "Radar" }).click();
  const figures = scores.getByRole("table", { name: "Figures of Scores" });
  await figures.getByRole("row", { name: "brevity 0.25 0.75" }).waitFor();
  await scores.getByRole("application").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await eventually("each at a score", async () => /stars\s+from 0 to 5\s+try 0\s+4\s+try 1\s+5/.test(await scores.innerText()));
  assert.deepEqual(await seriousViolations(page), []);
  const [download] = await Promise.all([page.waitForEvent("download"), scores.getByRole("button", { name: "Scores as CSV" }).click()]);
  assert.equal((await readFile(await download.path(), "utf8")).split("\r\n")[1], "brevity,0.25,0.75");
  await page.reload();
  await figures.waitFor();
  await scores.getByRole("radio", { name: "Bars" }).click();
  await figures.waitFor({ state: "detached" });
  await scores.getByRole("application").waitFor();
});

test("each run of an item is judged beside what it made, by key alone, and the judgement counts", async () => {
  await story.post("feedback-definitions", { name: "verdict", type: "categorical", details: { categories: { right: 1, wrong: 0 } } });
  await page.goto(page.url().replace("tab=charts", "tab=items"));
  await page.getByRole("button", { name: "Open item 1" }).press("Enter");
  const run = (name) => dialog().getByRole("region", { name, exact: true });
  await run("try 0").getByRole("button", { name: "Annotate try 0" }).waitFor();
  await run("try 1").getByRole("button", { name: "Annotate try 1" }).waitFor();
  await page.keyboard.press("a");
  const annotate = (name) => run(name).getByRole("region", { name: "Annotate" });
  await annotate("try 0").getByRole("radio", { name: "wrong" }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("a");
  await annotate("try 0").waitFor({ state: "detached" });
  await annotate("try 1").getByRole("radio", { name: "right" }).press("Space");
  await run("try 1").getByText(/verdict 1/).first().waitFor();
  await page.keyboard.press("Escape");
  await annotate("try 1").waitFor({ state: "detached" });
  const back = run("try 1").getByRole("button", { name: "Annotate try 1" });
  await eventually("the focus is back", () => back.evaluate((button) => button === document.activeElement));
  await page.keyboard.press("Escape");
  await dialog().waitFor({ state: "detached" });
  await rows().nth(1).getByText(/verdict/).waitFor();
  await figures().getByRole("row", { name: /^verdict/ }).waitFor();
  assert.deepEqual(page.complaints.filter((text) => !/404/.test(text)), []);
});
