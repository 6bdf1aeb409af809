// A team lays out what it looks at every day: figures, a table and text, by mouse and by keys, on the same page.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let project;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  await story.runProgram(project, "cumin");
  await story.runProgram(project, "cumin", "--fails");
});

let page;
const dialog = () => page.getByRole("dialog");
const card = (title) => page.getByRole("region", { name: title, exact: true });
const places = async () => {
  const { content } = await story.get("dashboards");
  return Object.fromEntries(content[0].config.sections[0].layout.map(({ i, x, y, w, h }) => {
    const widget = content[0].config.sections[0].widgets.find(({ id }) => id === i);
    return [widget.title, `${x},${y} ${w}x${h}`];
  }));
};

async function addWidget(type, fill = async () => {}) {
  await page.getByRole("button", { name: "Widget", exact: true }).click();
  await dialog().getByLabel("What it is").selectOption({ label: type });
  await fill();
  await dialog().getByRole("button", { name: "Save widget" }).click();
  await dialog().waitFor({ state: "detached" });
}

test("a dashboard is made and filled", async () => {
  page = await story.open("/default/dashboards", { timezoneId: "UTC" });
  await page.getByRole("button", { name: "New dashboard" }).first().click();
  await dialog().getByLabel("Name").fill("Every morning");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Every morning" }).waitFor();
  await page.getByText("Nothing here yet").waitFor();
  await addWidget("Figures over time", async () => {
    assert.deepEqual(await seriousViolations(page), []);
  });
  await card("Traces").getByRole("application").waitFor();
  await addWidget("One figure", () => dialog().getByLabel("Figure").selectOption({ label: "How many failed" }));
  await card("How many failed").getByText("1", { exact: true }).waitFor();
  await addWidget("Table by groups", async () => {
    await dialog().getByLabel("Of", { exact: true }).selectOption("spans");
    await dialog().getByLabel("Grouped by").selectOption("model");
  });
  await card("Table by groups").getByRole("row", { name: /gpt-4o-mini 2/ }).waitFor();
  await addWidget("Text", async () => {
    await dialog().getByRole("button", { name: "Save widget" }).click();
    await dialog().getByText("Write something.").waitFor();
    await dialog().getByLabel("Text", { exact: true }).fill("Call **Ada** if it is red.");
  });
  await card("Text").getByText("Call Ada if it is red.").waitFor();
  await addWidget("Leaderboard of experiments");
  await card("Leaderboard of experiments").getByText("no experiments yet").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
});

async function csvOf(title) {
  await page.getByRole("button", { name: `Actions of ${title}` }).press("Enter");
  await page.getByRole("menuitem", { name: "As CSV" }).waitFor();
  const downloaded = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "As CSV" }).press("Enter");
  const file = await downloaded;
  return { name: file.suggestedFilename(), lines: (await readFile(await file.path(), "utf8")).trim().split(/\r?\n/) };
}

test("each widget with figures goes into a file, with their units, and says which times it means", async () => {
  await card("Traces").getByText(/^count, per [\d\w ]+, UTC$/).waitFor();
  const { name, lines } = await csvOf("Traces");
  assert.equal(name, "traces.csv");
  assert.equal(lines[0], "from (UTC),Traces (count)");
  assert.equal(lines.slice(1).reduce((sum, line) => sum + Number(line.split(",")[1]), 0), 2);
  const one = await csvOf("How many failed");
  assert.match(one.lines[1], /,1$/);
  const table = await csvOf("Table by groups");
  assert.match(table.lines[0], /^model,count,failed \(count\),p50 \(milliseconds\),cost \(US dollars\)/);
  assert.ok(table.lines.some((line) => /^gpt-4o-mini,2,/.test(line)), table.lines.join("\n"));
  await page.getByRole("button", { name: "Actions of Text" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).waitFor();
  assert.equal(await page.getByRole("menuitem", { name: "As CSV" }).count(), 0);
  await page.keyboard.press("Escape");
});

test("it is laid out by mouse and by keys, and stays so", async () => {
  await eventually("all widgets are kept", async () => Object.keys(await places()).length === 5);
  assert.equal((await places())["Traces"], "0,0 2x4");
  const head = await card("Traces").getByRole("heading").boundingBox();
  await page.mouse.move(head.x - 8, head.y + head.height / 2);
  await page.mouse.down();
  await page.mouse.move(head.x + 300, head.y + 40, { steps: 8 });
  await page.mouse.up();
  await eventually("dragged to the right", async () => (await places())["Traces"].startsWith("2,") || (await places())["Traces"]);
  await page.getByRole("button", { name: "Actions of Text" }).focus();
  const before = (await places())["Text"];
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Wider" }).waitFor();
  await page.keyboard.type("Wider");
  await page.keyboard.press("Enter");
  const wider = before.replace(/ (\d)x/, (_, width) => ` ${Number(width) + 1}x`);
  await eventually("wider by a key", async () => (await places())["Text"].split(" ")[1] === wider.split(" ")[1]);
  const kept = await places();
  await page.reload();
  await card("Text").waitFor();
  assert.deepEqual(await places(), kept);
});

test("a colleague sees it change, and what was taken away comes back", async () => {
  const colleague = await story.open(page.url().slice(story.server.rootUrl.length));
  await colleague.getByText("Call Ada if it is red.").waitFor();
  await page.getByRole("button", { name: "Actions of Text" }).click();
  await page.getByRole("menuitem", { name: "Take away" }).click();
  await colleague.getByText("Call Ada if it is red.").waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^Undo/ }).click();
  await colleague.getByText("Call Ada if it is red.").waitFor();
  await colleague.context().close();
});

