import { expect, test } from "vitest";
import { nextSortOrder, orderOf, parseSortOrder, type SortOrder, sortedBy, writeSortOrder } from "@/lib/sortOrder";

const usual: SortOrder = { field: "created_at", direction: "DESC" };

test("an order goes into the address and comes back", () => {
  for (const text of ["name", "-name", undefined]) {
    expect(writeSortOrder(parseSortOrder(text, usual), usual)).toBe(text);
  }
  expect(writeSortOrder(usual, usual)).toBeUndefined();
});

test("a head is pressed for down, up and the usual order again", () => {
  const down = nextSortOrder(usual, "name", usual);
  const up = nextSortOrder(down, "name", usual);
  expect([down.direction, up.direction, nextSortOrder(up, "name", usual)]).toEqual(["DESC", "ASC", usual]);
  const written: (string | undefined)[] = [];
  orderOf("-name", usual, (text) => written.push(text)).onSort("name");
  expect(written).toEqual(["name"]);
});

test("rows that are here are sorted without regard to case, numbers by what they are worth", () => {
  const rows = [
    { name: "b", size: 10 },
    { name: "A", size: 9 },
    { name: "a", size: 9 },
  ];
  const by = (field: "name" | "size", direction: "ASC" | "DESC") =>
    sortedBy(rows, { field, direction }, (row) => row[field]).map(({ name }) => name);
  expect(by("name", "ASC")).toEqual(["A", "a", "b"]);
  expect(by("name", "DESC")).toEqual(["b", "A", "a"]);
  expect(by("size", "ASC")).toEqual(["A", "a", "b"]);
  expect(by("size", "DESC")).toEqual(["b", "A", "a"]);
});
