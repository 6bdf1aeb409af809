// Where there is very much, a list comes page by page to its end, and a name without end breaks no page.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { eventually, seriousViolations, useBrowser } from "./story.js";

const MANY = 120;
const LONG = "endless".repeat(17);

let project;
let projectId;
let queueId;

/** Makes many things, the first of which comes last in lists, and one of a long name. */
async function makeMany(make) {
  await make("the very first");
  for (let at = 1; at < MANY - 1; at += 20) {
    const some = Array.from({ length: Math.min(20, MANY - 1 - at) }, (_, step) => make(`number ${at + step}`));
    await Promise.all(some);
  }
  await make(LONG);
}

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  projectId = await story.createProject(project);
  const names = { project_id: projectId, project_name: project };
  await makeMany((name) => story.post("prompts", { name, template: "hello", project_name: project }));
  await makeMany((name) => story.post("datasets", { name, project_name: project }));
  await makeMany((name) => story.post("annotation-queues", { ...names, name, scope: "trace", instructions: "", feedback_definition_names: [] }));
  await makeMany((name) => story.post("dashboards", { name, type: "multi_project", config: { version: 4, sections: [] } }));
  await makeMany((name) => story.createProject(name));
  const start_time = new Date().toISOString();
  const traces = Array.from({ length: MANY }, (_, at) => ({ name: at === 0 ? LONG : `trace ${at}`, project_name: project, start_time, input: { number: `number ${at}` } }));
  await story.post("traces/batch", { traces });
  const made = await story.post("annotation-queues", { ...names, name: "everything", scope: "trace", instructions: "", feedback_definition_names: [] });
  queueId = made.headers.get("location").split("/").at(-1);
  const { content } = await story.get(`traces?project_name=${project}&size=${MANY}`);
  await story.post(`annotation-queues/${queueId}/items/add`, { ids: content.map(({ id }) => id) });
});

/** How far what is in the page stands out of it, to the side. */
const tooWide = (page) =>
  page.evaluate(() => {
    const boxes = [document.documentElement, ...document.querySelectorAll("main > :not(.visually-hidden)")];
    return Math.max(...boxes.map((box) => box.scrollWidth - box.clientWidth));
  });

const PLACES = {
  prompts: () => `/default/projects/${projectId}/prompts`,
  datasets: () => `/default/projects/${projectId}/datasets`,
  "annotation queues": () => `/default/projects/${projectId}/annotation-queues`,
  dashboards: () => "/default/dashboards",
};

for (const [name, path] of Object.entries(PLACES)) {
  test(`${name} come page by page, on a narrow screen, too`, async () => {
    const page = await story.open(path(), { viewport: { width: 390, height: 844 } });
    await page.getByRole("link", { name: LONG }).waitFor();
    assert.ok((await tooWide(page)) <= 0, `${await tooWide(page)} px too wide`);
    assert.deepEqual(await seriousViolations(page), []);
    const last = page.getByRole("link", { name: "the very first" });
    assert.equal(await last.count(), 0);
    await eventually("the last page", async () => {
      if ((await last.count()) > 0) return true;
      const more = page.getByRole("button", { name: "Load more" });
      if ((await more.count()) > 0) await more.click();
      return "not yet";
    });
    assert.ok((await page.getByRole("row").count()) > MANY);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
}

test("what was loaded stays in sight when somebody adds to it", async () => {
  const page = await story.open(PLACES.prompts());
  await page.getByRole("button", { name: "Load more" }).click();
  await eventually("two pages", async () => (await page.getByRole("row").count()) === 101);
  await story.post("prompts", { name: "the newest", template: "hello", project_name: project });
  await page.getByRole("link", { name: "the newest" }).waitFor();
  assert.ok((await page.getByRole("row").count()) >= 101, "no page was lost");
  await page.context().close();
});

test("projects of long names fit, and all are there", async () => {
  const page = await story.open("/default/projects", { viewport: { width: 390, height: 844 } });
  await page.getByRole("link", { name: LONG }).waitFor();
  const [first, more] = [page.getByRole("link", { name: "the very first" }), page.getByRole("button", { name: "Load more" })];
  await more.click();
  await first.waitFor();
  assert.ok((await tooWide(page)) <= 0, `${await tooWide(page)} px too wide`);
  await page.context().close();
});

test("all items of a long queue are reached, and go into the file", async () => {
  const page = await story.open(`/default/projects/${projectId}/annotation-queues/${queueId}`);
  const more = page.getByRole("button", { name: "Load more" });
  await more.waitFor();
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  const lines = (await readFile(await (await downloading).path(), "utf8")).trim().split("\n");
  assert.equal(lines.length, MANY + 1);
  await more.click();
  await eventually("all rows", async () => (await page.getByRole("row").count()) === MANY + 1);
  await page.context().close();
});

test("an open trace of a long name fits a narrow screen", async () => {
  const { content } = await story.get(`traces?project_name=${project}&size=${MANY}`);
  const { id } = content.find(({ name }) => name === LONG);
  const page = await story.open(`/default/projects/${projectId}/traces/${id}`, { viewport: { width: 390, height: 844 } });
  await page.getByRole("treeitem").first().waitFor();
  assert.ok((await tooWide(page)) <= 0, `${await tooWide(page)} px too wide`);
  await page.context().close();
});