test("sections are named, closed, moved and taken away, and a dashboard is duplicated", async () => {
  const original = page.url();
  const titles = async () => (await page.getByRole("heading", { level: 2 }).filter({ has: page.getByRole("button") }).allInnerTexts()).map((title) => title.trim());
  const act = async (section, what) => {
    await page.getByRole("button", { name: `Actions of the section ${section}` }).press("Enter");
    await page.getByRole("menuitem", { name: what }).click();
  };
  await page.getByRole("button", { name: "Duplicate" }).click();
  assert.equal(await dialog().getByLabel("Name").inputValue(), "Copy of Every morning");
  await dialog().getByLabel("Name").fill("At noon");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "At noon" }).waitFor();
  await page.getByText("Call Ada if it is red.").waitFor();
  const [first] = await titles();
  await page.getByRole("button", { name: "Section", exact: true }).click();
  await act("Section 2", "Rename…");
  await dialog().getByLabel("Title").fill("Money");
  await page.keyboard.press("Enter");
  await act("Money", "Move up");
  await eventually("it is the first", async () => (await titles()).join() === `Money,${first}` || (await titles()));
  await page.getByRole("button", { name: first, exact: true }).press("Enter");
  await page.getByText("Call Ada if it is red.").waitFor({ state: "detached" });
  assert.deepEqual(await seriousViolations(page), []);
  await page.reload();
  await page.getByRole("button", { name: first, exact: true, expanded: false }).click();
  await page.getByText("Call Ada if it is red.").waitFor();
  await act(first, "Take away");
  await eventually("one section", async () => (await titles()).join() === "Money" || (await titles()));
  await page.getByRole("button", { name: /^Undo/ }).click();
  await eventually("both again", async () => (await titles()).join() === `Money,${first}` || (await titles()));
  await page.getByRole("button", { name: "Delete dashboard" }).click();
  await dialog().getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { name: "Dashboards" }).waitFor();
  await page.goto(original);
  await page.getByText("Call Ada if it is red.").waitFor();
  assert.deepEqual(await titles(), [first]);
});

test("one that a program made is drawn", async () => {
  const widgets = [
    { id: "w1", type: "project_metrics", title: "How long", config: { metricType: "DURATION", chartType: "line" } },
    { id: "w2", type: "project_stats_card", title: "How dear", config: { source: "traces", metric: "total_estimated_cost_sum" } },
    { id: "w3", type: "of_next_year", title: "New", config: {} },
  ];
  const config = { version: 4, sections: [{ id: "s", title: "Made elsewhere", widgets, layout: [] }] };
  const made = await (await story.post("dashboards", { name: "By a program", type: "multi_project", config })).json();
  await page.goto(`${story.server.rootUrl}/default/dashboards/${made.id}`);
  await card("How long").getByRole("application").waitFor();
  await card("How dear").getByText("$0.000054").waitFor();
  await card("New").getByText("does not know how to draw “of_next_year”").waitFor();
  await page.getByRole("button", { name: "Delete dashboard" }).click();
  await dialog().getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { name: "Dashboards" }).waitFor();
  await page.getByRole("link", { name: "Every morning" }).waitFor();
  assert.deepEqual(page.complaints, []);
});

test("scores of experiments are drawn on a radar, read by key and as a table, and of too few as bars", async () => {
  const name = story.newName("tried");
  const id = await story.createProject(name);
  await story.post("datasets", { name: story.newName("questions"), project_name: name });
  const { content: [{ name: dataset_name }] } = await story.get(`datasets?project_id=${id}`);
  const experiment = (called, ...values) => {
    const experiment_scores = ["brevity", "grounded", "stars"].map((score, at) => ({ name: score, value: values[at] }));
    return story.post("experiments", { name: called, dataset_name, project_name: name, experiment_scores });
  };
  await experiment("first", 0.25, 0.5, 4);
  await experiment("second", 0.75, 0.5, 5);
  const widget = (title, more) => ({ id: title, type: "experiments_feedback_scores", title, config: { projectId: id, ...more } });
  const widgets = [widget("Round", { chartType: "radar" }), widget("Two of them", { chartType: "radar", feedbackScores: ["brevity", "stars"] })];
  const layout = widgets.map(({ id: i }, at) => ({ i, x: 2 * at, y: 0, w: 2, h: 5 }));
  const config = { version: 4, sections: [{ id: "scores", title: "Scores", widgets, layout }] };
  const made = await (await story.post("dashboards", { name: story.newName("radar"), type: "multi_project", config })).json();
  await page.goto(`${story.server.rootUrl}/default/dashboards/${made.id}`);
  await card("Round").getByRole("application").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  const radar = card("Round");
  await eventually("each at a score", async () => /stars\s+from 0 to 5\s+second\s+5\s+first\s+4/.test(await radar.innerText()));
  await radar.getByRole("table", { name: "Figures of Round" }).getByRole("row", { name: "grounded 0.5 0.5" }).waitFor();
  await card("Two of them").getByText("A radar is drawn of 3 scores or more.").waitFor();
  await card("Two of them").getByRole("table", { name: "stars" }).getByRole("row", { name: "second 5" }).waitFor();
  assert.deepEqual((await csvOf("Round")).lines, ["experiment,brevity,grounded,stars", "second,0.75,0.5,5", "first,0.25,0.5,4"]);
  assert.deepEqual(await seriousViolations(page), []);
  await page.getByRole("button", { name: "Actions of Round" }).press("Enter");
  await page.getByRole("menuitem", { name: "Edit" }).press("Enter");
  await dialog().getByLabel("Drawn as").selectOption({ label: "Lines" });
  await dialog().getByRole("button", { name: "Save widget" }).click();
  await card("Round").getByRole("table").waitFor({ state: "detached" });
  await card("Round").getByRole("list", { name: "Colours" }).getByText("grounded").waitFor();
});
