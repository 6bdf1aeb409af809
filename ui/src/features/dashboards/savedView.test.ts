import { expect, test } from "vitest";
import { configOf, searchOf, shownIn, tellsApart } from "@/features/dashboards/savedView";

test("a view is what is listed and how, without what is open", () => {
  const search = { logsType: "spans", filter: "error:true", sort: "-cost", trace: "t", span: "s", saved: "v" };
  const config = configOf(search, "name,cost");
  expect(JSON.parse(config)).toEqual({
    version: 1,
    search: { logsType: "spans", filter: "error:true", sort: "-cost", columns: "name,cost" },
  });
  expect(searchOf(config)).toEqual({ logsType: "spans", filter: "error:true", sort: "-cost", columns: "name,cost" });
});

test("what a program wrote as a view does no harm", () => {
  for (const config of ["{}", "[]", "null", '{"search":7}', '{"search":{"filter":7}}', "{"])
    expect(searchOf(config)).toEqual({});
});

test("a view is changed when the list is another one, or shows other columns", () => {
  const config = configOf({ filter: "error:true" }, "name,cost");
  expect(tellsApart(config, { filter: "error:true", trace: "t" }, "name,cost")).toBe(false);
  expect(tellsApart(config, { filter: "error:true", columns: "name,cost" }, "name,cost")).toBe(false);
  expect(tellsApart(config, { filter: "error:false" }, "name,cost")).toBe(true);
  expect(tellsApart(config, { filter: "error:true" }, "name")).toBe(true);
});

test("a view says what it shows", () => {
  expect(shownIn(configOf({ logsType: "spans", filter: "error:true", q: "rain", sort: "-cost" }, "name"))).toBe(
    "Spans, error:true, “rain”, by cost",
  );
  expect(shownIn(configOf({}, "name"))).toBe("Traces");
});
