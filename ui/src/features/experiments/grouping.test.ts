import { expect, test } from "vitest";
import { inputOf, narrowTo, parseGroupings, writeGroupings } from "@/features/experiments/grouping";

test("what an address says is read, and written the same; what it does not mean is left out", () => {
  const groupings = parseGroupings("metadata.model.name,dataset");
  expect(groupings).toEqual([{ kind: "metadata", path: "model.name" }, { kind: "dataset" }]);
  expect(writeGroupings(groupings)).toBe("metadata.model.name,dataset");
  expect(groupings.map(inputOf)).toEqual([{ field: "METADATA", path: "model.name" }, { field: "DATASET" }]);
  expect(parseGroupings("colour,metadata.,tags,dataset,tags")).toEqual([{ kind: "tags" }, { kind: "dataset" }]);
  expect(writeGroupings([])).toBeUndefined();
});

test("a group leads to what is in it, and keeps what was asked for before", () => {
  const model = { grouping: { kind: "metadata" as const, path: "model.name" }, value: 'the "large" one' };
  const dataset = { grouping: { kind: "dataset" as const }, value: "7" };
  expect(narrowTo({ filter: "a:1 OR b:2" }, [dataset, model])).toEqual({
    dataset: "7",
    filter: '(a:1 OR b:2) AND metadata.model.name = "the \\"large\\" one"',
  });
  expect(narrowTo({}, [{ grouping: { kind: "tags" }, value: "nightly" }])).toEqual({ filter: 'tags = "nightly"' });
});
