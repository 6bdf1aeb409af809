import { expect, test } from "vitest";
import {
  emptyConfig,
  parseConfig,
  withLayout,
  withoutSection,
  withoutWidget,
  withSection,
  withSectionAs,
  withSectionMoved,
  withWidget,
} from "@/features/dashboards/config";

const widget = (id: string, type = "project_metrics") => ({ id, type, title: id, config: {} });
const empty = () => {
  const config = parseConfig(emptyConfig("s"));
  if (!config) throw new Error("an empty dashboard is one");
  return config;
};

test("a new widget takes the highest room that there is", () => {
  let config = empty();
  for (const id of ["a", "b", "c", "d"]) config = withWidget(config, "s", widget(id));
  const places = config.sections[0]?.layout.map(({ i, x, y, w, h }) => [i, x, y, w, h]);
  expect(places).toEqual([
    ["a", 0, 0, 2, 4],
    ["b", 2, 0, 2, 4],
    ["c", 4, 0, 2, 4],
    ["d", 0, 4, 2, 4],
  ]);
});

test("what the page does not know stays, and a widget without a place gets one", () => {
  const text = JSON.stringify({
    version: 4,
    theirs: true,
    sections: [
      { id: "s", title: "S", expanded: false, widgets: [{ id: "a", type: "new", subtitle: "x" }], layout: [] },
    ],
  });
  const config = parseConfig(text);
  expect(JSON.parse(JSON.stringify(config))).toMatchObject({
    theirs: true,
    sections: [
      { expanded: false, widgets: [{ id: "a", subtitle: "x", config: {} }], layout: [{ i: "a", w: 2, h: 2 }] },
    ],
  });
});

test("only a layout that is another one is to be saved", () => {
  const config = withWidget(empty(), "s", widget("a"));
  const [section] = config.sections;
  expect(withLayout(config, "s", section?.layout ?? [])).toBeNull();
  const moved = withLayout(config, "s", [{ i: "a", x: 3, y: 0, w: 3, h: 5 }]);
  expect(moved?.sections[0]?.layout[0]).toMatchObject({ x: 3, w: 3, h: 5, minW: 2 });
});

test("a widget goes with its place, and text that is no dashboard is none", () => {
  const config = withoutWidget(withWidget(empty(), "s", widget("a")), "s", "a");
  expect(config.sections[0]).toMatchObject({ widgets: [], layout: [] });
  expect([parseConfig("[1]"), parseConfig("{")]).toEqual([null, null]);
});

test("sections are named, closed, moved and taken away, with what is in them", () => {
  const section = (id: string) => ({ id, title: id, widgets: [widget(`in ${id}`)], layout: [] });
  const config = withSection(withSection(withoutSection(empty(), "s"), section("a")), section("b"));
  const ids = (of: typeof config | null) => of?.sections.map(({ id }) => id);
  expect(ids(withSectionMoved(config, "b", -1))).toEqual(["b", "a"]);
  expect(withSectionMoved(config, "a", -1)).toBeNull();
  expect(withSectionMoved(config, "b", 1)).toBeNull();
  const changed = withSectionAs(withSectionAs(config, "a", { title: "First" }), "a", { expanded: false });
  expect(changed.sections[0]).toEqual({ ...section("a"), title: "First", expanded: false });
  expect(changed.sections[1]).toEqual(section("b"));
  expect(parseConfig(JSON.stringify(changed))?.sections.map(({ expanded }) => expanded)).toEqual([false, true]);
});
