import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { Payload } from "@/entities/payload/Payload";

test("a conversation is shown as messages, and as exact JSON on demand", async () => {
  const user = userEvent.setup();
  const text = '{"messages":[{"role":"user","content":"**hello**"}],"seed":12345678901234567890}';
  render(<Payload title="Input" text={text} />);
  const message = screen.getByRole("article", { name: "user message" });
  expect(within(message).getByText("hello").tagName).toBe("STRONG");
  await user.click(screen.getByRole("radio", { name: "JSON" }));
  expect(screen.queryByRole("article")).toBeNull();
  expect(screen.getByRole("region", { name: "Input as JSON" }).textContent).toContain('"seed": 12345678901234567890');
});

test("markup in recorded text stays text, and pictures are not fetched", () => {
  render(
    <Payload
      title="Output"
      text={JSON.stringify(
        '<img src=x onerror="alert(1)"> ![logo](https://example.com/a.png) [x](javascript:alert(1))',
      )}
    />,
  );
  expect(document.querySelector("img, script")).toBeNull();
  expect(screen.getByRole("link", { name: "logo" }).getAttribute("href")).toBe("https://example.com/a.png");
  expect(document.querySelector('[href^="javascript"]')).toBeNull();
});

test("other values are a tree whose deep parts are made when they are opened", async () => {
  const user = userEvent.setup();
  render(<Payload title="Metadata" text='{"a":{"b":{"c":{"d":"deep"}}},"n":1}' />);
  expect(screen.queryByText('"deep"')).toBeNull();
  await user.click(screen.getByRole("button", { name: /^c/ }));
  expect(screen.getByText('"deep"')).toBeTruthy();
});

test("text that is not JSON is shown as it came, and nothing is said to be nothing", () => {
  const { rerender } = render(<Payload title="Output" text="{broken" />);
  expect(screen.getByRole("region", { name: "Output as JSON" }).textContent).toContain("broken");
  rerender(<Payload title="Output" text={null} />);
  expect(screen.getByText("none recorded")).toBeTruthy();
});
