// A TypeScript program keeps a dataset, evaluates what it does over it, and reads back what came of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Contains, evaluate } from "opik";
import { useServer } from "./story.js";

const story = useServer();

async function eventually(look) {
  for (const deadline = Date.now() + 20_000; ; await pause(50)) {
    const seen = await look();
    if (seen) return seen;
    assert.ok(Date.now() < deadline, "it was not seen in time");
  }
}

test("items are inserted once, kept in versions, changed and taken away", async () => {
  const project = story.newProject();
  const client = story.newClient(project);
  const dataset = await client.getOrCreateDataset(`set-${project}`);
  await dataset.insert([{ q: "a" }, { q: "b" }]);
  await dataset.insert([{ q: "a" }, { q: "c" }]);
  const items = await dataset.getItems();
  assert.deepEqual(items.map((item) => item.q).sort(), ["a", "b", "c"]);
  assert.equal((await client.getOrCreateDataset(`set-${project}`)).id, dataset.id);
  const [first, second] = items;
  await dataset.update([{ id: first.id, q: "changed" }]);
  await dataset.delete([second.id]);
  const left = await dataset.getItems();
  assert.deepEqual(left.find((item) => item.id === first.id).q, "changed");
  assert.equal(left.length, 2);
  const old = await dataset.getVersionView("v2");
  assert.deepEqual((await old.getItems()).map((item) => item.q).sort(), ["a", "b", "c"]);
});

test("an evaluation becomes an experiment with its scores", async () => {
  const project = story.newProject();
  const client = story.newClient(project);
  const dataset = await client.createDataset(`set-${project}`);
  await dataset.insert([{ q: "a", want: "A" }, { q: "b", want: "x" }]);
  const result = await evaluate({
    client,
    dataset,
    projectName: project,
    experimentName: `run-${project}`,
    experimentConfig: { model: "echo" },
    task: async (item) => ({ output: item.q.toUpperCase(), substring: item.want }),
    scoringMetrics: [new Contains("has it", false)],
  });
  assert.equal(result.testResults.length, 2);
  await client.flush();
  const found = await eventually(async () => {
    const { body } = await story.get(`experiments/${result.experimentId}`);
    return body.trace_count === 2 && body.feedback_scores?.length && body;
  });
  assert.deepEqual(found.feedback_scores, [{ name: "has it", value: 0.5 }]);
  assert.deepEqual([found.name, found.metadata.model], [`run-${project}`, "echo"]);
  const [experiment] = await client.getExperimentsByName(`run-${project}`);
  const items = await experiment.getItems();
  assert.deepEqual(items.map((item) => item.evaluationTaskOutput.output).sort(), ["A", "B"]);
});
