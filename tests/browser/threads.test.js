// People read conversations as such: who asked what, what was answered, while they go on, and say what they think of it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { eventually, seriousViolations, useBrowser } from "./story.js";

let project;
let projectPath;

const story = useBrowser(async (story) => {
  project = story.newName("shop");
  await story.runWorld(project);
  const { content } = await story.get(`projects?name=${project}`);
  projectPath = `/default/projects/${content[0].id}`;
  await story.post("feedback-definitions", { name: "resolved", type: "boolean", details: { true_label: "yes", false_label: "no" } });
});

const threadRows = (page) => page.getByRole("grid", { name: "Threads" }).getByRole("row").filter({ has: page.getByRole("gridcell") });
const rowOf = (page, name) => threadRows(page).filter({ has: page.getByText(name, { exact: true }) });
const panelOf = (page) => page.getByRole("complementary", { name: "Thread" });
const turnsOf = (page) => page.getByRole("article", { name: /^Turn \d+$/ });
const selectionOf = (page) => page.getByRole("region", { name: "Selection" });

async function openThreads(query = "") {
  const page = await story.open(`${projectPath}/logs?logsType=threads${query}`);
  await threadRows(page).first().waitFor();
  return page;
}

/** Sends one more turn of a conversation. */
async function say(thread_id, question, answer, change = {}) {
  const now = new Date().toISOString();
  const trace = { name: "support agent", thread_id, project_name: project, start_time: now, end_time: now };
  const turn = { ...trace, input: { question }, ...(answer ? { output: { answer } } : {}), ...change };
  await story.post("traces/batch", { traces: [turn] });
}

