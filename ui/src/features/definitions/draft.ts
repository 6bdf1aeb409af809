import { byValue } from "@/entities/definitions/byValue";
import type { Definition } from "@/features/definitions/Definitions";
import type { FeedbackDefinitionInput, FeedbackType } from "@/gql/graphql";

// A feedback definition while it is written. Pure.

export type Draft = {
  name: string;
  description: string;
  type: FeedbackType;
  min: string;
  max: string;
  yes: string;
  no: string;
  categories: readonly { label: string; value: string }[];
};

const EMPTY: Draft = {
  name: "",
  description: "",
  type: "NUMERICAL",
  min: "0",
  max: "1",
  yes: "Yes",
  no: "No",
  categories: [
    { label: "", value: "0" },
    { label: "", value: "1" },
  ],
};

export function draftOf(definition: Definition | null): Draft {
  if (!definition) return EMPTY;
  const { name, type, details } = definition;
  const draft = { ...EMPTY, name, type, description: definition.description ?? "" };
  if ("min" in details) return { ...draft, min: String(details.min), max: String(details.max) };
  if ("trueLabel" in details) return { ...draft, yes: details.trueLabel, no: details.falseLabel };
  const categories = byValue(details.categories).map(({ label, value }) => ({ label, value: String(value) }));
  return { ...draft, categories };
}

const isNumber = (text: string) => text.trim() !== "" && Number.isFinite(Number(text));

export function problemOf(draft: Draft): string | null {
  if (!draft.name.trim()) return "A definition needs a name.";
  if (draft.type === "NUMERICAL") {
    if (!isNumber(draft.min) || !isNumber(draft.max)) return "The least and the most are numbers.";
    if (Number(draft.min) >= Number(draft.max)) return "The least must be less than the most.";
  }
  if (draft.type === "CATEGORICAL") {
    if (draft.categories.some(({ label }) => !label.trim())) return "Every value needs a word.";
    if (draft.categories.some(({ value }) => !isNumber(value))) return "Every word needs a number as its value.";
  }
  return null;
}

export function inputOf(draft: Draft): FeedbackDefinitionInput {
  const named = { name: draft.name.trim(), description: draft.description.trim() || null };
  switch (draft.type) {
    case "NUMERICAL":
      return { ...named, numerical: { min: Number(draft.min), max: Number(draft.max) } };
    case "CATEGORICAL":
      return {
        ...named,
        categorical: draft.categories.map(({ label, value }) => ({ label: label.trim(), value: Number(value) })),
      };
    case "BOOLEAN":
      return { ...named, boolean: { trueLabel: draft.yes.trim(), falseLabel: draft.no.trim() } };
  }
}
