// How long traces are kept is said by rules: what each comes to is read before it is made, and it can end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { seriousViolations, useBrowser } from "./story.js";

const DAY_MS = 24 * 3_600_000;

let project;
let page;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  const daysAgo = (days) => new Date(Date.now() - days * DAY_MS).toISOString();
  for (const [name, days] of [["ancient", 100], ["old", 30], ["new", 1]]) {
    await story.post("traces", { project_name: project, name, start_time: daysAgo(days), environment: "staging" });
  }
  page = await story.open("/default/settings");
});

const dialog = () => page.getByRole("dialog");
const row = (name) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });

test("without a rule everything is kept", async () => {
  await page.getByRole("link", { name: "Retention" }).click();
  await page.getByRole("heading", { name: "Everything is kept" }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
});

test("a rule says what it will delete before it is made", async () => {
  await page.getByRole("button", { name: "New rule" }).first().click();
  await dialog().getByText("Traces that start from now on").waitFor();
  await dialog().getByLabel("Project").selectOption({ label: project });
  await dialog().getByLabel("Environment").selectOption({ label: "staging" });
  await dialog().getByLabel("Kept for").selectOption({ label: "60 days" });
  await dialog().getByLabel("Also what started before now").check();
  await dialog().getByText("That is 1 trace now").waitFor();
  await dialog().getByLabel("Kept for").selectOption({ label: "14 days" });
  await dialog().getByText("That is at most 2 traces now").or(dialog().getByText("That is 2 traces now")).waitFor();
  await dialog().getByText("They lie in the trash").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await dialog().getByRole("button", { name: "Make rule" }).click();
  const made = row(`${project}, in staging`);
  await made.getByText("14 days").waitFor();
  await made.getByText("traces that started before").waitFor();
  await made.getByText("admin").waitFor();
});

test("one for the same place takes the place of the other", async () => {
  await page.getByRole("button", { name: "New rule" }).click();
  await dialog().getByLabel("Kept for").selectOption({ label: "400 days" });
  await dialog().getByRole("button", { name: "Make rule" }).click();
  await row("All projects").getByText("400 days").waitFor();
  await page.getByRole("button", { name: "New rule" }).click();
  await dialog().getByText("The rule of 400 days ends with it.").waitFor();
  await dialog().getByLabel("Kept for").selectOption({ label: "for ever" });
  await dialog().getByText("Nothing is deleted").waitFor();
  await dialog().getByRole("button", { name: "Make rule" }).click();
  await row("All projects").getByText("for ever").waitFor();
  assert.equal(await row("All projects").count(), 1);
});

test("rules are applied at once when somebody asks", async () => {
  await page.getByRole("button", { name: "Apply now" }).click();
  await dialog().getByRole("button", { name: "Apply" }).click();
  await page.getByText("Deleted 2 traces.").waitFor();
  const { content } = await story.get(`traces?project_name=${project}`);
  assert.deepEqual(content.map(({ name }) => name), ["new"]);
});

test("a rule ends, and stays in the list of all, which the address keeps", async () => {
  const name = `${project}, in staging`;
  await page.getByRole("button", { name: `End the rule of ${name}` }).click();
  await dialog().getByText("What it deleted stays in the trash").waitFor();
  await dialog().getByRole("button", { name: "End rule" }).click();
  await row(name).waitFor({ state: "detached" });
  await page.keyboard.press("u");
  await page.getByText(`The rule of ${name} holds again.`).waitFor();
  await row(name).waitFor();
  await page.getByRole("button", { name: `End the rule of ${name}` }).click();
  await dialog().getByRole("button", { name: "End rule" }).click();
  await row(name).waitFor({ state: "detached" });
  await page.getByLabel("Also rules that have ended").check();
  await row(name).getByText("ended", { exact: true }).waitFor();
  await page.reload();
  await row(name).getByText("ended", { exact: true }).waitFor();
  assert.match(page.url(), /tab=retention/);
  assert.deepEqual(page.complaints, []);
});

test("the undo of how a rule began says that it ends, and ends it", async () => {
  await page.goto(`${story.server.rootUrl}/default/audit-log?area=retention`);
  const told = page.getByRole("table", { name: "What happened, newest first" });
  await told.getByRole("link", { name: "Retention rule created" }).first().click();
  await dialog().getByRole("button", { name: "Undo this change" }).click();
  const asked = page.getByRole("dialog", { name: "Undo how this retention rule began?" });
  await asked.getByText("the retention rule ends").waitFor();
  assert.equal(await asked.getByText("trash").count(), 0);
  assert.deepEqual(await seriousViolations(page), []);
  await asked.getByRole("button", { name: "End the retention rule" }).click();
  await page.getByText("Undone: Retention rule created.").waitFor();
  await page.goto(`${story.server.rootUrl}/default/settings?tab=retention`);
  await page.getByLabel("Also rules that have ended").check();
  await row("All projects").getByText("ended", { exact: true }).first().waitFor();
  assert.deepEqual(page.complaints, []);
});

test("a colleague sees the rule that another makes", async () => {
  await page.getByLabel("Also rules that have ended").uncheck();
  await story.ask("mutation ($rule: RetentionRuleInput!) { createRetentionRule(rule: $rule) { id } }", { rule: { environment: "nightly", period: "BASE" } });
  await row("All projects, in nightly").getByText("60 days").waitFor();
});
