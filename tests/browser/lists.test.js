// Queues, optimizations and dashboards are looked through as all lists are: sorted, searched, with chosen columns, and
// several deleted at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { uuid7 } from "./load.js";
import { eventually, seriousViolations, useBrowser } from "./story.js";

const story = useBrowser(async () => {});

const MAKE = {
  queue: (project, name) =>
    story.ask("mutation ($project: ID!, $name: String!) { createAnnotationQueue(projectId: $project, scope: TRACE, input: { name: $name }) { id } }", { project: project.id, name }),
  optimization: (project, name) =>
    story.put("optimizations", { id: uuid7(), name, dataset_name: "questions", project_name: project.name, objective_name: "closeness", status: "completed" }),
  dashboard: (_, name) => story.post("dashboards", { name, type: "multi_project", config: { version: 4, sections: [] } }),
};

for (const [what, place, table, column] of [
  ["queue", "annotation-queues", "Annotation queues", "Created by"],
  ["optimization", "optimizations", "Optimizations", "Begun by"],
  ["dashboard", "dashboards", "Dashboards", "ID"],
]) {
  test(`the list of ${place} stands in any order, is searched, has its columns chosen, and loses several at once`, async () => {
    const project = { name: story.newName("lists") };
    project.id = await story.createProject(project.name);
    for (const name of ["beta", "Alpha", "gamma"]) await MAKE[what](project, `${name} ${what}`);
    const page = await story.open(place === "dashboards" ? `/default/${place}` : `/default/projects/${project.id}/${place}`);
    const list = page.getByRole("table", { name: table });
    const names = async () => (await list.getByRole("rowheader").getByRole("link").allInnerTexts()).map((name) => name.split(" ")[0]).join(" ");
    await eventually("the newest first", async () => (await names()) === "gamma Alpha beta" || (await names()));
    await list.getByRole("button", { name: "Name" }).focus();
    await page.keyboard.press("Enter");
    await eventually("the last name first", async () => (await names()) === "gamma beta Alpha" || (await names()));
    await page.keyboard.press("Enter");
    await eventually("the first name first", async () => (await names()) === "Alpha beta gamma" || (await names()));
    await page.reload();
    await eventually("the same after a reload", async () => (await names()) === "Alpha beta gamma" || (await names()));
    assert.equal(await list.getByRole("columnheader", { name: "Name" }).getAttribute("aria-sort"), "ascending");
    await page.keyboard.press("/");
    await page.keyboard.type("ALPHA");
    await eventually("what is called so", async () => (await names()) === "Alpha" || (await names()));
    await page.getByRole("searchbox").fill("");
    await eventually("all again", async () => (await names()) === "Alpha beta gamma" || (await names()));
    await page.getByRole("button", { name: "Columns" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitemcheckbox", { name: column, exact: true }).click();
    await page.keyboard.press("Escape");
    await page.reload();
    await list.getByRole("columnheader", { name: column, exact: true }).waitFor();
    await list.getByRole("checkbox", { name: "Choose all that are shown" }).focus();
    await page.keyboard.press("Space");
    await list.getByRole("checkbox", { name: `Choose beta ${what}` }).focus();
    await page.keyboard.press("Space");
    assert.deepEqual(await seriousViolations(page), []);
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText(`Deleted 2 ${what}s.`).waitFor();
    await eventually("one is left", async () => (await names()) === "beta" || (await names()));
    await page.getByRole("button", { name: "Undo" }).last().click();
    await eventually("both are back", async () => (await names()) === "Alpha beta gamma" || (await names()));
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
}

test("the list of datasets stands in the order of the column that is pressed, which its address keeps", async () => {
  const project_name = story.newName("sorted");
  const projectId = await story.createProject(project_name);
  const change = "mutation ($input: ChangeDatasetItemsInput!) { changeDatasetItems(input: $input) { id } }";
  for (const [name, itemCount, versionCount] of [["many", 3, 2], ["some", 2, 3], ["few", 1, 1]]) {
    await story.post("datasets", { name, project_name });
    const items = Array.from({ length: itemCount }, (_, at) => ({ source: "manual", data: { question: `${at}?` } }));
    await story.put("datasets/items", { dataset_name: name, project_name, items });
    const { content: [{ id: datasetId }] } = await story.get(`datasets?name=${name}`);
    for (let number = 2; number <= versionCount; number += 1) {
      const executionPolicy = { runsPerItem: number, passThreshold: 1 };
      await story.ask(change, { input: { datasetId, executionPolicy, description: `Runs ${number} times`, overrides: true } });
    }
  }
  const page = await story.open(`/default/projects/${projectId}/datasets`);
  const list = page.getByRole("table", { name: "Datasets" });
  const names = async () => (await list.getByRole("rowheader").getByRole("link").allInnerTexts()).join(" ");
  const head = (column) => list.getByRole("columnheader", { name: column, exact: true });
  await eventually("the newest first", async () => (await names()) === "few some many" || (await names()));
  for (const [column, sort, falling, rising] of [
    ["Items", "item_count", "many some few", "few some many"],
    ["Versions", "version_count", "some many few", "few many some"],
  ]) {
    await head(column).getByRole("button").click();
    await eventually(`${column} falls`, async () => (await names()) === falling || (await names()));
    assert.equal(new URL(page.url()).searchParams.get("sort"), `-${sort}`);
    await head(column).getByRole("button").click();
    await eventually(`${column} rises`, async () => (await names()) === rising || (await names()));
    assert.equal(new URL(page.url()).searchParams.get("sort"), sort);
    await page.reload();
    await eventually(`${column} rises still`, async () => (await names()) === rising || (await names()));
    assert.equal(await head(column).getAttribute("aria-sort"), "ascending");
  }
  await head("Versions").getByRole("button").click();
  await eventually("as it was", async () => (await names()) === "few some many" || (await names()));
  assert.equal(new URL(page.url()).searchParams.get("sort"), null);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
