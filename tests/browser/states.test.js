// Whatever the server does, a page says so: that it waits, what went wrong and how to go on; and it is the same page
// after a reload.
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeWorld } from "./pictured-world.js";
import { SCREENS } from "./screens.js";
import { eventually, traceRows, useBrowser } from "./story.js";

let world;

const story = useBrowser(async (story) => {
  world = await makeWorld(story);
});

const WAITING = '[role="progressbar"], [aria-busy="true"], [role="status"][aria-label^="Loading"]';
const CLAIMS_NOTHING = /\b(nothing|nobody|no differences|there is no|there are no)\b|\bno \w+ yet\b/i;

// These ask the server nothing before they are there.
const STILL = new Set(["get started", "pairing", "broken pairing", "forking", "nothing there"]);
// These do something before they are looked at, and have an address all the same.
const REACHED = new Set(["optimization"]);
// Addresses are known later: what a screen is like can be told without them.
const ANY_WORLD = new Proxy({}, { get: () => "" });
const isLookedAt = (screen) => screen(ANY_WORLD)[1].constructor.name !== "AsyncFunction";
// Where nobody does anything first is a page of its own.
const PAGES = Object.entries(SCREENS).filter(([name, screen]) => !STILL.has(name) && (REACHED.has(name) || isLookedAt(screen)));

/** Answers what the page asks of GraphQL as `answer` says, until that is null: then the server does. */
async function between(page, gate) {
  await page.route("**/graphql", (route) => (gate.answer && route.request().method() === "POST" ? gate.answer(route) : route.fallback()));
}

/** A window at nothing yet, so that what it asks can be caught from the first word. */
async function openGated(path, gate) {
  const page = await story.open("/favicon.svg", { reducedMotion: "reduce" });
  await between(page, gate);
  await page.goto(`${story.server.rootUrl}${path}`);
  return page;
}

const refuse = (route) =>
  route.fulfill({ status: 200, contentType: "application/graphql-response+json", body: JSON.stringify({ data: null, errors: [{ message: "the shelf has fallen over" }] }) });
const fail = (route) => route.fulfill({ status: 500, contentType: "text/plain", body: "out of order" });

const retry = (page) => page.getByRole("button", { name: "Try again" });
const place = (page) => page.evaluate(() => window.location.href);
/** Once it knows the name of its project; how many there are of what it lists may be told later. */
const titleOf = (page) =>
  page.getByRole("heading", { level: 1 }).filter({ hasNotText: "this project" }).first().evaluate((heading) => {
    const words = [...heading.childNodes].filter(({ nodeName }) => nodeName !== "SMALL");
    return words.map(({ textContent }) => textContent).join("").trim();
  });

for (const [name, screen] of PAGES) {
  test(`${name} says that it waits, and is the same after a reload`, async () => {
    const [path, sign] = screen(world);
    const held = [];
    const gate = { answer: (route) => held.push(route) };
    const page = await openGated(path, gate);
    await page.locator("main").locator(WAITING).or(page.getByRole("dialog").locator(WAITING)).first().waitFor();
    await eventually("something is asked", async () => held.length > 0);
    assert.doesNotMatch(await page.locator("main").innerText(), CLAIMS_NOTHING);

    gate.answer = null;
    await Promise.all(held.map((route) => route.fallback()));
    await (await sign(page)).waitFor();
    const [before, heading] = [await place(page), await titleOf(page)];
    await page.reload();
    await (await sign(page)).waitFor();
    assert.equal(await place(page), before);
    assert.equal(await titleOf(page), heading);
    await page.context().close();
  });

  test(`${name} says what went wrong, and tries again`, async () => {
    const [path, sign] = screen(world);
    const gate = { answer: refuse };
    const page = await openGated(path, gate);
    const told = page.getByRole("alert").filter({ hasText: "the shelf has fallen over" });
    await told.first().waitFor();
    assert.doesNotMatch(await page.locator("main").innerText(), CLAIMS_NOTHING);

    gate.answer = fail;
    await eventually("another fault, after trying again", async () => {
      if (await page.getByRole("alert").filter({ hasText: "500" }).count()) return true;
      // Which of several parts of a page fails first is not sure, and one may make way for another.
      await retry(page).first().click({ timeout: 1_000 }).catch(() => {});
      return "nothing yet";
    });

    gate.answer = null;
    await eventually("what was asked for, after trying again", async () => {
      if (await retry(page).count()) await retry(page).first().click({ timeout: 1_000 }).catch(() => {});
      return (await (await sign(page)).isVisible()) || "nothing yet";
    });
    await page.context().close();
  });
}

