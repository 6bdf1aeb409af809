import { expect, test } from "vitest";
import { boxTowards } from "@/features/spans/graphKeys";

const box = (x: number, y: number) => ({ x, y, width: 40, height: 20 });
const BOXES = new Map([
  ["top", box(50, 0)],
  ["left", box(0, 100)],
  ["right", box(110, 100)],
  ["bottom", box(60, 200)],
]);
const towards = (from: string, key: string) => boxTowards(BOXES, { from, key, isSideways: false });

test("up and down lead to the next rank, to what is closest there", () => {
  expect(towards("top", "ArrowDown")).toBe("left");
  expect(towards("bottom", "ArrowUp")).toBe("right");
  expect(towards("right", "ArrowDown")).toBe("bottom");
});

test("left and right lead along the rank", () => {
  expect(towards("left", "ArrowRight")).toBe("right");
  expect(towards("right", "ArrowLeft")).toBe("left");
  expect(towards("top", "ArrowRight")).toBe(null);
});

test("in a graph that goes sideways it is the other way round", () => {
  const turned = new Map(
    [...BOXES].map(([id, { x, y, width, height }]) => [id, { x: y, y: x, width: height, height: width }]),
  );
  expect(boxTowards(turned, { from: "top", key: "ArrowRight", isSideways: true })).toBe("left");
  expect(boxTowards(turned, { from: "left", key: "ArrowDown", isSideways: true })).toBe("right");
});

test("where there is nothing an arrow leads nowhere", () => {
  expect([towards("top", "ArrowUp"), towards("nobody", "ArrowUp"), towards("top", "Enter")]).toEqual([
    null,
    null,
    null,
  ]);
});
