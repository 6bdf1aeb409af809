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
      if (colorScheme === "light") await fits(page);
      await page.context().close();
    });
  }
}

/** No page runs over its width on a phone, or where the text is twice as large; charts take a moment to follow. */
async function fits(page) {
  for (const width of [720, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await eventually(`the page fits into ${width} px`, async () => {
      const overflow = await page.evaluate(() => {
        const pages = [document.documentElement, ...document.querySelectorAll("[data-scroller]")];
        return Math.max(...pages.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth));
      });
      return overflow <= 0 || `${overflow} px too wide`;
    });
  }
}
