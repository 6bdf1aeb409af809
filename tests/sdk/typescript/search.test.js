// A TypeScript program finds its traces and spans by what it remembers of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { USAGE, useServer } from "./story.js";

const story = useServer();

async function threeTraces() {
  const client = story.newClient();
  const red = client.trace({
    name: "Red checkout",
    input: { q: "where is the parcel" },
    metadata: { version: 2 },
    tags: ["prod", "eu"],
    threadId: "talk-1",
  });
  red.score({ name: "quality", value: 0.9 });
  const green = client.trace({ name: "green checkout", metadata: { version: 10 }, tags: ["prod"] });
  green.span({ name: "ask", type: "llm", model: "gpt-4o-mini", provider: "openai", usage: USAGE });
  const blue = client.trace({ name: "blue login" });
  blue.span({ name: "look", type: "tool" });
  await client.flush();
  return client;
}

test("every question finds what it asks for", async () => {
  const client = await threeTraces();
  const questions = {
    'name = "red checkout"': ["Red checkout"],
    'name contains "CHECKOUT"': ["Red checkout", "green checkout"],
    'input contains "parcel"': ["Red checkout"],
    'tags contains "eu"': ["Red checkout"],
    'thread_id = "talk-1"': ["Red checkout"],
    "metadata.version > 2": ["green checkout"],
    "feedback_scores.quality >= 0.5": ["Red checkout"],
    "usage.total_tokens = 16": ["green checkout"],
    'tags contains "prod" AND metadata.version < 5': ["Red checkout"],
    'name = "nobody"': [],
  };
  const found = {};
  for (const filterString of Object.keys(questions)) {
    const traces = await client.searchTraces({ filterString });
    found[filterString] = traces.map((trace) => trace.name).sort();
  }
  assert.deepEqual(found, questions);
});

test("spans are found by model, provider and type", async () => {
  const client = await threeTraces();
  const names = async (filterString) => (await client.searchSpans({ filterString })).map((span) => span.name);
  assert.deepEqual(await names('model = "gpt-4o-mini" AND provider = "openai"'), ["ask"]);
  assert.deepEqual(await names('type = "tool"'), ["look"]);
  assert.deepEqual((await names("")).sort(), ["ask", "look"]);
});

test("results are limited and newest first", async () => {
  const client = story.newClient();
  const ids = Array.from({ length: 6 }, (_, number) => client.trace({ name: `${number}` }).data.id);
  await client.flush();
  const found = await client.searchTraces({ maxResults: 4 });
  assert.deepEqual(found.map((trace) => trace.id), ids.sort().reverse().slice(0, 4));
});

test("waiting for results returns as soon as they are there", async () => {
  const client = story.newClient();
  client.trace({ name: "one" });
  client.trace({ name: "two" });
  await client.flush();
  const found = await client.searchTraces({ waitForAtLeast: 2, waitForTimeout: 10 });
  assert.deepEqual(found.map((trace) => trace.name).sort(), ["one", "two"]);
});

test("searching an unknown project is an error", async () => {
  await assert.rejects(story.newClient().searchTraces({}), (error) => error.statusCode === 404);
});

test("a project is listed once it has been logged to", async () => {
  const projectName = story.newProject("Ünïcode 日本");
  const client = story.newClient(projectName);
  client.trace({ name: "first" });
  await client.flush();
  const page = await client.api.projects.findProjects({ name: projectName, page: 1, size: 10 });
  assert.deepEqual([page.total, page.content[0].name], [1, projectName]);
  const project = await client.api.projects.getProjectById(page.content[0].id);
  assert.ok(project.lastUpdatedTraceAt instanceof Date);
  assert.equal((await client.api.projects.retrieveProject({ name: projectName })).id, project.id);
});