test("threads are listed beside traces and spans, with what they come to", async () => {
  const page = await story.open(`${projectPath}/logs`);
  await page.getByRole("radio", { name: "Threads" }).click();
  await rowOf(page, "conversation-1").waitFor();
  assert.match(page.url(), /logsType=threads/);
  const said = await rowOf(page, "conversation-1").innerText();
  assert.match(said, /active[\s\S]*Where is my parcel\?[\s\S]*I am sorry about that[\s\S]*\b3\b[\s\S]*min[\s\S]*\$/);
  await page.getByRole("status").getByText("20 threads").waitFor();
  await page.getByRole("region", { name: "Figures" }).getByRole("heading", { name: "Tokens" }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("they are sorted, filtered and found by what was said in them", async () => {
  const page = await openThreads();
  const first = () => threadRows(page).first().innerText();
  for (const column of ["Thread", "Status", "Turns", "Duration", "Tokens", "Cost"]) {
    await page.getByRole("columnheader", { name: column }).getByRole("button").first().click();
    await page.getByRole("columnheader", { name: column }).and(page.locator("[aria-sort=descending]")).waitFor();
    await eventually(`sorted by ${column}`, async () => (await page.getByRole("grid", { name: "Threads" }).getAttribute("aria-busy")) === "false");
  }
  assert.deepEqual(page.complaints, []);
  await page.keyboard.press("f");
  await page.keyboard.type("first_message:parcel AND messages > 4");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("4 threads").waitFor();
  await page.getByRole("button", { name: /Remove filter messages/ }).click();
  await page.keyboard.press("/");
  await page.keyboard.type("grinders");
  await page.keyboard.press("Enter");
  await eventually("found with the reason", async () => /grinders/.test(await first()) && /›/.test(await first()));
  await page.context().close();
});

test("a thread reads as a conversation, and the address keeps it", async () => {
  const page = await openThreads();
  await rowOf(page, "conversation-1").click();
  await turnsOf(page).nth(2).waitFor();
  const turns = await turnsOf(page).allInnerTexts();
  assert.equal(turns.length, 3);
  // The system's message is sent with every question; it is not part of what was said.
  assert.match(turns[0], /^USER\s+Where is my parcel\?\s+ASSISTANT\s+It left Hamburg this morning/);
  assert.doesNotMatch(turns[0], /You help customers/);
  assert.match(turns[1], /RateLimitError/);
  const summary = await panelOf(page).getByLabel("Summary").innerText();
  assert.match(summary, /Status\s+active\s+Turns\s+3\s+Duration\s+1 h/);
  assert.deepEqual(await seriousViolations(page), []);
  await page.reload();
  await turnsOf(page).nth(2).waitFor();
  assert.equal(await rowOf(page, "conversation-1").getAttribute("aria-current"), "true");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("one press says that a turn went well or badly, and another takes it back", async () => {
  const page = await openThreads();
  await rowOf(page, "conversation-1").click();
  const turn = turnsOf(page).first();
  const good = turn.getByRole("button", { name: "Good answer" });
  const bad = turn.getByRole("button", { name: "Bad answer" });
  await good.click();
  await turn.getByText("User feedback 1").waitFor();
  assert.equal(await good.getAttribute("aria-pressed"), "true");
  await bad.press("Enter");
  await turn.getByText("User feedback 0").waitFor();
  assert.deepEqual([await good.getAttribute("aria-pressed"), await bad.getAttribute("aria-pressed")], ["false", "true"]);
  await page.keyboard.press("u");
  await turn.getByText("User feedback 1").waitFor();
  await good.click();
  await turn.getByText("User feedback").waitFor({ state: "detached" });
  assert.equal(await good.getAttribute("aria-pressed"), "false");
  assert.deepEqual(await seriousViolations(page), []);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a turn leads to its trace, and the trace back to its thread", async () => {
  const page = await openThreads();
  await rowOf(page, "conversation-2").click();
  await turnsOf(page).first().getByRole("link", { name: "Open trace" }).click();
  await page.getByRole("treeitem", { name: /^search articles/ }).waitFor();
  await page.getByLabel("Facts").getByRole("link", { name: "conversation-2" }).click();
  await panelOf(page).getByRole("heading", { name: "conversation-2" }).waitFor();
  await panelOf(page).getByRole("link", { name: "Open as a page" }).click();
  await page.waitForURL(/\/threads\//);
  await turnsOf(page).nth(2).waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("keys alone go from thread to thread, judge one, and close it", async () => {
  const page = await openThreads();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await panelOf(page).getByRole("heading", { name: "conversation-0" }).waitFor();
  await page.keyboard.press("j");
  await panelOf(page).getByRole("heading", { name: "conversation-1" }).waitFor();
  await page.keyboard.press("k");
  await panelOf(page).getByRole("heading", { name: "conversation-0" }).waitFor();
  await page.keyboard.press("a");
  const annotate = page.getByRole("region", { name: "Annotate" });
  await annotate.getByRole("heading", { name: "Annotate this thread" }).waitFor();
  await annotate.getByRole("radio", { name: "yes" }).focus();
  await page.keyboard.press("Enter");
  await panelOf(page).getByRole("region", { name: "Feedback scores", exact: true }).getByRole("row", { name: /^resolved 1/ }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Escape");
  await annotate.waitFor({ state: "detached" });
  await page.keyboard.press("c");
  await page.getByRole("textbox", { name: "Comment" }).waitFor();
  await page.keyboard.type("Ask *her* whether it came.");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("article", { name: /^Comment by/ }).getByText("her").waitFor();
  await page.keyboard.press("Escape");
  await panelOf(page).getByRole("button", { name: "Close thread" }).focus();
  await page.keyboard.press("Enter");
  await panelOf(page).getByRole("button", { name: "Reopen thread" }).waitFor();
  await page.keyboard.press("Escape");
  await panelOf(page).waitFor({ state: "detached" });
  assert.match(await rowOf(page, "conversation-0").innerText(), /inactive/);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("what happens in one window is seen in the other", async () => {
  const [reader, writer] = [await openThreads(), await openThreads()];
  await rowOf(reader, "conversation-3").click();
  await rowOf(writer, "conversation-3").click();
  await turnsOf(reader).nth(2).waitFor();
  await say("conversation-3", "And my refund?");
  await turnsOf(reader).nth(3).getByText("And my refund?").waitFor();
  await panelOf(writer).getByRole("button", { name: "Close thread" }).click();
  await panelOf(reader).getByRole("button", { name: "Reopen thread" }).waitFor();
  await panelOf(reader).getByLabel("Summary").getByText("inactive").waitFor();
  await rowOf(reader, "conversation-3").getByText("inactive").waitFor();
  await reader.keyboard.press("c");
  await reader.getByRole("region", { name: "Comments" }).getByText("Nobody has written").waitFor();
  await writer.keyboard.press("c");
  await writer.getByRole("textbox", { name: "Comment" }).fill("The refund is under way.");
  await writer.keyboard.press("Control+Enter");
  await reader.getByRole("article", { name: /^Comment by/ }).getByText("The refund is under way.").waitFor();
  await writer.getByRole("button", { name: "Close comments" }).click();
  await writer.getByRole("button", { name: "Add a tag" }).click();
  await writer.keyboard.type("refund");
  await writer.keyboard.press("Enter");
  await panelOf(reader).getByRole("list", { name: "Tags" }).getByText("refund").waitFor();
  // A conversation begins elsewhere: it is listed without a reload.
  await say("conversation-new", "Is anybody there?", "Yes, I am.");
  await rowOf(reader, "conversation-new").waitFor();
  for (const page of [reader, writer]) {
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  }
});

test("a thread that ceases to match leaves the list", async () => {
  const [page, other] = [await openThreads("&filter=status:active"), await openThreads()];
  await rowOf(page, "conversation-4").waitFor();
  await rowOf(other, "conversation-4").click();
  await panelOf(other).getByRole("button", { name: "Close thread" }).click();
  await rowOf(page, "conversation-4").waitFor({ state: "detached" });
  await panelOf(other).getByRole("button", { name: "Reopen thread" }).click();
  await rowOf(page, "conversation-4").waitFor();
  await Promise.all([page.context().close(), other.context().close()]);
});

test("several are closed, reopened, tagged, put into a queue and deleted at once", async () => {
  const page = await openThreads("&filter=thread_id:(conversation-5 OR conversation-6)");
  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
  const bar = selectionOf(page);
  await bar.getByText("2 selected").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  assert.equal(await bar.getByRole("button", { name: "Reopen" }).isDisabled(), true);
  await bar.getByRole("button", { name: "Close" }).click();
  await page.getByText("Closed 2 threads.").waitFor();
  await threadRows(page).nth(1).getByText("inactive").waitFor();
  await page.keyboard.press("u");
  await threadRows(page).nth(1).getByText("active", { exact: true }).waitFor();

  await bar.getByRole("button", { name: "Tags" }).click();
  await page.getByLabel("Add", { exact: true }).fill("seen");
  await page.keyboard.press("Enter");
  await threadRows(page).nth(1).getByText("seen").waitFor();

  const projectId = projectPath.split("/").at(-1);
  const queue = { project_id: projectId, name: "hard talks", scope: "thread", feedback_definition_names: ["resolved"] };
  await story.post("annotation-queues", queue);
  await bar.getByRole("button", { name: "Add to queue" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("Added 2 to hard talks.").waitFor();

  await bar.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByText("All of their traces go with them.").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("x");
  await bar.getByText("1 selected").waitFor();
  await bar.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("Deleted 1 thread.").waitFor();
  await page.getByRole("status").getByText("1 thread", { exact: true }).waitFor();
  await page.keyboard.press("u");
  await page.getByRole("status").getByText("2 threads", { exact: true }).waitFor();
  for (const at of [0, 1]) await threadRows(page).nth(at).getByText("seen").waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("threads of a queue are judged one by one", async () => {
  const page = await story.open(`${projectPath}/annotation-queues`);
  await page.getByRole("link", { name: "hard talks" }).click();
  await page.getByRole("link", { name: "Review" }).click();
  await page.getByRole("region", { name: "What is judged" }).getByRole("article", { name: "Turn 3" }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.getByRole("region", { name: "Judgement" }).getByRole("radio", { name: "yes" }).click();
  await page.getByText("resolved: 1").waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("a long conversation is read page by page, and new turns are added to it", async () => {
  const start = Date.now() - 3_600_000;
  const at = (minute) => new Date(start + minute * 60_000).toISOString();
  for (let turn = 1; turn <= 30; turn += 1) {
    await say("long-talk", `question ${turn}.`, `answer ${turn}.`, { start_time: at(turn), end_time: at(turn + 0.5) });
  }
  const page = await openThreads();
  await rowOf(page, "long-talk").click();
  await turnsOf(page).nth(24).getByText("question 25.").waitFor();
  assert.equal(await turnsOf(page).count(), 25);
  await page.getByRole("button", { name: "Show later turns (5)" }).click();
  await turnsOf(page).nth(29).getByText("answer 30.").waitFor();
  await say("long-talk", "question 31.", "answer 31.");
  await page.getByRole("article", { name: "Turn 31", exact: true }).getByText("answer 31.").waitFor();
  await page.context().close();
});

test("a project without threads, a missing thread and a deleted one say so", async () => {
  const empty = await story.createProject(story.newName("empty"));
  const page = await story.open(`/default/projects/${empty}/logs?logsType=threads`);
  await page.getByText("No conversations yet").waitFor();
  await page.goto(`${story.server.rootUrl}${projectPath}/logs?logsType=threads&filter=status:gone`);
  await page.getByText("Nothing matches").waitFor();
  await page.goto(`${story.server.rootUrl}${projectPath}/logs?logsType=threads&filter=name:x`);
  await page.getByText(/not of threads/).waitFor();
  await page.goto(`${story.server.rootUrl}${projectPath}/threads/01912f5e-0000-7000-8000-000000000000`);
  await page.getByText("The thread could not be read").waitFor();
  await say("short-lived", "Hello?", "Goodbye.");
  await page.goto(`${story.server.rootUrl}${projectPath}/logs?logsType=threads`);
  await rowOf(page, "short-lived").click();
  await turnsOf(page).first().waitFor();
  await story.post("traces/threads/delete", { project_name: project, thread_ids: ["short-lived"] });
  await page.getByRole("alert").getByText("This thread has been deleted.").waitFor();
  await rowOf(page, "short-lived").waitFor({ state: "detached" });
  await page.context().close();
});

test("on a narrow screen a thread covers the list, and closing it shows the list again", async () => {
  const page = await story.open(`${projectPath}/logs?logsType=threads`, { viewport: { width: 390, height: 800 } });
  await rowOf(page, "conversation-1").click();
  await turnsOf(page).nth(2).waitFor();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${overflow} px too wide`);
  assert.deepEqual(await seriousViolations(page), []);
  await panelOf(page).getByRole("button", { name: "Close", exact: true }).click();
  await panelOf(page).waitFor({ state: "detached" });
  await threadRows(page).first().waitFor();
  await page.context().close();
});

test("a turn that is too large to be read by the page itself is read beside it", async () => {
  const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, text: `a row of ${id}, and nothing that anybody reads` }));
  const messages = [{ role: "tool", content: JSON.stringify(rows) }, { role: "assistant", content: "So much." }, { role: "user", content: "And the last row?" }];
  await say("large-conversation", "", "The last row says 19999.", { input: { messages } });
  const page = await openThreads();
  const started = [];
  page.on("worker", (worker) => started.push(worker));
  await rowOf(page, "large-conversation").click();
  const turn = turnsOf(page).first();
  await turn.getByText("And the last row?").waitFor();
  await turn.getByText("The last row says 19999.").waitFor();
  assert.equal(await turn.getByText("So much.").count(), 0);
  assert.equal(started.length, 1);
  await eventually("the worker has ended", async () => page.workers().length === 0);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("an open thread goes into a file, whole or message by message", async () => {
  const messages = [{ role: "user", content: "Which beans?" }, { role: "assistant", content: "The dark ones." }];
  await say("to keep", "Which beans?", "The dark ones.");
  await say("to keep", "x", "=SUM(1)", { input: { messages: [...messages, { role: "user", content: "How \"much\", please?" }] } });
  await say("to keep", "And then?", null, { error_info: { exception_type: "Timeout", message: "no answer", traceback: "Timeout" } });
  const page = await openThreads();
  await rowOf(page, "to keep").click();
  await panelOf(page).getByRole("article", { name: "Turn 3" }).waitFor();
  const save = async (item) => {
    const downloading = page.waitForEvent("download");
    await panelOf(page).getByRole("button", { name: "More actions" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type(item);
    await page.keyboard.press("Enter");
    return readFile(await (await downloading).path(), "utf8");
  };
  const thread = JSON.parse(await save("Export as JSON"));
  assert.equal(thread.threadId, "to keep");
  assert.deepEqual(thread.traces.map(({ input }) => input.question ?? input.messages.length), ["Which beans?", 3, "And then?"]);
  await page.getByText("Exported the thread with 3 turns.").waitFor();
  const lines = (await save("Messages as CSV")).trimEnd().split("\r\n");
  assert.equal(lines[0], "turn,trace_id,start_time,end_time,role,message,error");
  const told = lines.slice(1).map((line) => line.replace(/^(\d),[^,]*,[^,]*,[^,]*,/, "$1 "));
  const expected = ["1 user,Which beans?,", "1 assistant,The dark ones.,", '2 user,"How ""much"", please?",', "2 assistant,'=SUM(1),", "3 user,And then?,", "3 assistant,,Timeout: no answer"];
  assert.deepEqual(told, expected);
  await page.getByText("Exported the thread with 6 messages.").waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("an open thread leads to its traces as a table, and is deleted from where it is read", async () => {
  await say('a "quoted" one', "Which beans?", "The dark ones.");
  const page = await openThreads();
  const choose = async (item) => {
    await rowOf(page, 'a "quoted" one').click();
    await panelOf(page).getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await choose("Traces as a table");
  await eventually("the one trace", async () => (await page.getByRole("grid", { name: "Traces" }).getByRole("row").count()) === 2);
  await page.goBack();
  await threadRows(page).first().waitFor();
  await choose("Delete");
  await page.getByRole("dialog", { name: "Delete 1 thread?" }).getByRole("button", { name: "Delete" }).click();
  await page.getByText("This thread has been deleted.").waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
