import { useState } from "react";
import type { Row, Written } from "@/features/datasets/draft";
import { type Field, fieldsOf, readItem, writeFields } from "@/features/datasets/fields";
import { draftOf, isSamePolicy, readTerms } from "@/features/datasets/testTerms";
import { lineJson, parseJson, prettyJson } from "@/lib/json";
import { namesOf } from "@/lib/names";

/** An item while it is written: its data key by key or in one piece, what is said about it, and how it is tried. */
export function useWrittenItem(row: Row) {
  const [fields, setFields] = useState(() => fieldsOf(row.data));
  const [whole, setWhole] = useState<string | null>(null);
  const [description, setDescription] = useState(row.description);
  const [tags, setTags] = useState(row.tags.join(", "));
  const [terms, setTerms] = useState(() => draftOf(row));
  const [problem, setProblem] = useState<string | null>(null);
  const current = () => (whole === null ? { fields } : readItem(whole));
  const refuse = (why: string) => {
    setProblem(why);
    return null;
  };
  return {
    fields,
    whole,
    description,
    tags,
    terms,
    problem,
    shape: whole === null ? ("keys" as const) : ("json" as const),
    setFields: (next: readonly Field[]) => {
      setProblem(null);
      setFields([...next]);
    },
    setWhole: (text: string) => {
      setProblem(null);
      setWhole(text);
    },
    setDescription,
    setTags,
    setTerms,
    reshape: (shape: "keys" | "json") => {
      const read = current();
      if (!("fields" in read)) return setProblem(read.problem);
      const written = writeFields(read.fields);
      if (!("data" in written)) return setProblem(written.problem);
      setProblem(null);
      setFields(read.fields);
      setWhole(shape === "json" ? prettyJson(written.data) : null);
    },
    /** What is other than it was; null if something stands against it, which is then said. */
    read: (): Partial<Written> | null => {
      const read = current();
      if (!("fields" in read)) return refuse(read.problem);
      const written = writeFields(read.fields);
      if ("problem" in written) return refuse(written.problem);
      const asked = readTerms(terms);
      if ("problem" in asked) return refuse(asked.problem);
      return changeOf(row, { ...written, ...asked, description: description.trim(), tags: namesOf(tags) });
    },
  };
}

function changeOf(row: Row, next: Written): Partial<Written> {
  const change: Partial<Written> = {};
  if (next.data !== writtenOf(row.data)) change.data = next.data;
  if (next.description !== row.description) change.description = next.description;
  if (next.tags.join() !== row.tags.join()) change.tags = next.tags;
  if (lineJson(parseJson(next.evaluators)) !== lineJson(parseJson(row.evaluators))) change.evaluators = next.evaluators;
  if (!isSamePolicy(next.policy, row.policy)) change.policy = next.policy;
  return change;
}

function writtenOf(data: string): string {
  const written = writeFields(fieldsOf(data));
  return "data" in written ? written.data : data;
}
