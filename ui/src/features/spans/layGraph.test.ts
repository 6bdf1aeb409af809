import { expect, test } from "vitest";
import { type Box, layGraph } from "@/features/spans/layGraph";

const nodes = (...names: string[]) => names.map((name) => ({ id: name, name, facts: "1.00 s" }));
const doOverlap = (one: Box, other: Box) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

test("nodes stand apart, within the picture, and what follows stands lower", () => {
  const edges = [
    { from: "a", to: "b" },
    { from: "a", to: "c" },
    { from: "b", to: "d", label: "when done" },
    { from: "c", to: "d" },
    { from: "d", to: "a" },
    { from: "d", to: "d" },
  ];
  const laid = layGraph(nodes("a", "b", "c", "d"), edges, false);
  const boxes = laid.nodes.map(({ box }) => box);
  for (const [at, box] of boxes.entries()) {
    expect(box.x >= 0 && box.x + box.width <= laid.width && box.y + box.height <= laid.height).toBe(true);
    for (const other of boxes.slice(at + 1)) expect(doOverlap(box, other)).toBe(false);
  }
  expect(boxes[1]?.y).toBeGreaterThan(boxes[0]?.y ?? 0);
  expect(laid.edges).toHaveLength(edges.length);
  expect(laid.edges.every(({ path, angle }) => /^M[\d. -]+[QL]/.test(path) && Number.isFinite(angle))).toBe(true);
});

test("sideways, what follows stands further to the right", () => {
  const { nodes: laid } = layGraph(nodes("a", "b"), [{ from: "a", to: "b" }], true);
  expect(laid[1]?.box.x).toBeGreaterThan(laid[0]?.box.x ?? 0);
});

test("two hundred nodes are laid out while one waits", () => {
  const many = nodes(...Array.from({ length: 200 }, (_, at) => `node ${at}`));
  const edges = many.slice(1).map(({ id }, at) => ({ from: `node ${Math.floor(at / 2)}`, to: id }));
  const begin = performance.now();
  expect(layGraph(many, edges, false).nodes).toHaveLength(200);
  expect(performance.now() - begin).toBeLessThan(3_000);
});
