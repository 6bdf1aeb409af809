import { expect, test } from "vitest";
import type { Place } from "@/features/dashboards/config";
import { MOVES, moved } from "@/features/dashboards/moves";

const LAYOUT: Place[] = [
  { i: "a", x: 0, y: 0, w: 2, h: 4, minW: 2, minH: 4 },
  { i: "b", x: 2, y: 0, w: 2, h: 4 },
  { i: "c", x: 0, y: 4, w: 2, h: 2 },
];

function after(id: string, ...moves: string[]): string[] {
  const layout = moves.reduce<Place[]>((places, name) => {
    const move = MOVES.find((each) => each.id === name);
    return move ? moved(places, id, move) : places;
  }, LAYOUT);
  return layout.map(({ i, x, y, w, h }) => `${i} ${x},${y} ${w}x${h}`).sort();
}

test("a widget goes past what stands beneath and above it, and back", () => {
  expect(after("a", "down")).toEqual(["a 0,2 2x4", "b 2,0 2x4", "c 0,0 2x2"]);
  expect(after("a", "down", "up")).toEqual(["a 0,0 2x4", "b 2,0 2x4", "c 0,4 2x2"]);
});

test("what is in the way makes room", () => {
  expect(after("a", "wider")).toEqual(["a 0,0 3x4", "b 2,4 2x4", "c 0,4 2x2"]);
});

test("nothing leaves the grid or becomes too small", () => {
  expect(after("a", "left", "up", "narrower", "lower")).toEqual(["a 0,0 2x4", "b 2,0 2x4", "c 0,4 2x2"]);
  expect(after("b", "right", "right", "right", "wider")[1]).toBe("b 4,0 2x4");
});
