// Measures the web interface against its budgets and prints a table. No test: times depend on the machine.
import { cpus, loadavg } from "node:os";
import { gzipSync } from "node:zlib";
import { fill, makeLargeTrace } from "./load.js";
import { startStory, traceRows } from "./story.js";

const [spans = 100_000, spansOfTrace = 50_000] = process.argv.slice(2).map(Number);
const OPENINGS = 12;
const KEYS = 60;
const SCROLL_MS = 5_000;
const SCROLL_PX_PER_SECOND = 6_000;
const WAIT_MS_MAX = 300_000;

const sorted = (values) => values.toSorted((one, other) => one - other);
const at = (values, share) => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))];
const ms = (value) => `${Math.round(value)} ms`;
const spread = (values) => `${ms(at(values, 0.5))} (p90 ${ms(at(values, 0.9))}, slowest ${ms(at(values, 1))})`;

/** In the page, before its own scripts: notes when the first row of the list has been painted. */
function noteFirstRow() {
  const observer = new MutationObserver(() => {
    if (!document.querySelector('[role="gridcell"]')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => (globalThis.firstRowMs = performance.now())));
  });
  observer.observe(document, { childList: true, subtree: true });
}

/** In the page: from the press of a key, as the browser dates it, until the frame that follows it is painted. */
function notePresses() {
  globalThis.pressMs = [];
  const note = ({ timeStamp }) =>
    requestAnimationFrame(() => setTimeout(() => globalThis.pressMs.push(performance.now() - timeStamp)));
  window.addEventListener("keydown", note, { capture: true });
}

/** In the page: how long each frame lasted while the tree was scrolled, as fast as a strong flick scrolls. */
async function scrollTree({ durationMs, pxPerSecond }) {
  const tree = document.querySelector('[role="tree"]');
  const frames = [];
  const begun = performance.now();
  let last = begun;
  while (last - begun < durationMs) {
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
    tree.scrollTop = ((last - begun) * pxPerSecond) / 1_000;
  }
  return frames.slice(1);
}

async function scriptKilobytes(story, path) {
  const page = await story.open("/favicon.svg");
  const answers = [];
  page.on("response", (answer) => answer.url().endsWith(".js") && answers.push(answer));
  await page.goto(`${story.server.rootUrl}${path}`);
  await page.getByRole("main").waitFor();
  await page.waitForLoadState("networkidle");
  const sizes = await Promise.all(answers.map(async (answer) => gzipSync(await answer.body()).length));
  await page.context().close();
  return sizes.reduce((sum, size) => sum + size, 0) / 1_000;
}

/** Once with nothing kept by the browser, and once with what it has kept, each time. */
async function firstLists(story, path) {
  const times = { cold: [], warm: [] };
  for (let opening = 0; opening < OPENINGS; opening += 1) {
    const page = await story.open("/favicon.svg");
    page.setDefaultTimeout(WAIT_MS_MAX);
    await page.addInitScript(noteFirstRow);
    for (const kind of ["cold", "warm"]) {
      await page.goto(`${story.server.rootUrl}${path}`);
      const noted = await page.waitForFunction(() => globalThis.firstRowMs);
      times[kind].push(await noted.jsonValue());
    }
    await page.context().close();
  }
  return times;
}

async function pressKeys(story, path) {
  const page = await story.open(path);
  page.setDefaultTimeout(WAIT_MS_MAX);
  await traceRows(page).nth(5).waitFor();
  await page.waitForLoadState("networkidle");
  await page.evaluate(notePresses);
  for (let press = 0; press < KEYS; press += 1) {
    await page.keyboard.press(press % 20 < 15 ? "j" : "k");
    await page.waitForFunction((count) => globalThis.pressMs.length >= count, press + 1);
  }
  const times = await page.evaluate(() => globalThis.pressMs);
  await page.context().close();
  return times;
}

async function framesOfTrace(story, path, count) {
  const page = await story.open(path);
  page.setDefaultTimeout(WAIT_MS_MAX);
  const begun = Date.now();
  await page.getByRole("treeitem").nth(5).waitFor();
  const firstMs = Date.now() - begun;
  const whole = page.getByText(`${count.toLocaleString("en-US")} spans`, { exact: true });
  const more = page.getByRole("button", { name: "Load more" });
  while (!(await whole.isVisible())) {
    await whole.or(more).first().waitFor();
    if (await more.isVisible()) await more.click();
  }
  const allMs = Date.now() - begun;
  const frames = await page.evaluate(scrollTree, { durationMs: SCROLL_MS, pxPerSecond: SCROLL_PX_PER_SECOND });
  await page.context().close();
  return { frames, firstMs, allMs };
}

const FIRST_WIDTH = 62;
const SECOND_WIDTH = 10;
/** Told at once: what follows may take long, or fail. */
const tell = (what, budget, seen) => console.log(`${what.padEnd(FIRST_WIDTH)}${budget.padEnd(SECOND_WIDTH)}${seen}`);

const story = await startStory();
try {
  const loaded = await fill(story, spans);
  console.log(`${cpus().length} cores, load ${loadavg().map((load) => load.toFixed(1)).join(" ")} after filling\n`);
  const project = `/default/projects/${loaded.projectId}`;
  const trace = await makeLargeTrace(story, spansOfTrace);
  const size = await scriptKilobytes(story, `${project}/logs`);
  tell("JavaScript until the list stands, gzip", "≤ 500 kB", `${Math.round(size)} kB`);
  const lists = await firstLists(story, `${project}/logs`);
  const of = `${loaded.spans.toLocaleString("en-US")} spans`;
  tell(`first list, ${of}, pages kept by the browser`, "< 300 ms", spread(lists.warm));
  tell(`first list, ${of}, nothing kept`, "–", spread(lists.cold));
  tell("key to paint in the table", "< 50 ms", spread(await pressKeys(story, `${project}/logs`)));
  const { frames, firstMs, allMs } = await framesOfTrace(story, trace.path, trace.spans);
  const rate = (1_000 * frames.length) / frames.reduce((sum, frame) => sum + frame, 0);
  const tree = `a trace of ${trace.spans.toLocaleString("en-US")} spans`;
  tell(`frames/s while ${tree} is scrolled`, "≥ 50", `${rate.toFixed(1)} (frame: p90 ${ms(at(frames, 0.9))}, slowest ${ms(at(frames, 1))})`);
  tell(`first spans, all spans of ${tree}`, "–", `${ms(firstMs)}, ${ms(allMs)}`);
} finally {
  await story.end();
}
