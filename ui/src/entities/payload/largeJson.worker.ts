import { type Found, findInJson, type JsonRow, jsonRows, textOfValue, valueAt } from "@/components/jsonRows";
import { CHILDREN_SHOWN } from "@/components/jsonSource";
import { isOpenIn } from "@/components/useOpenBranches";
import type { FromWorker, Question, RowsTold, RowsWanted, ToWorker } from "@/entities/payload/largeJson";
import { type Form, readPayload } from "@/entities/payload/readPayload";
import { packExact } from "@/lib/exactAcross";
import { type JsonValue, prettyJson } from "@/lib/json";

// The one thread that has the whole value.

let text = "";
let read: ReturnType<typeof readPayload> | null = null;
let found: { words: string; found: Found } | null = null;

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if ("text" in data) {
    text = data.text;
    return;
  }
  const { number, question } = data;
  self.postMessage(answerTo(number, question));
};

function answerTo(number: number, question: Question): FromWorker {
  try {
    return { number, told: told(question) };
  } catch (error) {
    return { number, failure: error instanceof Error ? error.message : String(error) };
  }
}

function told(question: Question): unknown {
  read ??= readPayload(text);
  switch (question.kind) {
    case "form":
      return formToTell(read.form);
    case "rows":
      return rowsToTell(read.value, question.wanted);
    case "text":
      return textOfValue(valueAt(read.value, question.wanted));
    case "pretty":
      return prettyJson(text);
  }
}

/** Very many rows are a tree here: as a table all of them would have to leave this thread. */
function formToTell(form: Form): Form {
  if (form.kind === "lists") return { kind: "tree" };
  return packExact(form as unknown as JsonValue) as unknown as Form;
}

function rowsToTell(value: JsonValue, { branches, shown, words, at, from, to }: RowsWanted): RowsTold {
  if (found?.words !== words) found = { words, found: findInJson(value, words) };
  const { ids, isCut, above } = found.found;
  const rows = jsonRows(value, {
    isOpen: (id, depth) => above.has(id) || isOpenIn(branches, id, depth),
    shownOf: (id) => Math.max(shown.get(id) ?? CHILDREN_SHOWN, above.get(id) ?? 0),
  });
  return {
    count: rows.length,
    from,
    rows: rows.slice(from, to).map(packed),
    foundCount: ids.length,
    isFoundCut: isCut,
    foundIndex: ids.length === 0 ? -1 : rows.findIndex(({ id }) => id === ids[at]),
  };
}

function packed(row: JsonRow): JsonRow {
  return row.kind === "leaf" ? { ...row, value: packExact(row.value) } : row;
}
