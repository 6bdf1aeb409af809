// Takes pictures of every screen, wide and narrow, light and dark. No test: somebody looks at them.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeWorld } from "./pictured-world.js";
import { SCREENS } from "./screens.js";
import { startStory } from "./story.js";

const FOLDER = fileURLToPath(new URL("pictures", import.meta.url));
const WIDTHS = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };
const wanted = process.argv.slice(2);

await mkdir(FOLDER, { recursive: true });
const story = await startStory();
try {
  const world = await makeWorld(story);
  for (const [name, screen] of Object.entries(SCREENS)) {
    if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
    const [path, sign] = screen(world);
    for (const [width, viewport] of Object.entries(WIDTHS)) {
      for (const colorScheme of ["light", "dark"]) {
        const page = await story.open(path, { viewport, colorScheme, reducedMotion: "reduce" });
        await (await sign(page)).waitFor({ state: "attached" });
        await page.waitForLoadState("networkidle");
        await page.screenshot({ path: join(FOLDER, `${name.replaceAll(" ", "-")}-${width}-${colorScheme}.png`) });
        for (const complaint of page.complaints) console.error(`${name}: ${complaint}`);
        await page.context().close();
      }
    }
    console.log(name);
  }
} finally {
  await story.end();
}
console.log(`the pictures are in ${FOLDER}`);
