import { expect, test } from "vitest";
import { draftOf, inputOf, problemOf } from "@/features/definitions/draft";

test("a definition is read and written without a change", () => {
  const definition = {
    id: "1",
    name: "tone",
    description: null,
    type: "CATEGORICAL" as const,
    details: {
      categories: [
        { label: "rude", value: 0 },
        { label: "kind", value: 1 },
      ],
    },
    createdAt: "2026-01-01T00:00:00Z",
    createdBy: "admin",
    lastUpdatedAt: "2026-01-01T00:00:00Z",
  };
  const { name, description, details } = definition;
  expect(inputOf(draftOf(definition))).toEqual({ name, description, categorical: details.categories });
});

test("what makes no sense is said before it is sent", () => {
  const draft = { ...draftOf(null), name: "speed" };
  expect(problemOf(draft)).toBeNull();
  expect(problemOf({ ...draft, min: "2" })).toBe("The least must be less than the most.");
  expect(problemOf({ ...draft, max: "much" })).toBe("The least and the most are numbers.");
  expect(problemOf({ ...draft, type: "CATEGORICAL" })).toBe("Every value needs a word.");
  expect(problemOf({ ...draft, name: " " })).toBe("A definition needs a name.");
});
