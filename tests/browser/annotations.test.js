// A team lead lets people judge traces: a queue with instructions, a review by keys, and the result as a file.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let projectPath;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  for (const word of ["oregano", "parsley"]) await story.runProgram(project, word);
  const { content } = await story.get(`projects?name=${project}`);
  projectPath = `/default/projects/${content[0].id}`;
  await story.post("feedback-definitions", { name: "accuracy", type: "numerical", details: { min: 0, max: 10 } });
});

let page;

test("a queue is made, and traces are put into it", async () => {
  page = await story.open(`${projectPath}/annotation-queues`);
  await page.getByRole("button", { name: "New queue" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("spices");
  await dialog.getByLabel("Description (optional)").fill("Of the week");
  await dialog.getByLabel("Kept for a reviewer (minutes)").fill("none");
  await dialog.getByRole("button", { name: "Save queue" }).click();
  await dialog.getByText("An item is kept for a number of minutes.").waitFor();
  await dialog.getByLabel("Kept for a reviewer (minutes)").fill("2.5");
  await dialog.getByLabel("Instructions").fill("Is the **spice** right?");
  await dialog.getByRole("checkbox", { name: "accuracy" }).check();
  assert.deepEqual(await seriousViolations(page), []);
  await dialog.getByRole("button", { name: "Save queue" }).click();
  await page.getByRole("heading", { name: "spices" }).waitFor();
  await page.goto(`${story.server.rootUrl}${projectPath}/logs`);
  await traceRows(page).nth(1).waitFor();
  await page.getByRole("checkbox", { name: "Select all that are loaded" }).check();
  await page.getByRole("button", { name: "Add to queue" }).click();
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("Added 2 to spices.").waitFor();
});

test("a reviewer goes through it by keys", async () => {
  await page.goto(`${story.server.rootUrl}${projectPath}/annotation-queues`);
  await page.getByRole("link", { name: "spices" }).click();
  await page.getByRole("link", { name: "Review" }).click();
  for (const [word, done] of [["oregano", "1 of 2"], ["parsley", "2 of 2"]]) {
    await page.getByRole("region", { name: "What is judged" }).getByText(word).first().waitFor();
    await page.getByText("Is the spice right?").waitFor();
    // The first score has the focus: whoever reviews needs no mouse.
    await page.keyboard.type("8");
    await page.keyboard.press("Enter");
    await page.getByText("accuracy: 8").last().waitFor();
    assert.deepEqual(await seriousViolations(page), []);
    await page.keyboard.press("Control+Enter");
    await page.getByText(done).waitFor();
  }
  await page.getByText("Nothing is left for you").waitFor();
});

test("what was judged is seen in the queue, and goes into a file", async () => {
  await page.getByRole("link", { name: "To the queue" }).first().click();
  await page.getByRole("row", { name: /judged 8/ }).first().waitFor();
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  const lines = (await readFile(await (await downloading).path(), "utf8")).trim().split("\r\n");
  assert.equal(lines[0], "id,name,input,reviewers,accuracy");
  assert.equal(lines.length, 3);
  const again = page.waitForEvent("download");
  await page.getByRole("button", { name: "JSON" }).click();
  const told = JSON.parse(await readFile(await (await again).path(), "utf8"));
  assert.deepEqual(told.map(({ scores }) => scores), [{ accuracy: 8 }, { accuracy: 8 }]);
});

test("how it is set up is told, and who judged how much", async () => {
  const facts = await page.getByLabel("Configuration").innerText();
  assert.match(facts.replace(/\s+/g, " "), /About Of the week Scores that are wanted accuracy People for each item 1 Kept for a reviewer 2.5 min Reviewers admin 2/);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Link for reviewers" }).click();
  await page.getByText(/^Copied the link of the review/).waitFor();
  const queueId = new URL(page.url()).pathname.split("/").at(-1);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${story.server.rootUrl}/default/sme?queueId=${queueId}`);
  await page.getByRole("button", { name: "Edit" }).click();
  assert.equal(await page.getByRole("dialog").getByLabel("Kept for a reviewer (minutes)").inputValue(), "2.5");
  await page.keyboard.press("Escape");
  assert.deepEqual(page.complaints, []);
});

test("a queue leads to what is in it as a list of the logs", async () => {
  const queue = page.url();
  await page.getByRole("button", { name: "View in logs" }).click();
  await page.waitForURL(/\/logs\?/);
  const told = new URL(page.url()).searchParams;
  assert.equal(told.get("filter"), `annotation_queue_id:"${new URL(queue).pathname.split("/").at(-1)}"`);
  assert.equal(told.get("logsType"), null);
  const make = 'mutation ($project: ID!) { createAnnotationQueue(projectId: $project, scope: THREAD, input: { name: "talks" }) { id } }';
  const { createAnnotationQueue: talks } = await story.ask(make, { project: projectPath.split("/").at(-1) });
  await page.goto(`${story.server.rootUrl}${projectPath}/annotation-queues/${talks.id}`);
  await page.getByRole("button", { name: "View in logs" }).click();
  await page.waitForURL(/\/logs\?.*threads/);
  assert.equal(new URL(page.url()).searchParams.get("filter"), `annotation_queue_id:"${talks.id}"`);
  await story.ask("mutation ($ids: [ID!]!) { deleteAnnotationQueues(ids: $ids) }", { ids: [talks.id] });
  await page.goto(queue);
});

test("what is in a queue is sorted by how far it is and by each score, and several are taken out at once", async () => {
  const projectId = projectPath.split("/").at(-1);
  const make = "mutation ($project: ID!) { createAnnotationQueue(projectId: $project, scope: TRACE, input: { name: \"sorted\", feedbackDefinitionNames: [\"fit\"], annotatorsPerItem: 2 }) { id } }";
  const { createAnnotationQueue: { id } } = await story.ask(make, { project: projectId });
  await story.post("feedback-definitions", { name: "fit", type: "numerical", details: { min: 0, max: 10 } });
  const { content: traces } = await story.get(`traces?project_id=${projectId}&size=2`);
  await story.ask("mutation ($id: ID!, $items: [ID!]!) { addAnnotationItems(id: $id, items: $items) { id } }", { id, items: traces.map((trace) => trace.id) });
  const older = traces.at(-1);
  const score = "mutation ($id: ID!, $queue: ID!) { scoreTrace(id: $id, score: { name: \"fit\", value: 3, annotationQueueId: $queue }) { id } }";
  await story.ask(score, { id: older.id, queue: id });
  await page.goto(`${story.server.rootUrl}${projectPath}/annotation-queues/${id}`);
  const list = page.getByRole("table", { name: "Items" });
  const states = async () => (await list.getByRole("row").allInnerTexts()).slice(1).map((row) => /waits|begun/.exec(row)?.[0]).join(" ");
  await eventually("the oldest first", async () => (await states()) === "begun waits" || (await states()));
  await list.getByRole("button", { name: "State" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await eventually("what waits first", async () => (await states()) === "waits begun" || (await states()));
  await page.reload();
  await eventually("the same after a reload", async () => (await states()) === "waits begun" || (await states()));
  await list.getByRole("button", { name: "fit" }).click();
  await eventually("what has the score first", async () => (await states()) === "begun waits" || (await states()));
  assert.deepEqual(await seriousViolations(page), []);
  for (const box of await list.getByRole("checkbox").all()) await box.check();
  await page.getByRole("button", { name: "Take 2 items out" }).click();
  await page.getByText("Nothing is in this queue yet").waitFor();
  await story.ask("mutation ($ids: [ID!]!) { deleteAnnotationQueues(ids: $ids) }", { ids: [id] });
  assert.deepEqual(page.complaints, []);
});

test("whoever reviews sees what is in the queue and what is done, and goes to any of it by key", async () => {
  await story.post("feedback-definitions", { name: "tone", type: "numerical", details: { min: 0, max: 10 } });
  const projectId = projectPath.split("/").at(-1);
  const make = "mutation ($project: ID!) { createAnnotationQueue(projectId: $project, scope: TRACE, input: { name: \"again\", commentsEnabled: true, feedbackDefinitionNames: [\"tone\"] }) { id } }";
  const { createAnnotationQueue: { id } } = await story.ask(make, { project: projectId });
  const { content: traces } = await story.get(`traces?project_id=${projectId}&size=2`);
  await story.ask("mutation ($id: ID!, $items: [ID!]!) { addAnnotationItems(id: $id, items: $items) { id } }", { id, items: traces.map((trace) => trace.id) });
  await page.goto(`${story.server.rootUrl}${projectPath}/annotation-queues/${id}/review`);
  const list = page.getByRole("complementary", { name: "Items of the queue" });
  const items = list.getByRole("button");
  const current = async () => (await items.evaluateAll((all) => all.findIndex((item) => item.ariaCurrent === "true"))) + 1;
  await items.nth(1).getByText("to do").waitFor();
  assert.equal(await current(), 1);
  const score = page.getByRole("region", { name: "Judgement" }).getByLabel("tone").first();
  await eventually("the focus on the first score", () => score.evaluate((field) => field === document.activeElement));
  await page.keyboard.press("Control+i");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await eventually("the second", async () => (await current()) === 2);
  await page.reload();
  await eventually("the second after a reload", async () => (await items.count()) === 2 && (await current()) === 2);
  await score.fill("7");
  await page.keyboard.press("Enter");
  await items.nth(1).getByText("judged by you").waitFor();
  assert.match(await list.getByRole("list", { name: "Judged by" }).innerText(), /admin\s+1/);
  assert.equal(await current(), 2, "it stays until one goes on");
  assert.deepEqual(await seriousViolations(page), []);
  const focused = () => page.evaluate(() => document.activeElement.matches("textarea") ? "comment" : document.activeElement.getAttribute("aria-label"));
  // An item that opens takes the focus to its first score; Esc leaves it.
  const leave = async () => {
    await eventually("the first score", async () => (await focused()) === "tone" || (await focused()));
    await page.keyboard.press("Escape");
  };
  await leave();
  await page.keyboard.press("k");
  await eventually("the first", async () => (await current()) === 1);
  await leave();
  await page.keyboard.press("j");
  await eventually("the second again", async () => (await current()) === 2);
  await leave();
  await page.keyboard.press("c");
  await eventually("the comment", async () => (await focused()) === "comment" || (await focused()));
  await page.keyboard.type("fc");
  await page.keyboard.press("Escape");
  await page.keyboard.press("f");
  await leave();
  await page.keyboard.press("Control+Enter");
  await eventually("what waits still", async () => (await current()) === 1);
  assert.equal(new URL(page.url()).search, "");
  assert.deepEqual(page.complaints, []);
});

test("on a phone the scores stay in sight while what is judged scrolls", async () => {
  const { content: [queue] } = await story.get("annotation-queues?size=1");
  const phone = await story.open(`${projectPath}/annotation-queues/${queue.id}/review`, { viewport: { width: 390, height: 844 } });
  const judgement = phone.getByRole("region", { name: "Judgement" });
  const done = judgement.getByRole("button", { name: /^Done, next/ });
  await done.waitFor();
  const thing = phone.getByRole("region", { name: "What is judged" });
  await eventually("something to scroll", () => thing.evaluate((box) => box.scrollHeight > box.clientHeight));
  await thing.evaluate((box) => box.scrollTo(0, box.scrollHeight));
  for (const part of [judgement.getByRole("group").first(), done]) {
    const { y, height } = await part.boundingBox();
    assert.ok(y >= 0 && y + height <= 844, `${y} to ${y + height}`);
  }
  const seen = await thing.boundingBox();
  assert.ok(seen.height > 844 / 3, `${seen.height} px of what is judged`);
  assert.deepEqual(await seriousViolations(phone), []);
  await phone.context().close();
});

test("who comes by the link for reviewers is told what is wanted, judges by keys, and is told what was done", async () => {
  const projectId = projectPath.split("/").at(-1);
  await story.post("feedback-definitions", { name: "verdict", type: "categorical", description: "As a cook would say", details: { categories: { good: 1, bad: 0 } } });
  const make = "mutation ($project: ID!) { createAnnotationQueue(projectId: $project, scope: TRACE, input: { name: \"herbs\", description: \"For the menu\", instructions: \"Think of **dinner**.\", feedbackDefinitionNames: [\"verdict\"] }) { id } }";
  const { createAnnotationQueue: { id } } = await story.ask(make, { project: projectId });
  const { content: traces } = await story.get(`traces?project_id=${projectId}&size=2`);
  await story.ask("mutation ($id: ID!, $items: [ID!]!) { addAnnotationItems(id: $id, items: $items) { id } }", { id, items: traces.map((trace) => trace.id) });
  const locks = async () => (await story.ask("query ($id: ID!) { annotationQueue(id: $id) { items { nodes { locks { by } } } } }", { id })).annotationQueue.items.nodes.flatMap((item) => item.locks).length;
  await page.goto(`${story.server.rootUrl}/default/sme?queueId=${id}`);
  await page.getByRole("heading", { name: "You are asked to review" }).waitFor();
  await page.getByText("For the menu").waitFor();
  await page.getByText("2 traces, each to be judged by 1 person.").waitFor();
  await page.getByRole("region", { name: "Instructions" }).getByText("Think of dinner.").waitFor();
  const wanted = await page.getByRole("region", { name: "What you score" }).getByText("verdict").locator("..").innerText();
  assert.match(wanted.replace(/\s+/g, " "), /verdict As a cook would say One of: bad, good/);
  assert.equal(await page.getByRole("navigation").count(), 0, "no ways to the rest of the application");
  assert.equal(await page.getByRole("main").getByRole("link").count(), 0);
  assert.equal(await locks(), 0, "nothing is kept from others before it begins");
  assert.deepEqual(await seriousViolations(page), []);
  const begin = page.getByRole("button", { name: "Begin" });
  await eventually("the focus on the way in", () => begin.evaluate((button) => button === document.activeElement));
  await page.keyboard.press("Enter");
  const section = (name) => page.getByRole("complementary", { name: "Items of the queue" }).getByRole("region", { name });
  await eventually("both wait", async () => (await section("To review").getByRole("button").count()) === 2);
  assert.equal(await section("Completed").count(), 0);
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  for (const left of [1, 0]) {
    const good = page.getByRole("radio", { name: "good" });
    await eventually("the focus on the first answer", async () => (await focused()) === "bad" || (await focused()));
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Space");
    await eventually("the answer", async () => (await good.getAttribute("aria-checked")) === "true");
    await eventually("it is completed", async () => (await section("To review").getByRole("button").count()) === left);
    await page.keyboard.press("Control+Enter");
  }
  const done = page.getByRole("heading", { name: "Nothing is left for you" });
  await eventually("the focus on what is said", () => done.evaluate((heading) => heading === document.activeElement));
  await page.getByText("You have judged 2 items. Thank you. Of 2 items in the queue 2 are done.").waitFor();
  const judged = page.getByRole("table", { name: "What you judged" });
  assert.equal(await judged.getByText("verdict 1").count(), 2);
  assert.deepEqual(await seriousViolations(page), []);
  await judged.getByRole("button").first().press("Enter");
  await page.getByRole("region", { name: "What is judged" }).waitFor();
  await page.goBack();
  await begin.waitFor();
  await page.goto(`${story.server.rootUrl}/default/sme`);
  await page.getByText("This link names no queue").waitFor();
  await page.goto(`${story.server.rootUrl}/default/sme?queueId=${projectId}`);
  await page.getByText("There is no such queue").waitFor();
  assert.deepEqual(page.complaints, []);
});
