import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// What is waited for comes when it comes: a busy machine is no failure, only a page that never gets there.
configure({ asyncUtilTimeout: 15_000 });

// The test document has no layout: without a size every virtualised list would be empty.
Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, value: 800 });
Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, value: 1200 });
HTMLElement.prototype.scrollTo = () => {};

afterEach(() => {
  cleanup();
  localStorage.clear();
});
