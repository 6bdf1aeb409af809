// What every test of this folder starts from: one server for the file, a client of its own for each test.
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before } from "node:test";
import { startServer } from "./server.js";

// Nothing of the person who runs the suite may reach the client.
for (const name of Object.keys(process.env)) if (name.startsWith("OPIK_")) delete process.env[name];
process.env.HOME = mkdtempSync(join(tmpdir(), "cairn-home-"));
process.env.OPIK_LOG_LEVEL = "ERROR";

const { Opik } = await import("opik");

export const USAGE = { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 };

/** Declares the server of a test file and gives what its tests need. */
export function useServer() {
  const story = { server: undefined };
  let failed = false;

  before(async () => {
    story.server = await startServer();
    process.env.OPIK_URL_OVERRIDE = story.server.apiUrl;
  });
  afterEach((test) => {
    failed ||= test.passed === false || test.error !== undefined;
  });
  after(async () => {
    const log = await story.server?.readLog();
    const code = await story.server?.stop();
    if (failed) console.error(`log of cairn:\n${log}`);
    if (code !== 0) throw new Error(`SIGTERM must end the server with exit code 0, not ${code}`);
  });

  story.newProject = (name = "project") => `${name}-${randomBytes(4).toString("hex")}`;
  story.newClient = (projectName = story.newProject(), options = {}) =>
    new Opik({ projectName, apiUrl: story.server.apiUrl, ...options });
  story.get = async (path) => {
    const answer = await fetch(`${story.server.apiUrl}/v1/private/${path}`);
    return { status: answer.status, body: answer.ok ? await answer.json() : await answer.text() };
  };
  return story;
}
