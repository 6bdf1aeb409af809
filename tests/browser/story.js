// What every test of this folder starts from: a server, a browser, and the program of a user.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startServer } from "../sdk/typescript/server.js";

const PROGRAM = fileURLToPath(new URL("program.py", import.meta.url));
const WORLD = fileURLToPath(new URL("world.py", import.meta.url));
const VENV_PYTHON = fileURLToPath(new URL("../../.venv/bin/python", import.meta.url));
/** The interpreter that has the clients. */
export const PYTHON = process.env.CAIRN_PYTHON || (existsSync(VENV_PYTHON) ? VENV_PYTHON : "python3");
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
// What is waited for comes when it comes: a busy machine is no failure, only a page that never gets there.
const LOOK_MS_MAX = 20_000;

/** Declares the server and the browser of a test file, and what has happened before its first test. */
export function useBrowser(prepare = async () => {}) {
  const story = {};
  before(async () => {
    Object.assign(story, await startStory());
    await prepare(story);
  });
  after(() => story.end?.());
  story.newName = newName;
  return story;
}

const newName = (name) => `${name}-${randomBytes(4).toString("hex")}`;

/** A server with nothing in it, and a browser. Whoever starts a story ends it. */
export async function startStory() {
  const server = await startServer();
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  const send = async (method, path, body) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${server.apiUrl}/v1/private/${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path} was refused with ${answer.status}: ${await answer.text()}`);
    return answer;
  };
  const post = (path, body) => send("POST", path, body);
  return {
    server,
    browser,
    newName,
    runProgram: (project, word, ...options) => runProgram(server, PROGRAM, [project, word, ...options]),
    runWorld: (project) => runProgram(server, WORLD, [project]),
    /** What the REST API says, for ids that addresses need. */
    get: async (path) => (await fetch(`${server.apiUrl}/v1/private/${path}`)).json(),
    post,
    put: (path, body) => send("PUT", path, body),
    patch: (path, body) => send("PATCH", path, body),
    /** What GraphQL says. */
    async ask(query, variables) {
      const headers = { "content-type": "application/json", accept: "application/json" };
      const answer = await fetch(`${server.rootUrl}/graphql`, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
      const { data, errors } = await answer.json();
      if (errors) throw new Error(`GraphQL refused: ${JSON.stringify(errors)}`);
      return data;
    },
    async createProject(name) {
      const made = await post("projects", { name });
      return made.headers.get("location").split("/").at(-1);
    },
    open: (path, options) => openWindow({ server, browser }, path, options),
    async end() {
      await browser.close();
      const log = await server.readLog();
      const code = await server.stop();
      if (code !== 0) throw new Error(`SIGTERM must end the server with exit code 0, not ${code}:\n${log}`);
    },
  };
}

/** Opens a window of its own; whatever the page complains about is collected in `complaints`. */
async function openWindow({ server, browser }, path = "/", options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(LOOK_MS_MAX);
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(`${error}`));
  page.on("console", (message) => message.type() === "error" && page.complaints.push(message.text()));
  page.on("request", (request) => {
    if (!request.url().startsWith(server.rootUrl) && !/^(data|blob):/.test(request.url())) {
      page.complaints.push(`asked a stranger: ${request.url()}`);
    }
  });
  await page.goto(`${server.rootUrl}${path}`);
  return page;
}

async function runProgram(server, file, words) {
  const environment = {
    PATH: process.env.PATH,
    HOME: mkdtempSync(join(tmpdir(), "cairn-home-")),
    OPIK_URL_OVERRIDE: server.apiUrl,
    OPIK_ANALYTICS_ENABLE: "false",
    OPIK_SENTRY_ENABLE: "false",
  };
  const program = spawn(PYTHON, [file, ...words], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  program.stdout.on("data", (text) => (said += text));
  program.stderr.on("data", (text) => (said += text));
  const code = await new Promise((done, fail) => program.once("exit", done).once("error", fail));
  if (code !== 0) throw new Error(`the program ended with ${code}:\n${said}`);
}

/** Rows of the list of traces, without the row of headings. */
export function traceRows(page) {
  return page.getByRole("grid", { name: "Traces" }).getByRole("row").filter({ has: page.getByRole("gridcell") });
}

/** Waits until what the page says holds, without a reload. */
export async function eventually(what, look) {
  const deadline = Date.now() + LOOK_MS_MAX;
  let seen;
  do {
    seen = await look();
    if (seen === true) return;
    await new Promise((done) => setTimeout(done, 50));
  } while (Date.now() < deadline);
  throw new Error(`not within ${LOOK_MS_MAX} ms: ${what}; last seen: ${JSON.stringify(seen)}`);
}

/** What axe finds that keeps people from using the page, as one line each. */
export async function seriousViolations(page) {
  await page.evaluate(await readAxe());
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}`));
}

async function readAxe() {
  const { readFile } = await import("node:fs/promises");
  return readFile(AXE, "utf8");
}
