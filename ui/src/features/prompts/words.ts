import type { PromptStructure, TemplateSyntax } from "@/gql/graphql";

// How the kinds of prompts are called.

export const STRUCTURES: readonly { id: PromptStructure; label: string }[] = [
  { id: "TEXT", label: "Text" },
  { id: "CHAT", label: "Chat messages" },
];

export const SYNTAXES: readonly { id: TemplateSyntax; label: string }[] = [
  { id: "MUSTACHE", label: "{{name}} (mustache)" },
  { id: "JINJA_2", label: "{{ name }} (jinja2)" },
  { id: "PYTHON", label: "{name} (Python)" },
];

export const syntaxName = (syntax: TemplateSyntax) =>
  ({ MUSTACHE: "mustache", JINJA_2: "jinja2", PYTHON: "Python" })[syntax];
