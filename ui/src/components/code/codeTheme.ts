import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// The looks of an editor, out of the page's own colours: it follows the theme without being told.

const UNDERLINED = { backgroundImage: "none", textDecoration: "underline wavy var(--danger)" };

export const codeTheme = EditorView.theme({
  "&": { minHeight: "inherit", maxHeight: "46vh", borderRadius: "inherit", fontSize: "var(--text-s)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { minHeight: "inherit", overflow: "auto", fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { minHeight: "inherit", padding: "6px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 9px" },
  ".cm-gutters": { border: "0", background: "none", color: "var(--ink-muted)" },
  ".cm-content code": {
    padding: "1px 0",
    borderRadius: "3px",
    background: "var(--accent-soft)",
    color: "var(--accent)",
    fontSize: "inherit",
  },
  "&.cm-focused .cm-matchingBracket": { background: "var(--accent-soft)", outline: "1px solid var(--accent-line)" },
  "&.cm-focused .cm-nonmatchingBracket": { background: "var(--danger-soft)" },
  ".cm-selectionMatch, .cm-searchMatch": { background: "var(--mark)", color: "var(--mark-ink)" },
  ".cm-searchMatch-selected": { background: "var(--accent)", color: "var(--accent-ink)" },
  ".cm-lintRange": UNDERLINED,
  ".cm-lintRange-error": UNDERLINED,
  ".cm-lintPoint:after": { borderBottomColor: "var(--danger)" },
  ".cm-tooltip": {
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius-m)",
    background: "var(--surface)",
    boxShadow: "var(--shadow)",
    color: "var(--ink)",
  },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--danger)" },
  ".cm-panels": { background: "var(--sunken)", color: "var(--ink)" },
  ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "6px 28px 6px 8px" },
  ".cm-panel.cm-search input[type=checkbox]": { width: "auto" },
  ".cm-textfield": {
    width: "auto",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius-s)",
    background: "var(--surface)",
    fontSize: "var(--text-s)",
  },
  ".cm-button": {
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius-s)",
    background: "var(--surface)",
    backgroundImage: "none",
    fontSize: "var(--text-s)",
    "&:active": { backgroundImage: "none" },
  },
});

export const codeColours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--json-key)" },
  { tag: tags.string, color: "var(--json-string)" },
  { tag: tags.number, color: "var(--json-number)" },
  { tag: [tags.bool, tags.null], color: "var(--json-word)" },
  { tag: [tags.punctuation, tags.separator, tags.bracket], color: "var(--ink-soft)" },
]);
