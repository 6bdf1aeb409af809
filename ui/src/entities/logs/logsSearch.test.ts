import { describe, expect, test } from "vitest";
import { nextSort, parseLogsSearch, parseSort, writeSort } from "@/entities/logs/logsSearch";
import { parseQueryString, writeQueryString } from "@/lib/queryString";

describe("the address", () => {
  test("what is written is read again", () => {
    const search = {
      q: "refund 100%",
      filter: 'name:"a & b" AND cost > 0.1',
      sort: "-cost",
      trace: "t1",
      span: "s1",
      history: "42",
    };
    expect(parseLogsSearch(parseQueryString(writeQueryString(search)))).toEqual(search);
  });

  test("text that looks like a number or a truth stays text", () => {
    expect(parseLogsSearch(parseQueryString("?q=123&filter=true"))).toEqual({ q: "123", filter: "true" });
  });

  test("unknown, empty and malformed parts are dropped", () => {
    const raw = {
      q: " ",
      filter: "",
      sort: "cost; drop",
      span: "s1",
      history: "changes",
      among: "a:b",
      tab: "logs",
      trace: 3,
    };
    expect(parseLogsSearch(raw)).toEqual({});
  });

  test("cleared parts leave the address", () => {
    expect(writeQueryString({ q: "", filter: undefined })).toBe("");
  });
});

describe("sorting", () => {
  test("newest first needs no words", () => {
    expect(writeSort(parseSort(undefined))).toBeUndefined();
    expect(parseSort("-usage.total_tokens")).toEqual({ field: "usage.total_tokens", direction: "DESC" });
    expect(writeSort({ field: "cost", direction: "ASC" })).toBe("cost");
  });

  test("a header goes from descending over ascending back to newest first", () => {
    const first = nextSort(parseSort(undefined), "cost");
    const second = nextSort(first, "cost");
    const third = nextSort(second, "cost");
    expect([first, second, third].map(writeSort)).toEqual(["-cost", "cost", undefined]);
  });

  test("the start column only turns round", () => {
    const ascending = nextSort(parseSort(undefined), "start_time");
    expect(writeSort(ascending)).toBe("start_time");
    expect(writeSort(nextSort(ascending, "start_time"))).toBeUndefined();
  });
});
