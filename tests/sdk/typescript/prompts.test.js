// A TypeScript program keeps its prompts on the server and asks for the version that it wants.
import assert from "node:assert/strict";
import { test } from "node:test";
import { useServer } from "./story.js";

const story = useServer();
const name = () => story.newProject("greet");

test("the same prompt is one version and new content a new one", async () => {
  const client = story.newClient();
  const prompt = { name: name(), prompt: "Hello {{name}}", metadata: { temperature: 0.5 } };
  const first = await client.createPrompt(prompt);
  const again = await client.createPrompt({ ...prompt });
  assert.deepEqual([again.versionId, again.commit], [first.versionId, first.commit]);
  assert.equal(first.format({ name: "Ann" }), "Hello Ann");
  const second = await client.createPrompt({ ...prompt, prompt: "Bye {{name}}" });
  assert.notEqual(second.versionId, first.versionId);
  const versions = await first.getVersions();
  assert.deepEqual(versions.map((version) => version.prompt), ["Bye {{name}}", "Hello {{name}}"]);
  assert.deepEqual(versions[0].metadata, { temperature: 0.5 });
  assert.ok(versions[0].createdAt instanceof Date);
});

test("a prompt is got by name and by commit, or is null", async () => {
  const client = story.newClient();
  const prompt = name();
  const first = await client.createPrompt({ name: prompt, prompt: "one" });
  await client.createPrompt({ name: prompt, prompt: "two" });
  assert.equal((await client.getPrompt({ name: prompt })).prompt, "two");
  assert.equal((await client.getPrompt({ name: prompt, commit: first.commit })).prompt, "one");
  assert.equal(await client.getPrompt({ name: name() }), null);
});

test("properties change without touching what is left out", async () => {
  const client = story.newClient();
  const prompt = await client.createPrompt({ name: name(), prompt: "hi", description: "says hi", tags: ["a"] });
  await prompt.updateProperties({ tags: ["a", "b"] });
  const { body } = await story.get(`prompts/${prompt.id}`);
  assert.deepEqual([body.description, body.tags], ["says hi", ["a", "b"]]);
  const renamed = name();
  await prompt.updateProperties({ name: renamed });
  assert.equal((await client.getPrompt({ name: renamed })).id, prompt.id);
});

test("an old version is used again as the newest", async () => {
  const client = story.newClient();
  const prompt = name();
  const first = await client.createPrompt({ name: prompt, prompt: "one" });
  const second = await client.createPrompt({ name: prompt, prompt: "two" });
  const [, oldest] = await second.getVersions();
  const restored = await second.useVersion(oldest);
  assert.equal(restored.prompt, "one");
  assert.notEqual(restored.commit, first.commit);
  assert.deepEqual((await second.getVersions()).map((version) => version.prompt), ["one", "two", "one"]);
});

test("chat prompts are kept as messages and found by filters", async () => {
  const client = story.newClient();
  const prompt = name();
  const messages = [{ role: "user", content: "Hello {{name}}" }];
  const chat = await client.createChatPrompt({ name: prompt, messages, tags: ["talk"] });
  assert.deepEqual((await client.getChatPrompt({ name: prompt })).messages, messages);
  assert.deepEqual(chat.format({ name: "Ann" }), [{ role: "user", content: "Hello Ann" }]);
  const found = await client.searchPrompts('tags contains "talk"');
  assert.deepEqual(found.map((one) => one.name), [prompt]);
  await assert.rejects(client.getPrompt({ name: prompt }));
});

test("deleted prompts are gone", async () => {
  const client = story.newClient();
  const [one, two] = [name(), name()];
  const first = await client.createPrompt({ name: one, prompt: "1" });
  const second = await client.createPrompt({ name: two, prompt: "2" });
  await first.delete();
  await client.deletePrompts([second.id]);
  for (const { id } of [first, second]) assert.equal((await story.get(`prompts/${id}`)).status, 404);
});

test("environments are made, changed and deleted", async () => {
  const { environments } = story.newClient().api;
  await environments.createEnvironment({ name: "staging", color: "blue" });
  const [made] = (await environments.findEnvironments()).content;
  assert.deepEqual([made.name, made.color], ["staging", "blue"]);
  await environments.updateEnvironment(made.id, { name: "production" });
  assert.equal((await environments.getEnvironmentById(made.id)).name, "production");
  await assert.rejects(environments.createEnvironment({ name: "production" }), (error) => error.statusCode === 409);
  await environments.deleteEnvironmentsBatch({ ids: [made.id] });
  assert.deepEqual((await environments.findEnvironments()).content, []);
});
