// Much of everything, for measuring: many traces by the load generator or over REST, and one trace of many spans.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { eventually } from "./story.js";

const PROJECT = "bench";
const SPANS_PER_TRACE = 8;
const BATCH = 1_000;
const CHILDREN = 100;

/** Fills a project with traces of eight spans and waits until all can be queried. */
export async function fill(story, spans) {
  const bench = process.env.CAIRN_BENCH;
  if (bench && existsSync(bench)) {
    const words = ["--url", story.server.rootUrl, "--project", PROJECT, "load", "--spans", String(spans)];
    await promisify(execFile)(bench, words, { maxBuffer: 1 << 26 });
  } else await fillOverRest(story, spans);
  const { content } = await story.get(`projects?name=${PROJECT}`);
  const projectId = content[0].id;
  const traces = Math.ceil(spans / SPANS_PER_TRACE);
  await eventually("all traces can be queried", async () => (await countOf(story, projectId, "traceCount")) >= traces);
  return { projectId, spans: await countOf(story, projectId, "spanCount") };
}

async function countOf(story, projectId, field) {
  const { project } = await story.ask(`query ($id: ID!) { project(id: $id) { ${field} } }`, { id: projectId });
  return project[field];
}

async function fillOverRest(story, spans) {
  const now = Date.now();
  const count = Math.ceil(spans / SPANS_PER_TRACE);
  const perBatch = Math.floor(BATCH / SPANS_PER_TRACE);
  for (let first = 0; first < count; first += perBatch) {
    const startsMs = Array.from({ length: Math.min(perBatch, count - first) }, (_, at) => now - (count - first - at) * 50);
    const traces = startsMs.map((startMs, at) => traceOf(startMs, first + at));
    await story.post("traces/batch", { traces });
    await story.post("spans/batch", { spans: traces.flatMap((trace, at) => spansOf(trace, startsMs[at])) });
  }
}

const traceOf = (startMs, number) => ({
  ...stretch(startMs, 900 + (number % 700)),
  id: uuid7(startMs),
  project_name: PROJECT,
  name: number % 3 === 0 ? "support agent" : "search",
  input: { question: `Where is parcel ${number}?` },
  output: { answer: `It is number ${number % 97} in the queue.` },
  tags: [`team ${number % 5}`],
});

function spansOf(trace, startMs) {
  return Array.from({ length: SPANS_PER_TRACE }, (_, at) => ({
    ...stretch(startMs + 100 * at, 90),
    id: uuid7(startMs + at),
    trace_id: trace.id,
    project_name: PROJECT,
    name: at % 2 ? "look up" : "answer",
    type: at % 2 ? "tool" : "llm",
    ...(at % 2 ? {} : { model: "gpt-4o-mini", provider: "openai", usage: { prompt_tokens: 300 + at, completion_tokens: 40, total_tokens: 340 + at } }),
  }));
}

/** One trace of a hundred children for each step of the first level. */
export async function makeLargeTrace(story, count) {
  const startMs = Date.now() - 600_000;
  const trace = { ...traceOf(startMs, 0), project_name: "one large trace", name: "large", ...stretch(startMs, count) };
  await story.post("traces/batch", { traces: [trace] });
  let parent;
  for (let first = 0; first < count; first += BATCH) {
    const spans = Array.from({ length: Math.min(BATCH, count - first) }, (_, at) => {
      const number = first + at;
      const id = uuid7(startMs + number);
      const isParent = number % (CHILDREN + 1) === 0;
      if (isParent) parent = id;
      return {
        ...stretch(startMs + number, isParent ? CHILDREN : 1),
        id,
        trace_id: trace.id,
        project_name: trace.project_name,
        parent_span_id: isParent ? undefined : parent,
        name: isParent ? `step ${number}` : `call ${number}`,
        type: isParent ? "general" : "tool",
      };
    });
    await story.post("spans/batch", { spans });
  }
  const { content } = await story.get("projects?name=one large trace");
  await eventually("all spans can be queried", async () => (await countOf(story, content[0].id, "spanCount")) >= count);
  return { path: `/default/projects/${content[0].id}/traces/${trace.id}`, spans: count };
}

const stretch = (startMs, ms) => ({
  start_time: new Date(startMs).toISOString(),
  end_time: new Date(startMs + ms).toISOString(),
});

/** An id as clients draw them. */
export function uuid7(ms = Date.now()) {
  const hex = Math.floor(ms).toString(16).padStart(12, "0") + randomBytes(10).toString("hex");
  const variant = "89ab"[Number.parseInt(hex[16], 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