/** Refuses only what asks by this name. */
const refuseOnly = (pattern) => (route) =>
  pattern.test(/^\w+ (\w+)/.exec(route.request().postDataJSON().query)?.[1]) ? refuse(route) : route.fallback();

test("figures that could not be read say so above a list that was, and are tried again", async () => {
  const gate = { answer: refuseOnly(/^Logs(Extent|Figures)$/) };
  const page = await openGated(`${world.projectPath}/logs?filter=has:tags`, gate);
  const figures = page.getByRole("region", { name: "Figures" });
  await figures.getByRole("alert").getByText("the shelf has fallen over").waitFor();
  await traceRows(page).first().waitFor();
  gate.answer = null;
  await retry(figures).click();
  await figures.getByRole("heading", { name: "Count" }).waitFor();
  await page.context().close();
});

test("each widget of a dashboard says what became of its own figures", async () => {
  const gate = { answer: refuseOnly(/^(WidgetFigures|WidgetScores|RankedExperiments)$/) };
  const page = await openGated(world.dashboardPath, gate);
  const told = page.getByRole("alert").filter({ hasText: "the shelf has fallen over" });
  await eventually("all but the text", async () => (await told.count()) === 9 || told.count());
  assert.doesNotMatch(await page.locator("main").innerText(), /no scores|nothing in this time|no experiments/);
  gate.answer = null;
  await eventually("all figures, after trying again", async () => {
    if (await retry(page).count()) await retry(page).first().click({ timeout: 1_000 }).catch(() => {});
    return (await told.count()) === 0 || told.count();
  });
  await page.getByRole("row", { name: /shorter answers/ }).last().waitFor();
  await page.context().close();
});

test("a glance without the names of its scores says so rather than leave them out", async () => {
  const gate = { answer: refuseOnly(/^GlanceScores$/) };
  const page = await openGated(`${world.projectPath}/dashboards`, gate);
  await page.getByRole("alert").getByText("the shelf has fallen over").waitFor();
  gate.answer = null;
  // Figures are read again by themselves, too, as things change.
  await retry(page).click({ timeout: 1_000 }).catch(() => {});
  await page.getByRole("application").nth(4).waitFor();
  await page.context().close();
});

test("steps of a transcript, and what was tried of prompts, are tried again where they could not be read", async () => {
  for (const [path, operations, sign] of [
    [`${world.tracePath}&view=transcript`, /^StepOf/, (page) => page.getByRole("region", { name: "Transcript" }).getByText("Given")],
    [world.optimizationPath, /^TrialExperiments$/, (page) => page.getByRole("region", { name: "Best prompt" }).getByText("If you do not know, say so.")],
  ]) {
    const gate = { answer: refuseOnly(operations) };
    const page = await openGated(path, gate);
    await page.getByRole("alert").getByText("the shelf has fallen over").first().waitFor();
    gate.answer = null;
    await retry(page).first().click();
    await eventually("all is read", async () => {
      if (await retry(page).count()) await retry(page).first().click({ timeout: 1_000 }).catch(() => {});
      return (await retry(page).count()) === 0 || retry(page).count();
    });
    await sign(page).first().waitFor();
    await page.context().close();
  }
});
