// Everybody can read the page: in light and in dark, with eyes or with a screen reader, on a wide or a narrow screen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { makeWorld } from "./pictured-world.js";
import { SCREENS } from "./screens.js";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let world;
let project;
let projectPath;

const story = useBrowser(async (story) => {
  const page = await story.open("/default/get-started");
  await page.getByRole("heading", { name: "Send your first trace" }).waitFor();
  await page.context().close();
  world = await makeWorld(story);
  ({ project, projectPath } = world);
});

/** From 0, black, to 1, white. */
function lightness(page) {
  return page.evaluate(() => {
    const canvas = document.createElement("canvas").getContext("2d");
    const color = [document.body, document.documentElement]
      .map((element) => getComputedStyle(element).backgroundColor)
      .find((background) => background !== "rgba(0, 0, 0, 0)");
    canvas.fillStyle = color ?? "white";
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    return (red + green + blue) / 765;
  });
}

test("the page follows the system in light and dark", async () => {
  for (const [colorScheme, isDark] of [["light", false], ["dark", true]]) {
    const page = await story.open("/", { colorScheme });
    await page.getByRole("link", { name: project }).waitFor();
    await eventually(`${colorScheme} background`, async () => (await lightness(page)) < 0.5 === isDark);
    await page.context().close();
  }
});

test("a chosen theme wins over the system and is remembered", async () => {
  const page = await story.open("/", { colorScheme: "light" });
  await page.getByRole("button", { name: "Theme" }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await eventually("dark background", async () => (await lightness(page)) < 0.5);
  await page.reload();
  await page.getByRole("link", { name: project }).waitFor();
  await eventually("still dark after a reload", async () => (await lightness(page)) < 0.5);
  await page.context().close();
});

for (const [name, screen] of Object.entries(SCREENS)) {
  for (const colorScheme of ["light", "dark"]) {
    test(`${name} keeps nobody out in ${colorScheme}`, async () => {
      const [path, sign] = screen(world);
      const page = await story.open(path, { colorScheme, reducedMotion: "reduce" });
      await (await sign(page)).waitFor();
      assert.deepEqual(await seriousViolations(page), []);
      if (colorScheme === "light") assert.deepEqual(await tooWide(page), []);
      await page.context().close();
    });
  }
}

/** Which pages run over their width on a phone, or where the text is twice as large. */
async function tooWide(page) {
  const found = [];
  for (const width of [720, 390]) {
    await page.setViewportSize({ width, height: 844 });
    const overflow = await page.evaluate(() => {
      const pages = [document.documentElement, ...document.querySelectorAll("[data-scroller]")];
      return Math.max(...pages.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
    });
    if (overflow > 0) found.push(`${overflow} px too wide at ${width}`);
  }
  return found;
}

test("a narrow screen scrolls in one direction only", async () => {
  const page = await story.open("/default/projects", { viewport: { width: 390, height: 800 } });
  await page.getByRole("link", { name: project }).waitFor();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${overflow} px too wide`);
  await page.context().close();
});

test("the page allows no script from elsewhere", async () => {
  const answer = await fetch(`${story.server.rootUrl}/`);
  assert.match(answer.headers.get("content-type"), /^text\/html/);
  const policy = answer.headers.get("content-security-policy") ?? "";
  assert.match(policy, /script-src [^;]*'self'|default-src [^;]*'self'/);
  assert.doesNotMatch(policy, /unsafe-eval/);
});

test("an address of the page can be opened directly", async () => {
  for (const path of ["/default/projects", `${projectPath}/logs`]) {
    const answer = await fetch(`${story.server.rootUrl}${path}`, { headers: { accept: "text/html" } });
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type"), /^text\/html/);
  }
});

test("the first page asks for little code", async () => {
  const context = await story.browser.newContext();
  const page = await context.newPage();
  const scripts = [];
  page.on("response", (answer) => answer.url().endsWith(".js") && scripts.push(answer));
  await page.goto(`${story.server.rootUrl}/default/projects`);
  await page.getByRole("link", { name: project }).waitFor();
  const bytes = await Promise.all(scripts.map(async (answer) => gzipSync(await answer.body()).length));
  const kilobytes = bytes.reduce((sum, size) => sum + size, 0) / 1_000;
  assert.ok(scripts.length > 0 && kilobytes <= 500, `${kilobytes} kB in ${scripts.length} files`);
  await context.close();
});
