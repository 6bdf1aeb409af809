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
