// Two people speak about a trace: one writes beside it, changes the words, and takes them away again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { seriousViolations, traceRows, useBrowser } from "./story.js";

let logs;

const story = useBrowser(async (story) => {
  const project = story.newName("shop");
  await story.runProgram(project, "tarragon");
  const { content } = await story.get(`projects?name=${project}`);
  logs = `/default/projects/${content[0].id}/logs`;
});

let page;
const panel = () => page.getByRole("region", { name: "Comments" });

test("a comment is written by keys, and a colleague reads it", async () => {
  page = await story.open(logs);
  await traceRows(page).first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("treeitem", { name: /^look_up/ }).waitFor();
  await page.keyboard.press("c");
  await panel().getByText("Nobody has written anything yet.").waitFor();
  await page.keyboard.type("Why **tarragon**? <script>alert(1)</script>");
  await page.keyboard.press("Control+Enter");
  await panel().getByRole("article").getByText("Why tarragon?").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  const colleague = await story.open(page.url().slice(story.server.rootUrl.length));
  await colleague.getByRole("button", { name: /^Comments 1/ }).click();
  await colleague.getByRole("article").getByText("Why tarragon?").waitFor();
  await page.keyboard.press("u");
  await page.getByText("Took the comment back.").waitFor();
  await panel().getByText("Nobody has written anything yet.").waitFor();
  await colleague.getByText("Nobody has written anything yet.").waitFor();
  await colleague.context().close();
});

test("the key of undo takes back what was written last, changed or deleted, whatever others wrote since", async () => {
  await page.keyboard.press("c");
  await page.keyboard.type("Why tarragon?");
  await page.keyboard.press("Control+Enter");
  await panel().getByRole("article").getByText("Why tarragon?").waitFor();
  await panel().getByRole("button", { name: "Edit comment" }).click();
  await panel().getByLabel("Edit comment").fill("Why thyme?");
  await panel().getByRole("button", { name: "Save" }).click();
  await panel().getByRole("article").getByText("Why thyme?").waitFor();
  const trace = new URL(page.url()).searchParams.get("trace");
  await story.post(`traces/${trace}/comments`, { text: "A colleague's." });
  await panel().getByRole("article").getByText("A colleague's.").waitFor();
  await page.keyboard.press("u");
  await panel().getByRole("article").getByText("Why tarragon?").waitFor();
  await panel().getByRole("article").filter({ hasText: "A colleague's." }).getByRole("button", { name: "Delete comment" }).click();
  await panel().getByText("A colleague's.").waitFor({ state: "detached" });
  await page.keyboard.press("u");
  await panel().getByRole("article").getByText("A colleague's.").waitFor();
  await panel().getByRole("article").filter({ hasText: "A colleague's." }).getByRole("button", { name: "Delete comment" }).click();
  await panel().getByText("A colleague's.").waitFor({ state: "detached" });
});

test("a comment is changed and deleted, and comes back by undo", async () => {
  await panel().getByRole("button", { name: "Edit comment" }).click();
  await panel().getByLabel("Edit comment").fill("Because of the sauce.");
  await panel().getByRole("button", { name: "Save" }).click();
  await panel().getByRole("article").getByText("Because of the sauce.").waitFor();
  await panel().getByText("edited").waitFor();
  await panel().getByRole("button", { name: "Delete comment" }).click();
  await panel().getByText("Nobody has written anything yet.").waitFor();
  await page.getByRole("button", { name: /^Undo/ }).last().click();
  await panel().getByRole("article").getByText("Because of the sauce.").waitFor();
});

test("a span has comments of its own", async () => {
  await page.getByRole("treeitem", { name: /^answer/ }).click();
  await page.getByRole("heading", { name: "Comments on this span" }).waitFor();
  await panel().getByText("Nobody has written anything yet.").waitFor();
  await page.keyboard.press("Escape");
  assert.deepEqual(page.complaints, []);
});

test("whoever is done with it is where they were before", async () => {
  await page.goto(`${story.server.rootUrl}${logs}`);
  await traceRows(page).first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByRole("treeitem", { name: /^look_up/ }).waitFor();
  const comments = page.getByRole("button", { name: /^Comments/ });
  await comments.waitFor();
  await page.keyboard.press("c");
  await panel().getByRole("textbox", { name: "Comment" }).waitFor();
  await page.keyboard.press("Escape");
  await comments.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "row");
  await comments.press("Enter");
  await panel().getByRole("textbox", { name: "Comment" }).waitFor();
  await page.keyboard.press("Escape");
  await comments.and(page.locator(":focus")).waitFor();
});
