import { cleanup } from "@testing-library/react";
import { afterEach } from "vitest";

// The test document has no layout: without a size every virtualised list would be empty.
Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, value: 800 });
Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, value: 1200 });
HTMLElement.prototype.scrollTo = () => {};

afterEach(() => {
  cleanup();
  localStorage.clear();
});
