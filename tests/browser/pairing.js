// The part of a program of one's own machine that asks to be connected, and the program itself.
import { spawn } from "node:child_process";
import { createHash, createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PYTHON } from "./story.js";

const bytesOf = (id) => Buffer.from(id.replaceAll("-", ""), "hex");

/** Begins a pairing; gives the runner that waits for it, and the path of the link that the program prints. */
export async function beginPairing(story, project, name, kind) {
  const key = randomBytes(32);
  const body = { project_id: project.id, activation_key: key.toString("base64"), type: kind, ttl_seconds: 600 };
  const { session_id: session, runner_id: runner } = await (await story.post("pairing/sessions", body)).json();
  const words = Buffer.from(name);
  const ids = [bytesOf(session), key, bytesOf(project.id)];
  const payload = Buffer.concat([...ids, Buffer.from([words.length]), words, Buffer.from([kind === "endpoint" ? 1 : 0])]);
  return { runner, session, key, path: `/opik/pair/v1?project=${encodeURIComponent(project.name)}#${payload.toString("base64url")}` };
}

const BEAT_MS = 5_000;

/** A runner that says what a program would say, for as long as the server is there. */
export async function connectRunner(story, project, name, agents) {
  const { runner, session, key } = await beginPairing(story, project, name, "endpoint");
  const message = Buffer.concat([bytesOf(session), createHash("sha256").update(name).digest()]);
  const hmac = createHmac("sha256", key).update(message).digest("base64");
  await story.post(`pairing/sessions/${session}/activate`, { runner_name: name, hmac });
  await story.put(`local-runners/${runner}/agents`, agents);
  const beat = () => story.post(`local-runners/${runner}/heartbeats`, { capabilities: ["jobs"] });
  await beat();
  const beating = setInterval(() => beat().catch(() => clearInterval(beating)), BEAT_MS);
  beating.unref();
  return runner;
}

/** The program `opik endpoint` of the published client around an agent, as a person starts it in a terminal. */
export function startAgent(story, project, code) {
  const folder = mkdtempSync(join(tmpdir(), "cairn-agent-"));
  writeFileSync(join(folder, "agent.py"), code);
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    OPIK_URL_OVERRIDE: story.server.apiUrl,
    OPIK_WORKSPACE: "default",
    OPIK_ANALYTICS_ENABLE: "false",
    OPIK_SENTRY_ENABLE: "false",
    PYTHONUNBUFFERED: "1",
    TERM: "dumb",
  };
  const opik = PYTHON.includes("/") ? join(dirname(PYTHON), "opik") : "opik";
  const words = ["endpoint", "--project", project, "--name", "laptop", "--headless", "--no-watch", "--", PYTHON, "agent.py"];
  const program = spawn(opik, words, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  program.stdout.on("data", (text) => (said += text));
  program.stderr.on("data", (text) => (said += text));
  const ended = new Promise((done) => program.once("exit", done).once("error", done));
  return {
    said: () => said,
    async stop() {
      program.kill("SIGTERM");
      await ended;
    },
  };
}
