// Somebody follows the links that programs print: they know less than this application does, and lead there all the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { beginPairing } from "./pairing.js";
import { eventually, seriousViolations, traceRows, useBrowser } from "./story.js";

let project;
let projectId;
let projectPath;

const story = useBrowser(async (story) => {
  project = story.newName("harbour");
  await story.runProgram(project, "indigo");
  const { content } = await story.get(`projects?name=${project}`);
  projectId = content[0].id;
  projectPath = `/default/projects/${projectId}`;
});

const idOf = (answer) => answer.headers.get("location").split("/").at(-1);
const makeDataset = async (name, fields) => idOf(await story.post("datasets", { name, ...fields }));
const makeExperiment = async (dataset, fields) =>
  idOf(await story.post("experiments", { dataset_name: dataset, name: story.newName("trial"), ...fields }));

async function leadsTo(from, path, sign) {
  const page = await story.open(from);
  await eventually(`${from} leads to ${path}`, async () => page.url().startsWith(story.server.rootUrl + path) || page.url());
  await sign(page).waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

test("a dataset is found without its project, and one of no project is shown where it is", async () => {
  const inside = await makeDataset("questions", { project_id: projectId });
  const outside = await makeDataset("stray questions", {});
  const heading = (name) => (page) => page.getByRole("heading", { name });
  await leadsTo(`/default/datasets/${inside}/items`, `${projectPath}/datasets/${inside}/items`, heading("questions"));
  await leadsTo(`/default/datasets/${inside}`, `${projectPath}/datasets/${inside}/items`, heading("questions"));
  await leadsTo(`${projectPath}/test-suites/${inside}/items`, `${projectPath}/datasets/${inside}/items`, heading("questions"));
  await leadsTo(`/default/datasets/${outside}/items`, `/default/datasets/${outside}/items`, heading("stray questions"));
});

test("experiments are found without their project, and those of no project are shown where they are", async () => {
  const dataset = await makeDataset("answers", { project_id: projectId });
  const inside = await makeExperiment("answers", { project_name: project });
  const outside = await makeExperiment("stray questions", {});
  const compare = (id) => `compare?experiments=${encodeURIComponent(JSON.stringify([id]))}`;
  const heading = (page) => page.getByRole("heading", { name: /^trial-/ });
  await leadsTo(`/default/experiments/${dataset}/${compare(inside)}`, `${projectPath}/experiments/${dataset}/compare`, heading);
  await leadsTo(`/default/experiments/${dataset}/${compare(outside)}`, `/default/experiments/${dataset}/compare`, heading);
});

test("a project is found by its name, and an unknown name leads to those like it", async () => {
  await leadsTo(`/default/redirect/projects?name=${project}`, `${projectPath}/logs`, (page) => traceRows(page).first());
  await leadsTo("/default/redirect/projects?name=harb", "/default/projects?name=harb", (page) => page.getByRole("link", { name: project }));
});

test("a machine is connected by the link that its program prints, with the keyboard alone", async () => {
  const { runner, path } = await beginPairing(story, { id: projectId, name: project }, "Ada’s laptop", "endpoint");
  const page = await story.open(path);
  const button = page.getByRole("button", { name: "Connect Ada’s laptop" });
  await button.waitFor();
  assert.match(await page.getByRole("main").innerText(), new RegExp(project));
  assert.deepEqual(await seriousViolations(page), []);
  assert.equal((await story.get(`local-runners/${runner}`)).status, "pairing");
  await button.press("Enter");
  await page.getByRole("heading", { name: "Ada’s laptop is connected" }).waitFor();
  assert.equal((await story.get(`local-runners/${runner}`)).status, "connected");
  await eventually("the key has left the address", async () => !page.url().includes("#") || page.url());
  assert.deepEqual(page.complaints, []);
  await page.getByRole("link", { name: `To ${project}` }).click();
  await traceRows(page).first().waitFor();
  await page.context().close();
});

test("a link that was used or cut says so", async () => {
  const { path } = await beginPairing(story, { id: projectId, name: project }, "desk", "connect");
  const page = await story.open(path);
  await page.getByRole("button", { name: "Connect desk" }).click();
  await page.getByRole("heading", { name: "desk is connected" }).waitFor();
  const again = await story.open(path);
  await again.getByRole("button", { name: "Connect desk" }).click();
  await again.getByRole("alert").waitFor();
  await again.getByRole("button", { name: "Connect desk" }).waitFor();
  const cut = await story.open(path.slice(0, -4));
  await cut.getByText("This link connects nothing").waitFor();
  for (const each of [page, again, cut]) await each.context().close();
});
