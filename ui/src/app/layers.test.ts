import { expect, test } from "vitest";

// Imports go `app → features → entities → components → lib`, and no feature imports another.

const sources = import.meta.glob<string>("/src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
const LAYERS = ["lib", "components", "entities", "features", "app"];

function violations(files: Record<string, string>): string[] {
  const found: string[] = [];
  for (const [file, text] of Object.entries(files)) {
    const [, layer = "", row] = /^\/src\/(\w+)(?:\/([\w-]+))?/.exec(file) ?? [];
    if (!LAYERS.includes(layer) || /\.test\.tsx?$/.test(file)) continue;
    for (const [, target = "", targetRow] of text.matchAll(/(?:from|import)\s*\(?\s*["']@\/(\w+)(?:\/([\w-]+))?/g)) {
      const isUpward = LAYERS.indexOf(target) > LAYERS.indexOf(layer) || target === "testing";
      const isAcross = layer === "features" && target === "features" && row !== targetRow;
      if (isUpward || isAcross) found.push(`${file} imports ${target}/${targetRow}`);
    }
    if (/(?:from|import)\s*\(?\s*["']\.\.\//.test(text)) found.push(`${file} imports by a relative path`);
  }
  return found;
}

test("every file imports only downwards", () => {
  expect(Object.keys(sources).length).toBeGreaterThan(50);
  expect(violations(sources)).toEqual([]);
});

test("an import upwards or across is found", () => {
  const files = {
    "/src/lib/a.ts": 'import { B } from "@/components/B";',
    "/src/features/traces/a.ts": 'import { b } from "@/features/spans/b";\nconst c = () => import("@/app/C");',
    "/src/features/spans/a.ts": 'import { b } from "@/features/spans/b";\nimport { c } from "@/lib/c";',
    "/src/entities/chat/a.ts": 'import { b } from "../spans/b";',
  };
  expect(violations(files)).toEqual([
    "/src/lib/a.ts imports components/B",
    "/src/features/traces/a.ts imports features/spans",
    "/src/features/traces/a.ts imports app/C",
    "/src/entities/chat/a.ts imports by a relative path",
  ]);
});

test("every style sheet that is imported is there", () => {
  const sheets = new Set(Object.keys(import.meta.glob("/src/**/*.css")));
  const missing = Object.entries(sources).flatMap(([file, text]) =>
    [...text.matchAll(/from "\.\/([\w.]+\.css)"/g)]
      .map(([, name]) => `${file.slice(0, file.lastIndexOf("/"))}/${name}`)
      .filter((sheet) => !sheets.has(sheet)),
  );
  expect(missing).toEqual([]);
});
